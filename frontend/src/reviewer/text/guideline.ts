/** The guideline beside the clip, with a search: matches are marked and counted, Enter goes to the next. */
import { t, tn } from "../../words";

export class Guideline {
  private text = "";
  private at = -1;

  constructor(
    private readonly place: HTMLElement,
    private readonly search: HTMLInputElement,
    private readonly count: HTMLElement,
  ) {
    search.addEventListener("input", () => this.find());
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.go(event.shiftKey ? -1 : 1);
    });
  }

  /** The same words for most clips of a programme: then nothing changes, nor does the search. */
  show(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.find();
  }

  focus(): void {
    this.search.focus();
    this.search.select();
  }

  private get marks(): HTMLElement[] {
    return [...this.place.querySelectorAll("mark")];
  }

  private find(): void {
    const wanted = this.search.value.trim();
    this.at = -1;
    this.place.replaceChildren(...(wanted === "" ? [this.text] : marked(this.text, wanted)));
    const found = this.marks.length;
    this.count.textContent = wanted === "" ? "" : found === 0 ? t("Not found") : tn(found, { one: "{count} found", other: "{count} found" });
  }

  private go(by: 1 | -1): void {
    const { marks } = this;
    if (marks.length === 0) return;
    this.at = (this.at + by + marks.length) % marks.length;
    marks.forEach((mark, index) => mark.toggleAttribute("data-here", index === this.at));
    marks[this.at]?.scrollIntoView({ block: "nearest" });
    this.count.textContent = t("{number} of {total}", { number: this.at + 1, total: marks.length });
  }
}

/** The text in pieces, what is wanted in marks; big and small letters are the same. */
function marked(text: string, wanted: string): (string | HTMLElement)[] {
  const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "giu");
  const pieces: (string | HTMLElement)[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    pieces.push(text.slice(end, match.index), mark);
    end = match.index + match[0].length;
  }
  return [...pieces, text.slice(end)];
}
