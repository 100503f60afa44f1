/** What every kind of work can do on the desk. A new kind is a folder here and a line in `kinds/index.ts`. */
import type { Answer, Assignment } from "../contract";
import type { Draft } from "../drafts";

export interface Kind {
  /** What the kind is called in the clip's headline. */
  readonly name: string;
  /** Lays the assignment's question out, with what was answered before. */
  show(work: Assignment, draft: Draft | null): void;
  readonly draft: Draft;
  /** What would be sent now, or null when there is nothing yet. */
  readonly value: Answer | null;
  /** Takes a digit; gives what there is to say. */
  pick(number: number): string;
  /** The next digit rates this scale; gives what there is to say. */
  rate?(scale: string): string;
  /** Copies the marked candidate into the text; false where there is none. */
  edit?(): boolean;
  /** The text takes the focus. */
  write?(): void;
}
