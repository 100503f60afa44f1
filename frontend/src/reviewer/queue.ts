/** The clip in hand and the one after it: fetched early, still sealed. */
import type { Api } from "./api";
import { clock } from "./clock";
import type { Assignment } from "./contract";
import type { Leases } from "./leases";

/** The clip is not ours any more, by our own doing. */
export class GivenBack extends Error {}

/** An assignment with its sealed sound, which is on its way or here. */
export class Held {
  private bytes: Promise<ArrayBuffer> | null = null;
  private stop = new AbortController();

  constructor(
    readonly work: Assignment,
    private readonly api: Api,
  ) {
    // What can distress is not fetched before somebody says yes to it.
    if (typeof work.sensitive === "string") return;
    this.sealed().catch(() => undefined); // asked for again at the play, which then says what went wrong
  }

  sealed(): Promise<ArrayBuffer> {
    const { signal } = this.stop;
    this.bytes ??= this.api.sealed(this.work, signal).catch((reason: unknown) => {
      this.bytes = null;
      throw signal.aborted ? new GivenBack() : reason;
    });
    return this.bytes;
  }

  /** The clip is about to be given back: what is still on its way would only be refused. */
  stopFetching(): void {
    this.stop.abort();
    this.stop = new AbortController();
  }

  /** What came cannot be opened: the next play fetches it afresh. */
  discardSealed(): void {
    this.bytes = null;
  }
}

const TOO_LATE_MS = 3_000;

export class Queue {
  private waiting: Held[] = [];
  private fetching: Promise<void> | null = null;

  constructor(
    private readonly api: Api,
    private readonly leases: Leases,
  ) {}

  /** A clip that is here already, or null. */
  ready(): Held | null {
    for (let held = this.waiting.shift(); held; held = this.waiting.shift()) {
      if (clock.until(held.work.lease_ends_at) > TOO_LATE_MS) return held;
    }
    return null;
  }

  /** The next clip, or null when nothing waits. */
  async take(): Promise<Held | null> {
    await this.fetching;
    return this.ready() ?? this.hold(await this.api.next([]));
  }

  /** Fetches one clip ahead of the one in hand, quietly: if it fails, `take` asks again and says so. */
  fetchAhead(inHand: string): void {
    if (this.fetching !== null || this.waiting.length > 0) return;
    this.fetching = this.api
      .next([inHand])
      .then((work) => {
        if (work === null || work.assignment === inHand) return;
        const held = this.hold(work);
        if (held) this.waiting.push(held);
      })
      .catch(() => undefined)
      .finally(() => {
        this.fetching = null;
      });
  }

  /** The clip in hand waits while an earlier one is opened again. */
  putBack(held: Held): void {
    this.waiting.unshift(held);
  }

  /** What was fetched early is ours no more. */
  forget(): void {
    for (const held of this.waiting) this.leases.release(held.work.assignment);
    this.waiting = [];
  }

  remove(assignment: string): void {
    this.waiting = this.waiting.filter((held) => held.work.assignment !== assignment);
  }

  hold(work: Assignment | null): Held | null {
    if (work === null) return null;
    this.leases.hold(work);
    return new Held(work, this.api);
  }
}
