/** The flow: take a clip, hear it, answer it, take the next. */
import type { AnswerForm } from "./answer";
import type { Api } from "./api";
import { clock } from "./clock";
import type { Answer, Assignment, FlagKind, Judged } from "./contract";
import type { Desk } from "./desk";
import { drafts, type Draft } from "./drafts";
import { Refused } from "./http";
import type { Leases } from "./leases";
import type { Listening } from "./listening";
import type { Held, Queue } from "./queue";
import { explain, LEASE_ENDED } from "./trouble";

interface Last {
  judgement: string;
  until: string;
  draft: Draft;
}

export interface Parts {
  api: Api;
  leases: Leases;
  queue: Queue;
  listening: Listening;
  answer: AnswerForm;
  desk: Desk;
}

export class Work {
  private held: Held | null = null;
  private last: Last | null = null;
  private undoTimer: number | undefined;
  private again: () => Promise<void> = () => this.next();
  private busy = false;
  private done = 0;
  /** A pause gave back what was in hand here: nothing of it counts until it is asked for again. */
  private paused = false;

  constructor(
    private readonly on: Parts,
    private readonly heard: () => number,
  ) {}

  get duration(): number {
    return this.held?.work.duration_s ?? 0;
  }

  get hasClip(): boolean {
    return this.held !== null;
  }

  /** Keeps what is typed; called at every change of the answer. */
  keepDraft(): void {
    if (this.held) drafts.save(this.held.work.assignment, this.on.answer.draft);
  }

  next(): Promise<void> {
    return this.alone(async () => {
      await this.leave();
      this.letGo();
      this.on.desk.state("loading");
      await this.takeNext();
    }, () => this.next());
  }

  /** Looks quietly whether something waits by now. */
  async look(): Promise<void> {
    if (this.busy || this.held) return;
    this.busy = true;
    try {
      const held = await this.on.queue.take();
      if (held) this.show(held, "");
    } catch {
      // looked for again later; whoever presses the button is told
    } finally {
      this.busy = false;
    }
  }

  async play(fromStart: boolean): Promise<void> {
    if (!this.held) return;
    if (this.paused) return this.goOn(fromStart);
    if (this.on.desk.troubled) {
      this.on.desk.calm();
      this.on.desk.state("ready");
    }
    const attempt = (): Promise<void> => (fromStart ? this.on.listening.playFromStart() : this.on.listening.toggle());
    try {
      await attempt();
      const left = this.on.listening.playsLeft;
      if (left !== null && left <= 1) this.on.desk.say(left === 1 ? "One more play is left." : "This is the last play.");
    } catch (reason) {
      this.stumble(reason, () => this.play(fromStart));
    }
  }

  /** After a pause: asks for a clip anew. It is mostly the same one, which then sounds, with the text that was typed. */
  private async goOn(fromStart: boolean): Promise<void> {
    const before = this.held?.work.clip;
    await this.alone(async () => {
      this.keepDraft();
      if (this.held) this.on.leases.release(this.held.work.assignment);
      this.on.queue.forget();
      await this.takeNext();
    }, () => this.goOn(fromStart));
    if (!this.paused && before !== undefined && this.held?.work.clip === before) await this.play(fromStart);
  }

  submit(): Promise<void> {
    const answer = this.on.answer.value;
    if (!this.held) return Promise.resolve();
    if (answer === null) {
      this.on.desk.say("Nothing to send yet: pick a candidate or write your own text.");
      return Promise.resolve();
    }
    return this.send(answer, "Sent.");
  }

  skip(): Promise<void> {
    return this.send({ skip: true }, "Skipped.");
  }

  flag(kind: FlagKind): Promise<void> {
    return this.send({ flag: kind }, "Flagged.");
  }

  undo(): Promise<void> {
    const last = this.last;
    if (!last || clock.until(last.until) <= 0) {
      this.on.desk.say("There is nothing that can still be undone.");
      return Promise.resolve();
    }
    return this.alone(async () => {
      const work = await this.reopen(last.judgement);
      if (work === null) return;
      this.keepDraft();
      if (this.held) this.on.queue.putBack(this.held);
      this.forgetLast();
      this.done -= 1;
      drafts.save(work.assignment, last.draft);
      this.show(this.on.queue.hold(work), "Undone. The clip is open again.");
    }, () => this.undo());
  }

