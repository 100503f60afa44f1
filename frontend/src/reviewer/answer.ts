/** The answer in the making. What it is made of is the kind's; this is where the desk finds it. */
import type { Answer, Assignment, Task } from "./contract";
import type { Draft } from "./drafts";
import type { Elements } from "./elements";
import { type Kind, KINDS } from "./kinds";
import { t } from "../words";

const NONE: Draft = { text: "", choice: null };

export class AnswerForm {
  private kind: Kind | null = null;
  private readonly made = new Map<Task, Kind>();

  constructor(
    private readonly on: Elements,
    private readonly changed: () => void,
  ) {}

  show(work: Assignment, draft: Draft | null): void {
    for (const part of [this.on.candidates, this.on.writing, this.on.options, this.on.scales]) part.hidden = true;
    this.kind = this.kindOf(work.task);
    this.kind.show(work, draft);
  }

  get name(): string {
    return this.kind?.name ?? "";
  }

  get draft(): Draft {
    return this.kind?.draft ?? NONE;
  }

  get value(): Answer | null {
    return this.kind?.value ?? null;
  }

  pick(number: number): string {
    return this.kind?.pick(number) ?? "";
  }

  rate(scale: string): string {
    return this.kind?.rate?.(scale) ?? t("There is nothing to rate here.");
  }

  edit(): boolean {
    return this.kind?.edit?.() ?? false;
  }

  /** The text takes the focus, at its end; false where no text is asked for. `anew` false leaves the caret where it is. */
  write(anew = true): boolean {
    if (anew) this.kind?.write?.();
    return this.kind?.write !== undefined;
  }

  private kindOf(task: Task): Kind {
    const kind = this.made.get(task) ?? KINDS[task](this.on, this.changed);
    this.made.set(task, kind);
    return kind;
  }
}
