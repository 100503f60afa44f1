/** The speaker's page: one audio element for all clips. A clip is fetched at the press and let go when it is over. */
import { t } from "./words";

/** The last samples may still be on their way to the loudspeaker when the element says that it ended. */
const TAIL_MS = 300;

const audio = document.getElementById("audio");
const status = document.getElementById("status");
let playing: HTMLButtonElement | null = null;

function say(words: string): void {
  if (status) status.textContent = words;
}

function label(button: HTMLButtonElement, words: string | undefined): void {
  const shown = button.querySelector("[data-word]");
  if (shown) shown.textContent = words ?? "";
}

function stop(player: HTMLAudioElement): void {
  const button = playing;
  playing = null;
  player.pause();
  player.removeAttribute("src");
  player.load();
  if (button) {
    label(button, button.dataset["play"]);
    delete button.dataset["playing"];
  }
}

async function start(player: HTMLAudioElement, button: HTMLButtonElement): Promise<void> {
  stop(player);
  playing = button;
  button.dataset["playing"] = "yes";
  label(button, t("Stop"));
  player.src = button.dataset["audioUrl"] ?? "";
  try {
    await player.play();
    if (playing === button) say(t("Playing. This play is in the log as yours."));
  } catch {
    if (playing !== button) return; // another press came first
    stop(player);
    say(t("This clip could not be played now. Try again in a moment."));
  }
}

if (audio instanceof HTMLAudioElement) {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-audio-url]") : null;
    if (button === null) return;
    if (button === playing) {
      stop(audio);
      say(t("Stopped."));
    } else void start(audio, button);
  });
  audio.addEventListener("ended", () => {
    const over = playing;
    window.setTimeout(() => {
      if (playing !== over) return;
      stop(audio);
      say(t("That was all of this clip."));
    }, TAIL_MS);
  });
  window.addEventListener("pagehide", () => stop(audio));
}

// "No, keep it" closes the question that it stands in, and the focus goes back to where it came from.
document.addEventListener("click", (event) => {
  const cancel = event.target instanceof Element ? event.target.closest("[data-cancel]") : null;
  const question = cancel?.closest("details");
  if (!question) return;
  question.open = false;
  question.querySelector("summary")?.focus();
});
