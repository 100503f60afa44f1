/** The answer in the making: a candidate that is marked, or a text of one's own. The last one touched is sent. */
import type { Answer, Assignment, Hypothesis } from "./contract";
import type { Draft } from "./drafts";
import type { Elements } from "./elements";

export class AnswerForm {
  private choice: number | null = null;
  private hypotheses: Hypothesis[] = [];

  constructor(
    private readonly on: Elements,
    private readonly changed: () => void,
  ) {
    on.ownText.addEventListener("input", () => {
      if (on.ownText.value !== "") this.choice = null;
      this.update();
    });
    on.candidateList.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement) this.pick(Number(event.target.value));
    });
  }

  show(work: Assignment, draft: Draft | null): void {
    this.hypotheses = work.hypotheses;
    this.on.candidates.hidden = work.hypotheses.length === 0;
    this.on.edit.hidden = this.on.candidates.hidden;
    this.on.candidateList.replaceChildren(...work.hypotheses.map(candidate));
    this.on.ownText.lang = work.target_language ?? work.language;
    this.on.ownText.value = draft?.text ?? "";
    this.choice = draft && this.find(draft.choice) ? draft.choice : null;
    this.update();
  }

  get draft(): Draft {
    return { text: this.on.ownText.value, choice: this.choice };
  }

  /** What would be sent now, or null when there is nothing yet. */
  get value(): Answer | null {
    if (this.choice !== null) return { choice: this.choice };
    const text = this.on.ownText.value.trim();
    return text === "" ? null : { text };
  }

  pick(number: number): boolean {
    if (!this.find(number)) return false;
    this.choice = number;
    this.update();
    return true;
  }

  /** Copies the marked candidate into the field, in a way that the browser's own undo takes back. */
  edit(): boolean {
    const only = this.hypotheses.length === 1 ? this.hypotheses[0] : undefined;
    const picked = this.find(this.choice) ?? only;
    if (!picked) return false;
    this.write();
    this.on.ownText.select();
    if (!document.execCommand("insertText", false, picked.text)) this.on.ownText.value = picked.text;
    this.choice = null;
    this.update();
    return true;
  }

  /** Into the field; a text that is there counts again. */
  write(): void {
    this.on.ownText.focus();
    this.on.ownText.setSelectionRange(this.on.ownText.value.length, this.on.ownText.value.length);
    if (this.on.ownText.value.trim() !== "") {
      this.choice = null;
      this.update();
    }
  }

  private find(number: number | null): Hypothesis | undefined {
    return this.hypotheses.find((hypothesis) => hypothesis.number === number);
  }

  private update(): void {
    for (const radio of this.on.candidateList.querySelectorAll<HTMLInputElement>("input")) {
      radio.checked = Number(radio.value) === this.choice;
    }
    const typed = this.on.ownText.value.trim() !== "";
    this.on.ownText.dataset["sent"] = this.choice === null && typed ? "yes" : "no";
    this.on.willSend.textContent = willSend(this.choice, typed);
    this.changed();
  }
}

function willSend(choice: number | null, typed: boolean): string {
  if (choice !== null) return typed ? `Sends candidate ${choice}; your own text stays a draft.` : `Sends candidate ${choice}.`;
  return typed ? "Sends your own text." : "Nothing to send yet.";
}

function candidate(hypothesis: Hypothesis): HTMLElement {
  const item = document.createElement("label");
  item.className = "candidate";
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "candidate";
  radio.value = String(hypothesis.number);
  const key = document.createElement("kbd");
  key.textContent = String(hypothesis.number);
  key.setAttribute("aria-hidden", "true");
  const text = document.createElement("span");
  text.className = "candidate-text";
  text.dir = "auto";
  text.lang = hypothesis.language;
  text.textContent = hypothesis.text;
  item.append(radio, key, text);
  return item;
}
