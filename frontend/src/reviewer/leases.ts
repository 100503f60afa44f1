/** How long each clip in hand stays ours: renewed while somebody works, given up when it ends. */
import type { Api } from "./api";
import { clock } from "./clock";
import type { Assignment } from "./contract";

const LOOK_EVERY_MS = 1_000;
const AT_WORK_MS = 60_000;
const ASK_AGAIN_MS = 10_000;

interface Held {
  work: Assignment;
  length: number;
  askedAt: number;
}

export class Leases {
  private readonly held = new Map<string, Held>();
  private workedAt = Date.now();

  constructor(
    private readonly api: Api,
    private readonly ended: (assignment: string) => void,
  ) {
    window.setInterval(() => this.look(), LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", () => this.look()); // a lid that was opened again
  }

  hold(work: Assignment): void {
    this.held.set(work.assignment, { work, length: clock.until(work.lease_ends_at), askedAt: 0 });
  }

  release(assignment: string): void {
    this.held.delete(assignment);
  }

  /** Somebody typed or played. */
  worked(): void {
    this.workedAt = Date.now();
  }

  /** Asks for more time; the assignment's own `lease_ends_at` moves. */
  async renew(work: Assignment): Promise<void> {
    const lease = await this.api.renew(work.assignment);
    work.lease_ends_at = lease.lease_ends_at;
    this.hold(work);
  }

  private look(): void {
    const now = Date.now();
    for (const [assignment, held] of this.held) {
      const left = clock.until(held.work.lease_ends_at);
      if (left <= 0) {
        this.held.delete(assignment);
        this.ended(assignment);
      } else if (left < held.length / 2 && now - this.workedAt < AT_WORK_MS && now - held.askedAt > ASK_AGAIN_MS) {
        held.askedAt = now;
        this.renew(held.work).catch(() => undefined); // tried again shortly; the lease's end tells if all fail
      }
    }
  }
}
