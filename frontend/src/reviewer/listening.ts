/** From a key press to sound: ask, unseal, play. Every play and every replay asks. */
import type { Api } from "./api";
import type { Span } from "./contract";
import { type Player, SLOW_S, type Start } from "./player";
import { GivenBack, type Held } from "./queue";
import { unseal } from "./sealed";

/** What came cannot be made into sound. */
export class Unplayable extends Error {}

export class Listening {
  private held: Held | null = null;
  private asking = false;

  /** How often the clip may still be played, where the server says so. */
  playsLeft: number | null = null;

  constructor(
    private readonly player: Player,
    private readonly api: Api,
  ) {}

  /** Seconds of the clip in hand that sounded here. */
  get heard(): number {
    return this.player.heard;
  }

  /** Another clip, or none: what was to be heard is let go. */
  turnTo(held: Held | null, heard = 0): void {
    this.held = held;
    this.asking = false;
    this.playsLeft = null;
    this.player.forget(heard);
  }

  drop(): void {
    this.player.drop();
  }

  /** Resumes the play that is under way, or pauses it, or asks for a new one. */
  async toggle(): Promise<void> {
    if (this.player.sounding) this.player.pause();
    else if (this.player.underWay) await ignoringAbort(this.player.resume());
    else await this.begin();
  }

  /** The last two seconds slowly: within the play under way, else as a new one. */
  async slowBack(): Promise<void> {
    if (this.player.underWay) return ignoringAbort(this.player.slowBack());
    await this.begin({ at: Math.max(0, (this.held?.work.duration_s ?? 0) - SLOW_S), slowly: true });
  }

  /** Loops a stretch within the play under way, or ends its loop; without a stretch it is a new play, from the start. */
  async replay(span: Span | null): Promise<void> {
    if (span === null) return this.begin();
    if (!this.player.underWay) return this.begin({ at: span[0], loop: span });
    const looping = this.player.loop !== null;
    this.player.loop = looping ? null : span;
    if (looping) return;
    this.player.jump(span[0]);
    await ignoringAbort(this.player.goOn());
  }

  /** A new play. */
  async begin(start: Start = {}): Promise<void> {
    const held = this.held;
    if (held === null || this.asking) return;
    this.asking = true;
    let wav: ArrayBuffer;
    try {
      this.player.drop();
      wav = await this.ask(held);
    } catch (reason) {
      if (this.held === held && !(reason instanceof GivenBack)) throw reason;
      return; // the clip left the desk meanwhile, and its troubles with it
    } finally {
      if (this.held === held) this.asking = false;
    }
    const softly = typeof held.work.sensitive === "string";
    if (this.held === held) await ignoringAbort(this.player.start(wav, { softly, ...start }));
    else new Uint8Array(wav).fill(0);
  }

  /** The sealed sound first, and only then its key, so that no listen is logged in vain. */
  private async ask(held: Held): Promise<ArrayBuffer> {
    const sealed = await held.sealed();
    if (this.held !== held) throw new Unplayable();
    const { key, plays_left } = await this.api.play(held.work.assignment);
    if (this.held === held) this.playsLeft = plays_left ?? null;
    return this.open(held, sealed, key);
  }

  private async open(held: Held, sealed: ArrayBuffer, key: string): Promise<ArrayBuffer> {
    try {
      return await unseal(sealed, key, held.work.assignment);
    } catch {
      held.discardSealed();
      throw new Unplayable();
    }
  }
}

/** A play that was cut short by the reviewer is no failure; a sound that the browser cannot decode is. */
async function ignoringAbort(playing: Promise<void>): Promise<void> {
  try {
    await playing;
  } catch (reason) {
    if (!(reason instanceof DOMException) || reason.name !== "AbortError") throw new Unplayable();
  }
}
