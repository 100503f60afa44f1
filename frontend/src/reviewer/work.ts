/** The flow: take a clip, hear it, answer it, take the next. */
import type { AnswerForm } from "./answer";
import type { Api } from "./api";
import type { Answer, Assignment, FlagAnswer } from "./contract";
import type { Desk } from "./desk";
import { drafts, type Draft } from "./drafts";
import { Refused } from "./http";
import { LastAnswer } from "./last";
import type { Leases } from "./leases";
import type { Listening } from "./listening";
import type { Held, Queue } from "./queue";
import type { Sending, Sent } from "./sending";
import { broughtBack, explain, LEASE_ENDED, type Trouble } from "./trouble";
import { t, tenths } from "../words";

export interface Parts {
  api: Api;
  leases: Leases;
  queue: Queue;
  listening: Listening;
  sending: Sending;
  answer: AnswerForm;
  desk: Desk;
}

export type Hearing = () => Promise<void>;

const ARRIVED = t("It had arrived the first time, or the clip was taken back meanwhile. Nothing was judged twice.");

const SOON_MS = 150;

/** When it is done, or in a moment, or at once when the page is left. */
function soon(done: Promise<void>): Promise<unknown> {
  const moment = new Promise((resolve) => window.setTimeout(resolve, SOON_MS));
  const left = new Promise((resolve) => window.addEventListener("pagehide", resolve, { once: true }));
  return Promise.race([done, moment, left]);
}

export class Work {
  private held: Held | null = null;
  private readonly last: LastAnswer;
  private again: () => Promise<void> = () => this.next();
  private busy = false;
  private done = 0;
  /** A pause gave back what was in hand here: nothing of it counts until it is asked for again. */
  private paused = false;
  /** An answer that is on its way while the next clip is on the desk already. */
  private underway: Promise<void> = Promise.resolve();
  /** Asks whether a clip that can distress is to be played at all. */
  private asks = false;
  /** Another tab works in this programme. */
  private away = false;

  constructor(
    private readonly on: Parts,
    private readonly autoplay: () => boolean,
  ) {
    this.last = new LastAnswer(on.desk);
  }

  /** The clip on the desk. */
  get clip(): Assignment | null {
    return this.held?.work ?? null;
  }

  get facing(): boolean {
    return this.asks;
  }

  /** Keeps what is typed; called at every change of the answer. */
  keepDraft(): void {
    if (this.held) drafts.save(this.held.work.clip, this.on.answer.draft);
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
    if (this.busy || this.held || this.away) return;
    this.busy = true;
    try {
      const held = await this.on.queue.take();
      if (held) this.lay(held, "");
    } catch {
      // looked for again later; whoever presses the button is told
    } finally {
      this.busy = false;
    }
  }

  /** Hears the clip in one of the ways of `Listening`. */
  async play(hear: Hearing): Promise<void> {
    if (!this.held) return;
    if (this.paused) return this.goOn(hear);
    this.face(false);
    if (this.on.desk.troubled) {
      this.on.desk.calm();
      this.on.desk.state("ready");
    }
    try {
      await hear();
      const left = this.on.listening.playsLeft;
      if (left !== null && left <= 1) this.on.desk.say(left === 1 ? t("One more play is left.") : t("This is the last play."));
    } catch (reason) {
      this.stumble(reason, () => this.play(hear));
    }
  }

  submit(): Promise<void> {
    const answer = this.on.answer.value;
    const missing = (this.clip?.must_hear_s ?? 0) - this.on.listening.heard;
    let why = "";
    if (this.asks) why = t("Play the clip first, or leave it.");
    else if (answer === null) why = t("Nothing to send yet: answer first.");
    else if (this.on.listening.heard > 0 && missing > 0.05) {
      why = t("Too early: {seconds} s more are to be heard. Your answer is kept; play on, then submit again.", { seconds: tenths(missing) });
    }
    if (answer !== null && why === "") return this.send(answer, t("Sent."), true);
    if (this.held) this.on.desk.say(why);
    return Promise.resolve();
  }

