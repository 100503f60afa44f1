/** What the page shows: the clip in hand, the state, the messages. It decides nothing. */
import { clock } from "./clock";
import type { Assignment, Span } from "./contract";
import type { Elements } from "./elements";
import type { Player } from "./player";
import type { Selection } from "./selection";
import type { Guideline } from "./text/guideline";
import type { Trouble } from "./trouble";
import type { Waveform } from "./waveform";

export type State = "loading" | "ready" | "playing" | "empty" | "refused" | "error" | "elsewhere";

function describe(work: Assignment, kind: string): string {
  const target = work.target_language_name ? ` to ${work.target_language_name}` : "";
  return `${kind} · ${work.language_name}${target} · ${work.duration_s.toFixed(1)} s`;
}

export interface Shown {
  player: Player;
  waveform: Waveform;
  selection: Selection;
  guideline: Guideline;
}

export class Desk {
  private work: Assignment | null = null;

  constructor(
    private readonly on: Elements,
    private readonly shown: Shown,
  ) {}

  state(state: State): void {
    const { dataset } = this.on.work;
    dataset["state"] = state;
    this.on.desk.hidden = dataset["assignment"] === undefined;
    this.on.empty.hidden = state !== "empty";
    this.on.elsewhere.hidden = state !== "elsewhere";
    this.on.desk.setAttribute("aria-busy", String(state === "loading"));
  }

  say(words: string): void {
    this.on.status.textContent = words;
  }

  clip(work: Assignment | null, number: number, kind: string): void {
    const { dataset } = this.on.work;
    this.calm();
    this.work = work;
    if (work === null) {
      delete dataset["assignment"];
      delete dataset["clip"];
      return;
    }
    dataset["assignment"] = work.assignment;
    dataset["clip"] = work.clip;
    this.on.desk.hidden = false;
    this.on.heading.textContent = `Clip ${number}`;
    this.on.about.textContent = describe(work, kind);
    this.shown.guideline.show(work.guideline || "This programme has no written guideline.");
    this.shown.waveform.show(work.peaks, work.duration_s);
    this.shown.selection.turnTo(work.duration_s);
    this.sound();
  }

  /** The play button's word, the position and what is still to be heard, after anything that the audio element did. */
  sound(): void {
    const { playWord, position, mustHear } = this.on;
    const { player } = this.shown;
    const { duration_s: duration, must_hear_s: must = 0 } = this.work ?? { duration_s: 0 };
    playWord.textContent = player.sounding ? "Pause" : "Play";
    position.textContent = `${Math.min(player.at, duration).toFixed(1)} of ${duration.toFixed(1)} s`;
    const missing = must - player.heard;
    mustHear.textContent = missing > 0.05 ? `${missing.toFixed(1)} s still to hear before an answer counts` : "";
  }

  selected(span: Span | null): void {
    const words = span && `Selected ${span[0].toFixed(1)} to ${span[1].toFixed(1)} s`;
    this.on.selectionWords.textContent = words ?? "";
  }

  /** Asks before a clip that can distress is played; null: it lies open. */
  face(words: string | null): void {
    this.on.sensitive.hidden = words === null;
    this.on.sensitiveText.textContent = words === null ? "" : `This clip is marked: ${words}.`;
    this.on.work.dataset["facing"] = words === null ? "no" : "yes";
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
