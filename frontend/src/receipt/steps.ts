/** The steps of a verification, each with its result in words, and what they come to together. */
import { Invalid } from "./encoding";
import { Unreachable } from "./tiles";

/** Shown: computed here, and it fits. Refused: computed here, and it does not. Open: not computed. */
export type State = "shown" | "refused" | "open";

export type Name = "receipt" | "key" | "signature" | "entry" | "inclusion" | "speaker" | "witness" | "part" | "newest" | "growth";

/** One step. `code` is a text of the log's own to be shown with it, letter by letter. */
export interface Step {
  name: Name;
  title: string;
  state: State;
  words: string;
  code: string | null;
}

/** What a step that went well has to say, and what it hands on to later steps. */
export interface Outcome<T> {
  words: string;
  value: T;
  code?: string;
  state?: State;
}

/** Why a step is left out when it builds on another. */
export const EARLIER = "A step before it did not succeed.";

/** Without each of these nothing is shown. */
const NEEDED: Name[] = ["receipt", "key", "signature", "entry", "inclusion"];

/** Takes steps one after the other and tells each as it is done. */
export class Steps {
  readonly taken: Step[] = [];
  readonly #tell: (step: Step) => void;

  constructor(tell: (step: Step) => void) {
    this.#tell = tell;
  }

  /** Does the work of a step. Gives what it hands on, or null when it was refused or could not be done. */
  async take<T>(name: Name, title: string, work: () => Promise<Outcome<T>>): Promise<T | null> {
    try {
      const { words, value, code, state } = await work();
      this.#add({ name, title, state: state ?? "shown", words, code: code ?? null });
      return value;
    } catch (problem) {
      if (problem instanceof Unreachable) this.leave(name, title, asSentence(problem));
      else this.#add({ name, title, state: "refused", words: asSentence(problem), code: null });
      return null;
    }
  }

  /** Leaves a step undone and says why. */
  leave(name: Name, title: string, why: string): void {
    this.#add({ name, title, state: "open", words: why, code: null });
  }

  #add(step: Step): void {
    this.taken.push(step);
    this.#tell(step);
  }
}

/** What came of all steps: one refusal refuses all; one that is needed and was left undone leaves all open. */
export function conclude(steps: Step[]): State {
  if (steps.some((step) => step.state === "refused")) return "refused";
  return NEEDED.every((name) => steps.some((step) => step.name === name && step.state === "shown")) ? "shown" : "open";
}

/** A problem as a sentence. What is neither a refusal nor a missing answer is a mistake in this script, and says so. */
export function asSentence(problem: unknown): string {
  const ours = problem instanceof Invalid || problem instanceof Unreachable;
  const text = ours ? problem.message : `this script failed: ${String(problem)}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