  skip(): Promise<void> {
    if (typeof this.clip?.sensitive !== "string") return this.send({ skip: true }, t("Skipped."), true);
    return this.send({ skip: true, why: "sensitive" }, t("Left, without a penalty."), false);
  }

  flag(answer: FlagAnswer): Promise<void> {
    return this.send(answer, t("Flagged."), false);
  }

  undo(): Promise<void> {
    return this.alone(async () => {
      const last = this.last.open;
      const work = last && (await this.reopen(last.judgement));
      if (!last) this.on.desk.say(t("There is nothing that can still be undone."));
      if (!work) return;
      this.keepDraft();
      if (this.held) this.on.queue.putBack(this.held);
      this.last.forget();
      this.done -= 1;
      drafts.save(work.clip, last.draft);
      const again = this.on.queue.hold(work);
      this.lay(again, t("Undone. The clip is open again."));
    }, () => this.undo());
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

  /** Another tab works from now on: what is in hand here is its own. */
  standDown(): void {
    this.keepDraft();
    this.away = true;
    this.letGo();
    this.on.queue.forget();
    this.on.desk.clip(null, 0, "");
    this.on.desk.say("");
    this.on.desk.state("elsewhere");
  }

  /** Here again. */
  standUp(): Promise<void> {
    this.away = false;
    return this.next();
  }

  /** The clip in hand is not at fault when an earlier one cannot be opened again: a word, and on with the work. */
  private async reopen(judgement: string): Promise<Assignment | null> {
    try {
      return await this.on.api.undo(judgement);
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      this.last.forget();
      this.on.desk.say(reason.message || t("It is too late to undo that."));
      return null;
    }
  }

  /** After a pause: asks for a clip anew. It is mostly the same one, which then sounds, with the text that was typed. */
  private async goOn(hear: Hearing): Promise<void> {
    const before = this.clip?.clip;
    await this.alone(async () => {
      this.keepDraft();
      if (this.held) this.on.leases.release(this.held.work.assignment);
      this.on.queue.forget();
      await this.takeNext();
    }, () => this.goOn(hear));
    if (!this.paused && before !== undefined && this.clip?.clip === before) await this.play(hear);
  }

  /** Answers go one after the other. Where the next clip is here already, it does not wait for the receipt. */
  private async send(answer: Answer, said: string, goOn: boolean): Promise<void> {
    const held = this.held;
    await this.underway;
    if (!held || this.held !== held || this.busy) return;
    held.stopFetching();
    const again = (): Promise<void> => this.send(answer, said, goOn);
    const taken = "skip" in answer || "flag" in answer || this.on.listening.heard > 0;
    const next = taken ? this.on.queue.ready() : null;
    if (next) this.sendAndGoOn(held, answer, next, { said, goOn, again });
    else await this.alone(() => this.sendAndWait(held, answer, said, goOn), again);
  }

  private async sendAndWait(held: Held, answer: Answer, said: string, goOn: boolean): Promise<void> {
    this.keepDraft();
    const { draft } = this.on.answer;
    const { heard } = this.on.listening;
    this.on.listening.drop();
    const sent = await this.on.sending.send(held.work.assignment, answer, heard);
    if (!("skip" in answer)) this.done += 1;
    this.taken(held, sent, draft);
    this.letGo();
    this.again = () => this.next();
    await this.takeNext(sent.arrivedBefore ? ARRIVED : said, goOn);
  }

  private sendAndGoOn(
    held: Held,
    answer: Answer,
    next: Held,
    { said, goOn, again }: { said: string; goOn: boolean; again: () => Promise<void> },
  ): void {
    this.keepDraft();
    const { draft } = this.on.answer;
    const { heard } = this.on.listening;
    const counts = "skip" in answer ? 0 : 1;
    this.done += counts;
    const playing = this.show(next, said, goOn);
    // The next clip's sound comes first: asked for at once, the two would wait for each other.
    const sent = soon(playing).then(() => this.on.sending.send(held.work.assignment, answer, heard));
    this.underway = sent.then(
      (receipt) => {
        this.taken(held, receipt, draft);
        if (receipt.arrivedBefore) this.on.desk.say(ARRIVED);
      },
      (reason: unknown) => {
        this.done -= counts;
        this.bringBack(held, heard, reason, again);
      },
    );
    void Promise.all([this.underway, playing]).then(() => this.fetchAhead());
  }

  /** An answer failed after the next clip was shown: that one waits, and the earlier one is back with its draft. */
  private bringBack(held: Held, heard: number, reason: unknown, again: () => Promise<void>): void {
    if (this.away) return;
    this.keepDraft();
    if (this.held) this.on.queue.putBack(this.held);
    void this.show(held, "", false, heard);
    this.face(false);
    this.stumble(reason, again, broughtBack);
  }

  private taken(held: Held, sent: Sent, draft: Draft): void {
    drafts.clear(held.work.clip);
    this.on.leases.release(held.work.assignment);
    this.last.remember(sent, draft);
  }

  private async takeNext(said = "", goOn = false): Promise<void> {
    this.lay(await this.on.queue.take(), said, goOn);
  }

  private lay(held: Held | null, said: string, goOn = false): void {
    void this.show(held, said, goOn).then(() => this.fetchAhead());
  }

  /** Resolves once the clip sounds, where it plays by itself: its play is asked for before anything is drawn. */
  private async show(held: Held | null, said: string, goOn: boolean, heard = 0): Promise<void> {
    const { listening, desk, answer } = this.on;
    const sensitive = typeof held?.work.sensitive === "string";
    this.held = held;
    this.paused = false;
    listening.turnTo(held, heard);
    const playing = held && goOn && !sensitive && this.autoplay() ? this.play(() => listening.begin()) : null;
    if (held) answer.show(held.work, drafts.load(held.work.clip));
    desk.done(this.done);
    desk.clip(held?.work ?? null, this.done + 1, answer.name);
    this.face(sensitive);
    desk.state(held ? "ready" : "empty");
    desk.say(`${said} ${held ? t("The next clip is here.") : t("Nothing waits for you now.")}`.trim());
    if (held) desk.focus();
    await playing;
  }

  private face(asks: boolean): void {
    this.asks = asks;
    this.on.desk.face(asks ? (this.clip?.sensitive ?? null) : null);
  }

  private fetchAhead(): void {
    if (this.held && !this.away) this.on.queue.fetchAhead(this.held.work.assignment);
  }

  /** Tells the server that the clip in hand is left, else it would be given again; whether it still knows it or not. */
  private async leave(): Promise<void> {
    if (!this.held) return;
    this.held.stopFetching();
    try {
      await this.on.api.judge(this.held.work.assignment, { skip: true }, this.on.listening.heard);
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

  /** One request that changes something at a time; what fails is told, and can be tried again. */
  private async alone(task: () => Promise<void>, again: () => Promise<void>): Promise<void> {
    await this.underway;
    if (this.busy || this.away) return;
    this.busy = true;
    try {
      await task();
    } catch (reason) {
      this.stumble(reason, this.held === null ? () => this.next() : again);
    } finally {
      this.busy = false;
    }
  }

  private stumble(reason: unknown, again: () => Promise<void>, told: (trouble: Trouble) => Trouble = (same) => same): void {
    if (this.away) return;
    this.again = again;
    if (reason instanceof Refused && reason.reasons.includes("paused")) this.paused = true;
    if (this.held === null) this.on.desk.clip(null, 0, "");
    this.on.desk.trouble(told(explain(reason)), this.held !== null);
  }
}
