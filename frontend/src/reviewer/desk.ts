/** What the page shows: the clip in hand, the state, the messages. It decides nothing. */
import { clock } from "./clock";
import type { Assignment } from "./contract";
import type { Elements } from "./elements";
import type { Player } from "./player";
import type { Trouble } from "./trouble";
import type { Waveform } from "./waveform";

export type State = "loading" | "ready" | "playing" | "empty" | "refused" | "error";

const languages = new Intl.DisplayNames(["en-GB"], { type: "language" });

function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

function describe(work: Assignment): string {
  const kind = work.task === "translation" ? "Translation" : "Transcription";
  const target = work.target_language ? ` to ${languageName(work.target_language)}` : "";
  return `${kind} · ${languageName(work.language)}${target} · ${work.duration_s.toFixed(1)} s`;
}

export class Desk {
  constructor(
    private readonly on: Elements,
    private readonly player: Player,
    private readonly waveform: Waveform,
  ) {}

  state(state: State): void {
    const { dataset } = this.on.work;
    dataset["state"] = state;
    this.on.desk.hidden = dataset["assignment"] === undefined;
    this.on.empty.hidden = state !== "empty";
    this.on.desk.setAttribute("aria-busy", String(state === "loading"));
  }

  say(words: string): void {
    this.on.status.textContent = words;
  }

  clip(work: Assignment | null, number: number): void {
    const { dataset } = this.on.work;
    this.calm();
    if (work === null) {
      delete dataset["assignment"];
      delete dataset["clip"];
      return;
    }
    dataset["assignment"] = work.assignment;
    dataset["clip"] = work.clip;
    this.on.desk.hidden = false;
    this.on.heading.textContent = `Clip ${number}`;
    this.on.about.textContent = describe(work);
    this.on.guideline.textContent = work.guideline || "This programme has no written guideline.";
    this.waveform.show(work.peaks, work.duration_s);
    this.sound(work.duration_s);
  }

  /** The play button's word and the position, after anything that the audio element did. */
  sound(duration: number): void {
    const { audio, playWord, position } = this.on;
    playWord.textContent = this.player.sounding ? "Pause" : "Play";
    const at = this.player.underWay ? Math.min(audio.currentTime, duration) : 0;
    position.textContent = `${at.toFixed(1)} of ${duration.toFixed(1)} s`;
  }

  done(count: number): void {
    this.on.done.textContent = String(count);
  }

  undo(until: string | null): void {
    this.on.undo.disabled = until === null;
    this.on.undoUntil.textContent = until === null ? "" : `until ${clock.shown(until)}`;
  }

  trouble(trouble: Trouble, hasClip: boolean): void {
    this.on.troubleText.textContent = `${trouble.happened} ${trouble.advice}`;
    this.on.nextClip.hidden = !(hasClip && trouble.next);
    this.on.tryAgain.hidden = hasClip && !trouble.again;
    this.on.signIn.hidden = !trouble.signedOut;
    this.on.trouble.hidden = false;
    this.say("");
    this.state(trouble.state);
  }

  calm(): void {
    this.on.trouble.hidden = true;
    this.on.troubleText.textContent = "";
  }

  get troubled(): boolean {
    return !this.on.trouble.hidden;
  }

  /** Where the keys act and a screen reader starts to read. */
  focus(): void {
    this.on.heading.focus();
  }
}
