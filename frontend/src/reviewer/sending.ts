/** Answers on their way to the server. One whose receipt was lost is known again when it is sent once more. */
import type { Api } from "./api";
import type { Answer, Judged } from "./contract";
import { Refused, Unreachable } from "./http";

const CLOSED = ["closed", "assignment_closed"];

export interface Sent extends Judged {
  /** An earlier try had reached the server, though its receipt never came back. */
  arrivedBefore: boolean;
}

export class Sending {
  /** Assignments whose answer may or may not have arrived. */
  private readonly doubtful = new Set<string>();

  constructor(private readonly api: Api) {}

  async send(assignment: string, answer: Answer, heard: number): Promise<Sent> {
    try {
      const judged = await this.api.judge(assignment, answer, heard);
      this.doubtful.delete(assignment);
      return { ...judged, arrivedBefore: false };
    } catch (reason) {
      if (this.knows(assignment, reason)) return { judgement: null, undo_until: null, arrivedBefore: true };
      if (reason instanceof Unreachable || (reason instanceof Refused && reason.status >= 500)) this.doubtful.add(assignment);
      throw reason;
    }
  }

  private knows(assignment: string, reason: unknown): boolean {
    const closed = reason instanceof Refused && reason.reasons.some((name) => CLOSED.includes(name));
    return closed && this.doubtful.delete(assignment);
  }
}