  /** The clip in hand is not at fault when an earlier one cannot be opened again: a word, and on with the work. */
  private async reopen(judgement: string): Promise<Assignment | null> {
    try {
      return await this.on.api.undo(judgement);
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      this.forgetLast();
      this.on.desk.say(reason.message || "It is too late to undo that.");
      return null;
    }
  }

  /** Once more what failed: the play, the answer, the next clip. */
  tryAgain(): Promise<void> {
    return this.again();
  }

  leaseEnded(assignment: string): void {
    this.on.queue.remove(assignment);
    const held = this.held;
    if (held?.work.assignment !== assignment || this.busy) return;
    this.on.listening.drop();
    this.on.desk.trouble(LEASE_ENDED, true);
  }

  private send(answer: Answer, said: string): Promise<void> {
    const held = this.held;
    if (!held) return Promise.resolve();
    return this.alone(async () => {
      const { assignment } = held.work;
      this.keepDraft();
      const draft = this.on.answer.draft;
      const heard = this.heard();
      this.on.listening.drop();
      const judged = await this.on.api.judge(assignment, answer, heard);
      drafts.clear(assignment);
      if (!("skip" in answer)) this.done += 1;
      this.remember(judged, draft);
      this.letGo();
      this.again = () => this.next();
      await this.takeNext(said);
    }, () => this.send(answer, said));
  }

  private async takeNext(said = ""): Promise<void> {
    const held = await this.on.queue.take();
    this.show(held, said);
  }

  private show(held: Held | null, said: string): void {
    this.held = held;
    this.paused = false;
    this.on.listening.turnTo(held);
    this.on.desk.done(this.done);
    this.on.desk.clip(held?.work ?? null, this.done + 1);
    if (held) {
      this.on.answer.show(held.work, drafts.load(held.work.assignment));
      this.on.queue.fetchAhead(held.work.assignment);
    }
    this.on.desk.state(held ? "ready" : "empty");
    this.on.desk.say(`${said} ${held ? "The next clip is here." : "Nothing waits for you now."}`.trim());
    if (held) this.on.desk.focus();
  }

  /** Tells the server that the clip in hand is left, else it would be given again; whether it still knows it or not. */
  private async leave(): Promise<void> {
    if (!this.held) return;
    try {
      await this.on.api.judge(this.held.work.assignment, { skip: true }, this.heard());
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
    }
  }

  /** The clip in hand leaves the desk; its draft, if any, stays kept. */
  private letGo(): void {
    if (this.held) this.on.leases.release(this.held.work.assignment);
    this.held = null;
    this.on.listening.turnTo(null);
  }

  /** What cannot be undone leaves the answer before it as the last one that can. */
  private remember({ judgement, undo_until: until }: Judged, draft: Draft): void {
    if (judgement === null || until === null) return;
    this.last = { judgement, until, draft };
    this.on.desk.undo(until);
    window.clearTimeout(this.undoTimer);
    this.undoTimer = window.setTimeout(() => this.forgetLast(), Math.max(0, clock.until(until)));
  }

  private forgetLast(): void {
    window.clearTimeout(this.undoTimer);
    this.last = null;
    this.on.desk.undo(null);
  }

  /** One request that changes something at a time; what fails is told, and can be tried again. */
  private async alone(task: () => Promise<void>, again: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await task();
    } catch (reason) {
      this.stumble(reason, this.held === null ? () => this.next() : again);
    } finally {
      this.busy = false;
    }
  }

  private stumble(reason: unknown, again: () => Promise<void>): void {
    const trouble = explain(reason);
    this.again = again;
    if (reason instanceof Refused && reason.reasons.includes("paused")) this.paused = true;
    if (this.held === null) this.on.desk.clip(null, 0);
    this.on.desk.trouble(trouble, this.held !== null);
  }
}
