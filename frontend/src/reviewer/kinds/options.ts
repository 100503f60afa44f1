/** An answer that is one of a few: a question, and options by one key each. */
import type { Answer, Assignment, Option } from "../contract";
import type { Draft } from "../drafts";
import type { Elements } from "../elements";
import { layOut, mark, onChoice } from "./choices";
import type { Kind } from "./kind";
import { t } from "../../words";

export class Options implements Kind {
  private options: Option[] = [];
  private chosen: number | null = null;

  constructor(
    readonly name: string,
    protected readonly on: Elements,
    private readonly changed: () => void,
  ) {
    onChoice(on.optionList, (value) => this.pick(value));
  }

  show(work: Assignment, draft: Draft | null): void {
    this.options = work.options ?? [];
    this.on.options.hidden = false;
    this.on.question.textContent = work.question || t("What do you hear?");
    this.on.pair.hidden = true;
    layOut(this.on.optionList, "option", this.options.map(({ value, label }) => ({ value, text: label })));
    this.chosen = this.find(draft?.value ?? null)?.value ?? null;
    this.update();
  }

  get draft(): Draft {
    return { text: "", choice: null, value: this.chosen };
  }

  get value(): Answer | null {
    return this.chosen === null ? null : { value: this.chosen };
  }

  pick(number: number): string {
    const found = this.find(number);
    if (!found) return t("There is no answer {number}.", { number });
    this.chosen = number;
    this.update();
    return t("“{answer}” is marked. Enter submits.", { answer: found.label });
  }

  private update(): void {
    mark(this.on.optionList, this.chosen);
    const label = this.find(this.chosen)?.label;
    this.on.willSend.textContent = label === undefined ? t("Nothing to send yet.") : t("Sends “{answer}”.", { answer: label });
    this.changed();
  }

  private find(value: number | null): Option | undefined {
    return this.options.find((option) => option.value === value);
  }
}
