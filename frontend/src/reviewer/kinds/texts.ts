/** An answer that is a text: a candidate that is marked, or one's own. The last one touched is sent. */
import type { Answer, Assignment, Hypothesis } from "../contract";
import type { Draft } from "../drafts";
import type { Elements } from "../elements";
import { Changes } from "../text/changes";
import { layOut, mark, onChoice } from "./choices";
import type { Kind } from "./kind";
import { t } from "../../words";

export class Texts implements Kind {
  protected hypotheses: Hypothesis[] = [];
  private choice: number | null = null;
  private readonly changes: Changes;

  constructor(
    readonly name: string,
    protected readonly on: Elements,
    protected readonly changed: () => void,
  ) {
    this.changes = new Changes(on.changes, on.changesWords);
    on.ownText.addEventListener("input", () => {
      if (on.ownText.value !== "") this.choice = null;
      this.update();
    });
    onChoice(on.candidateList, (number) => this.pick(number));
  }

  show(work: Assignment, draft: Draft | null): void {
    this.hypotheses = work.hypotheses;
    this.on.writing.hidden = false;
    this.on.candidates.hidden = this.on.edit.hidden = work.hypotheses.length === 0;
    const choices = work.hypotheses.map(({ number, text, language }) => ({ value: number, text, language }));
    layOut(this.on.candidateList, "candidate", choices);
    this.on.ownText.lang = work.target_language ?? work.language;
    this.on.ownText.value = draft?.text ?? "";
    this.choice = draft && this.find(draft.choice) ? draft.choice : null;
    this.changes.from(null);
    this.update();
  }

  get draft(): Draft {
    return { text: this.on.ownText.value, choice: this.choice };
  }

  get value(): Answer | null {
    if (this.choice !== null) return { choice: this.choice };
    const text = this.on.ownText.value.trim();
    return text === "" ? null : { text };
  }

  pick(number: number): string {
    const found = this.find(number);
    if (!found) return t("There is no candidate {number}.", { number });
    this.choice = number;
    this.changes.from(found.text);
    this.update();
    return t("Candidate {number} is marked. Enter submits.", { number });
  }

  /** In a way that the browser's own undo takes back. */
  edit(): boolean {
    const only = this.hypotheses.length === 1 ? this.hypotheses[0] : undefined;
    const picked = this.find(this.choice) ?? only;
    if (!picked) return false;
    this.write();
    this.on.ownText.select();
    if (!document.execCommand("insertText", false, picked.text)) this.on.ownText.value = picked.text;
    this.choice = null;
    this.changes.from(picked.text);
    this.update();
    return true;
  }

  /** A text that is there counts again. */
  write(): void {
    const { ownText } = this.on;
    ownText.focus();
    ownText.setSelectionRange(ownText.value.length, ownText.value.length);
    if (ownText.value.trim() === "") return;
    this.choice = null;
    this.update();
  }

  protected update(): void {
    const { ownText } = this.on;
    mark(this.on.candidateList, this.choice);
    const typed = ownText.value.trim() !== "";
    ownText.dataset["sent"] = this.choice === null && typed ? "yes" : "no";
    this.on.willSend.textContent = this.willSend(typed);
    this.changes.to(this.choice === null ? ownText.value : "");
    this.changed();
  }

  private willSend(typed: boolean): string {
    if (this.choice === null) return typed ? t("Sends your own text.") : t("Nothing to send yet.");
    const number = this.choice;
    if (typed) return t("Sends candidate {number}; your own text stays a draft.", { number });
    return t("Sends candidate {number}.", { number });
  }

  private find(number: number | null): Hypothesis | undefined {
    return this.hypotheses.find((hypothesis) => hypothesis.number === number);
  }
}
