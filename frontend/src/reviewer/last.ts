/** The last answer, for as long as it can be taken back. */
import { clock } from "./clock";
import type { Judged } from "./contract";
import type { Desk } from "./desk";
import type { Draft } from "./drafts";

interface Answered {
  judgement: string;
  until: string;
  draft: Draft;
}

export class LastAnswer {
  private answered: Answered | null = null;
  private timer: number | undefined;

  constructor(private readonly desk: Desk) {}

  /** Null when it is too late, or nothing was answered. */
  get open(): Answered | null {
    return this.answered && clock.until(this.answered.until) > 0 ? this.answered : null;
  }

  /** What cannot be undone leaves the answer before it as the last one that can. */
  remember({ judgement, undo_until: until }: Judged, draft: Draft): void {
    if (judgement === null || until === null) return;
    this.answered = { judgement, until, draft };
    this.desk.undo(until);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.forget(), Math.max(0, clock.until(until)));
  }

  forget(): void {
    window.clearTimeout(this.timer);
    this.answered = null;
    this.desk.undo(null);
  }
}
