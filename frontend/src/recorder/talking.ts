/** When the microphone opens and closes: a button that is held, or one that is pressed and ends with the speech. */

const HOLDING_KEYS = new Set([" ", "Enter"]);
const SPEECH = 0.02; // of full scale, root mean square: about −34 dB
const SILENCE_S = 1.2; // after speech
const WAIT_S = 8; // for speech to begin

interface Talking {
  begin(): void;
  end(): void;
  toggle(): void;
}

/** A button that talks while it is held. What has no down and up, as a screen reader's click, begins and then ends. */
export function hold(button: HTMLButtonElement, { begin, end, toggle }: Talking): void {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    begin();
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) button.addEventListener(name, end);
  button.addEventListener("keydown", (event) => {
    if (!HOLDING_KEYS.has(event.key)) return;
    event.preventDefault();
    if (!event.repeat) begin();
  });
  button.addEventListener("keyup", (event) => {
    if (!HOLDING_KEYS.has(event.key)) return;
    event.preventDefault();
    end();
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // what a long touch brings up
  button.addEventListener("click", (event) => {
    if (event.detail === 0) toggle(); // any other is a pointer's, which was held
  });
}

/** Knows when somebody has stopped speaking, or does not begin: counted in the recording's own seconds. */
export class Ending {
  #spoke = false;
  #last = 0;

  /** Whether the speech is over at `seconds`, where the level is `level`. */
  over(level: number, seconds: number): boolean {
    if (level >= SPEECH) {
      this.#spoke = true;
      this.#last = seconds;
    }
    return seconds - this.#last >= (this.#spoke ? SILENCE_S : WAIT_S);
  }
}
