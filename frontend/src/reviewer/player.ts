/** The audio element: one play at a time, its sound gone from the page as soon as it is over. */

export const SPEEDS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** The last samples may still be on their way to the loudspeaker when the element says that it ended. */
const TAIL_MS = 300;

export class Player {
  private address: string | null = null;
  private tail: number | undefined;
  private rate = 1;
  private reported = 0;

  constructor(
    private readonly audio: HTMLAudioElement,
    private readonly changed: () => void,
  ) {
    audio.preservesPitch = true;
    audio.addEventListener("play", changed);
    audio.addEventListener("pause", changed);
    audio.addEventListener("ended", () => {
      this.tail = window.setTimeout(() => this.drop(), TAIL_MS);
      changed();
    });
  }

  /** True between a play's start and its end, also while it is paused. */
  get underWay(): boolean {
    return this.address !== null && !this.audio.ended;
  }

  get sounding(): boolean {
    return this.underWay && !this.audio.paused;
  }

  /** Seconds of sound since `forget`, as the audio element counts them. */
  get heard(): number {
    return this.reported + this.inThisPlay();
  }

  set speed(rate: number) {
    this.rate = rate;
    this.audio.defaultPlaybackRate = rate;
    this.audio.playbackRate = rate;
  }

  get speed(): number {
    return this.rate;
  }

  async start(wav: ArrayBuffer): Promise<void> {
    this.drop();
    this.address = URL.createObjectURL(new Blob([wav], { type: "audio/wav" }));
    new Uint8Array(wav).fill(0);
    this.audio.src = this.address;
    this.speed = this.rate;
    await this.audio.play();
  }

  async resume(): Promise<void> {
    if (this.underWay) await this.audio.play();
  }

  pause(): void {
    this.audio.pause();
  }

  /** Lets go of the sound: from here on only a new play, asked for anew, brings it back. */
  drop(): void {
    window.clearTimeout(this.tail);
    if (this.address === null) return;
    this.reported += this.inThisPlay();
    this.audio.pause();
    URL.revokeObjectURL(this.address);
    this.address = null;
    this.audio.removeAttribute("src");
    this.audio.load();
    this.changed();
  }

  /** A new clip: nothing of it has been heard. */
  forget(): void {
    this.drop();
    this.reported = 0;
  }

  private inThisPlay(): number {
    let seconds = 0;
    const { played } = this.audio;
    for (let index = 0; index < played.length; index++) seconds += played.end(index) - played.start(index);
    return seconds;
  }
}
