/**
 * `<fairhearing-consent notice="hearth-review-2">the notice's text</fairhearing-consent>`: asks whether people may listen, with
 * two equal buttons and none chosen. The answer goes to the page, which gives it to the product; it can be changed later.
 */
import { make, SpokenElement } from "./element";
import type { Statement } from "./statement";

export class ConsentElement extends SpokenElement {
  static readonly observedAttributes = ["lang", "notice", "answer"];

  readonly #apart = make("p");
  readonly #question = make("p", { id: "question" });
  readonly #yes = make("button", { type: "button", part: "yes" });
  readonly #no = make("button", { type: "button", part: "no" });
  readonly #pair = make("div", { class: "pair", role: "group", "aria-labelledby": "question" }, this.#yes, this.#no);
  readonly #change = make("button", { type: "button", part: "change" });
  readonly #status = make("p", { role: "status" });
  #statement: Statement | null = null;

  constructor() {
    super();
    this.frame.append(make("slot"), this.#question, this.#apart, this.#pair, this.#status, this.#change);
    this.#yes.addEventListener("click", () => this.#answer(true));
    this.#no.addEventListener("click", () => this.#answer(false));
    this.#change.addEventListener("click", () => this.#ask());
    this.frame.querySelector("slot")?.addEventListener("slotchange", () => this.write());
  }

  connectedCallback(): void {
    this.write();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // What was answered to one notice answers no other.
    if (name === "notice" && before !== null && before !== after) this.#statement = null;
    this.write();
  }

  /** What was answered on this page; null before that, also where the product remembers an earlier answer (`answer`). */
  get statement(): Statement | null {
    return this.#statement;
  }

  protected override write(): void {
    super.write();
    const { words } = this;
    const notice = this.getAttribute("notice") && this.textContent?.trim();
    const answered = this.#statement ? (this.#statement.human_review ? "yes" : "no") : this.getAttribute("answer");
    const known = answered === "yes" || answered === "no";
    this.#question.textContent = words.question;
    this.#apart.textContent = words.apart;
    this.#yes.textContent = words.yes;
    this.#no.textContent = words.no;
    this.#change.textContent = words.change;
    this.#status.textContent = notice ? (known ? words[`answered_${answered}`] : "") : words.no_notice;
    for (const one of [this.#question, this.#apart, this.#pair]) one.hidden = !notice || known;
    this.#change.hidden = !notice || !known;
  }

  /** Both buttons again. Whoever leaves it at that has changed nothing. */
  #ask(): void {
    for (const one of [this.#question, this.#apart, this.#pair]) one.hidden = false;
    this.#change.hidden = true;
    this.#question.tabIndex = -1;
    this.#question.focus(); // on neither answer
  }

  #answer(human_review: boolean): void {
    const notice = this.getAttribute("notice") as string;
    const given_at = new Date().toISOString();
    this.#statement = Object.freeze({ human_review, notice, notice_language: this.tag, method: "click", given_at });
    this.write();
    this.#change.focus();
    this.tell("consent", this.#statement);
  }
}
