/** The audio element: one play at a time, its sound gone from the page as soon as it is over. */
import type { Span } from "./contract";

export const SPEEDS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** The last samples may still be on their way to the loudspeaker when the element says that it ended. */
const TAIL_MS = 300;

/** What the slow replay goes back, and how slowly it comes. */
export const SLOW_S = 2;
const SLOW = 0.6;

/** A soft start: from this volume to all of it. */
const SOFTEST = 0.15;
const SOFT_MS = 2_000;

export interface Start {
  /** Where it begins, in seconds. */
  at?: number;
  slowly?: boolean;
  softly?: boolean;
  /** What sounds over and over. */
  loop?: Span | null;
}

export class Player {
  /** What sounds over and over until it is null again. */
  loop: Span | null = null;
  /** How far a resumed play goes back, in seconds. */
  rewind = 0.5;

  private address: string | null = null;
  private tail: number | undefined;
  private rate = 1;
  /** Where the slow replay ends, and whether the play pauses there as it did before. */
  private slow: { until: number; pause: boolean } | null = null;
  private softSince: number | null = null;
  /** Seconds that sounded before the stretch that sounds now, and where that began. */
  private before = 0;
  private from = 0;

  constructor(
    private readonly audio: HTMLAudioElement,
    private readonly changed: () => void,
  ) {
    audio.preservesPitch = true;
    audio.addEventListener("play", changed);
    audio.addEventListener("pause", changed);
    audio.addEventListener("playing", () => this.follow());
    audio.addEventListener("timeupdate", () => this.attend()); // frames stand still in a tab that is not seen
    audio.addEventListener("ended", () => {
      this.tail = window.setTimeout(() => this.over(), TAIL_MS);
      changed();
    });
  }

  /** True between a play's start and its end, also while it is paused. */
  get underWay(): boolean {
    return this.address !== null && (!this.audio.ended || this.loop !== null);
  }

  get sounding(): boolean {
    return this.underWay && !this.audio.paused;
  }

  /** Seconds of sound since `forget`; what sounded twice counts twice. */
  get heard(): number {
    return this.before + (this.address === null ? 0 : Math.max(0, this.audio.currentTime - this.from));
  }

  /** Where the play under way is, in seconds. */
  get at(): number {
    return this.underWay ? this.audio.currentTime : 0;
  }

  set speed(rate: number) {
    this.rate = rate;
    this.audio.defaultPlaybackRate = rate;
    if (this.slow === null) this.audio.playbackRate = rate;
  }

  get speed(): number {
    return this.rate;
  }

  async start(wav: ArrayBuffer, { at = 0, slowly = false, softly = false, loop = null }: Start = {}): Promise<void> {
    this.drop();
    this.loop = loop;
    this.address = URL.createObjectURL(new Blob([wav], { type: "audio/wav" }));
    new Uint8Array(wav).fill(0);
    this.audio.src = this.address;
    this.speed = this.rate;
    this.from = at;
    if (at > 0) this.audio.currentTime = at;
    if (slowly) this.goSlowly(Infinity, false);
    this.softSince = softly ? performance.now() : null;
    this.audio.volume = softly ? SOFTEST : 1;
    await this.audio.play();
  }

  /** Goes on a little before where it paused. */
  async resume(): Promise<void> {
    if (!this.underWay) return;
    this.jump(this.audio.currentTime - this.rewind);
    await this.goOn();
  }

  async goOn(): Promise<void> {
    await this.audio.play();
  }

  pause(): void {
    this.audio.pause();
  }

  /** To another place of the play under way. */
  jump(to: number): void {
    if (this.address === null) return;
    this.before = this.heard;
    const first = this.loop === null ? 0 : this.loop[0];
    this.from = Math.max(first, Math.min(to, this.audio.duration || to));
    this.audio.currentTime = this.from;
  }

  /** The last two seconds once more, slowly; then on, or paused, as before. */
  async slowBack(): Promise<void> {
    const { currentTime: at, paused } = this.audio;
    this.goSlowly(Math.max(at, this.slow?.until ?? 0), this.slow?.pause ?? paused);
    this.jump(at - SLOW_S);
    await this.audio.play();
  }

  /** Lets go of the sound: from here on only a new play, asked for anew, brings it back. */
  drop(): void {
    window.clearTimeout(this.tail);
    this.loop = this.slow = null;
    if (this.address === null) return;
    this.before = this.heard;
    this.audio.pause();
    URL.revokeObjectURL(this.address);
    this.address = null;
    this.audio.removeAttribute("src");
    this.audio.load();
    this.changed();
  }

  /** A new clip, of which so many seconds were heard already. */
  forget(heard = 0): void {
    this.drop();
    this.before = heard;
  }

  private over(): void {
    if (this.loop === null) return this.drop();
    this.jump(this.loop[0]);
    void this.audio.play();
  }

  private goSlowly(until: number, pause: boolean): void {
    this.slow = { until, pause };
    this.audio.playbackRate = Math.min(this.rate, SLOW);
  }

  private follow(): void {
    if (!this.sounding) return;
    this.attend();
    window.requestAnimationFrame(() => this.follow());
  }

  /** What has to happen at a place or a time of the play. */
  private attend(): void {
    if (!this.sounding) return;
    const at = this.audio.currentTime;
    if (this.loop !== null && at >= this.loop[1]) this.jump(this.loop[0]);
    if (this.slow !== null && at >= this.slow.until) {
      if (this.slow.pause) this.pause();
      this.slow = null;
      this.audio.playbackRate = this.rate;
    }
    if (this.softSince === null) return;
    const part = Math.min(1, (performance.now() - this.softSince) / SOFT_MS);
    this.audio.volume = SOFTEST + (1 - SOFTEST) * part;
    if (part === 1) this.softSince = null;
  }
}
