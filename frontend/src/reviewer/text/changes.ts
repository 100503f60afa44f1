/** Shows what one's own text changed of the candidate that it began as; says it once the typing rests. */
import { difference, type Piece } from "./difference";
import { t, tn } from "../../words";

const RESTS_MS = 1_500;
const TAGS = { same: "span", added: "ins", gone: "del" } as const;

export class Changes {
  private before: string | null = null;
  private timer: number | undefined;

  constructor(
    private readonly place: HTMLElement,
    private readonly said: HTMLElement,
  ) {}

  /** The candidate that was picked, or null for none. */
  from(candidate: string | null): void {
    this.before = candidate;
  }

  /** The text as it is now; an empty one changes nothing. */
  to(text: string): void {
    window.clearTimeout(this.timer);
    const pieces = this.before === null || text.trim() === "" ? null : difference(this.before, text);
    const changed = pieces?.some((piece) => piece.kind !== "same") ? pieces : [];
    this.place.hidden = changed.length === 0;
    this.place.replaceChildren(...changed.flatMap(shown));
    this.said.textContent = "";
    if (changed.length > 0) this.timer = window.setTimeout(() => (this.said.textContent = summary(changed)), RESTS_MS);
  }
}

function shown({ kind, text }: Piece): Node[] {
  const element = document.createElement(TAGS[kind]);
  element.textContent = text;
  return [element, document.createTextNode(" ")];
}

function summary(pieces: readonly Piece[]): string {
  const count = (kind: Piece["kind"]): number =>
    pieces.filter((piece) => piece.kind === kind).reduce((sum, piece) => sum + piece.text.split(" ").length, 0);
  return t("Against the candidate: {added}, {gone}.", {
    added: tn(count("added"), { one: "{count} word added", other: "{count} words added" }),
    gone: tn(count("gone"), { one: "{count} word taken out", other: "{count} words taken out" }),
  });
}
