/** What the page shows: the clip in hand, the state, the messages. It decides nothing. */
import { clock } from "./clock";
import type { Assignment, Span } from "./contract";
import type { Elements } from "./elements";
import type { Player } from "./player";
import type { Selection } from "./selection";
import type { Guideline } from "./text/guideline";
import type { Trouble } from "./trouble";
import type { Waveform } from "./waveform";
import { t, tenths } from "../words";

export type State = "loading" | "ready" | "playing" | "empty" | "refused" | "error" | "elsewhere";

function describe(work: Assignment, kind: string): string {
  const { language_name: language, target_language_name: target } = work;
  const languages = target ? t("{language} to {target}", { language, target }) : language;
  return [kind, languages, t("{seconds} s", { seconds: tenths(work.duration_s) })].join(" · ");
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
    this.on.heading.textContent = t("Clip {number}", { number });
    this.on.about.textContent = describe(work, kind);
    this.shown.guideline.show(work.guideline || t("This programme has no written guideline."));
    this.shown.waveform.show(work.peaks, work.duration_s);
    this.shown.selection.turnTo(work.duration_s);
    this.sound();
  }

  /** The play button's word, the position and what is still to be heard, after anything that the audio element did. */
  sound(): void {
    const { playWord, position, mustHear } = this.on;
    const { player } = this.shown;
    const { duration_s: duration, must_hear_s: must = 0 } = this.work ?? { duration_s: 0 };
    playWord.textContent = player.sounding ? t("Pause") : t("Play");
    position.textContent = t("{at} of {seconds} s", { at: tenths(Math.min(player.at, duration)), seconds: tenths(duration) });
    const missing = must - player.heard;
    mustHear.textContent = missing > 0.05 ? t("{seconds} s still to hear before an answer counts", { seconds: tenths(missing) }) : "";
  }

  selected(span: Span | null): void {
    const words = span && t("Selected {from} to {to} s", { from: tenths(span[0]), to: tenths(span[1]) });
    this.on.selectionWords.textContent = words ?? "";
  }

  /** Asks before a clip that can distress is played; null: it lies open. */
  face(words: string | null): void {
    this.on.sensitive.hidden = words === null;
    this.on.sensitiveText.textContent = words === null ? "" : t("This clip is marked: {grounds}.", { grounds: words });
    this.on.work.dataset["facing"] = words === null ? "no" : "yes";
  }

  done(count: number): void {
    this.on.done.textContent = String(count);
  }

  undo(until: string | null): void {
    this.on.undo.disabled = until === null;
    this.on.undoUntil.textContent = until === null ? "" : t("until {time}", { time: clock.shown(until) });
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
