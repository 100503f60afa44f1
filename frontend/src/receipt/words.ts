/** What a verification comes to, in sentences: what has been shown, and what has not. */
import { conclude } from "./steps";
import type { Name, State, Step } from "./steps";

/** Where the key came from, which decides how much the whole is worth. */
export type KeyFrom = "remembered" | "server" | "reader";

export const STATES: Record<State, { mark: string; word: string }> = {
  shown: { mark: "✓", word: "Shown" },
  refused: { mark: "✗", word: "Refused" },
  open: { mark: "–", word: "Left open" },
};

const KEYS: Record<KeyFrom, string> = {
  remembered: "the key that this browser remembers",
  server: "the key that this server gave just now",
  reader: "the key that you gave",
};

const LIMITS = {
  key:
    "That the key is the log’s. It came from the server that you are checking: compare it with the one that you wrote " +
    "down elsewhere.",
  others:
    "That everybody is shown the same log. For that, the checkpoint must bear the cosignature of a witness whose key you know.",
  since: "That the log which is shown now still holds what it held then.",
  hidden: "What the entry is about. The parts that it commits to are hidden until somebody opens them with their salts.",
  truth: "That what the entry says is true. A receipt shows that it was written and not changed since, not that it was right.",
  page:
    "That this page is honest: it came from this server too. Read its script, compare it with one from elsewhere, or use " +
    "the command line.",
};

/** What came of it, in one sentence. */
export function verdict(steps: Step[], from: KeyFrom): string {
  const state = conclude(steps);
  if (state === "refused") {
    const titles = steps.filter((step) => step.state === "refused").map((step) => `“${step.title}”`);
    return `Not verified. Refused at: ${titles.join("; ")}.`;
  }
  if (state === "open") return "Not decided: a step that is needed could not be done. Nothing has been shown, for or against.";
  const more = [
    shown(steps, "witness") ? witnesses(steps) : "",
    shown(steps, "growth") ? "the log that is shown now still begins with it" : "",
    shown(steps, "speaker") ? "it is the entry of the speaker’s receipt" : "",
  ].filter((one) => one !== "");
  const also = more.length ? `; ${more.join("; ")}` : "";
  const vouched = `Whoever holds ${KEYS[from]} vouched, by signature, for a log in which exactly this entry stands at this place`;
  return `Verified. ${vouched}${also}.`;
}

function shown(steps: Step[], name: Name): boolean {
  return steps.some((step) => step.name === name && step.state === "shown");
}

/** A witness may have several keys: its name, which the title bears, is counted once. */
function witnesses(steps: Step[]): string {
  const titles = steps.filter((step) => step.name === "witness" && step.state === "shown").map((step) => step.title);
  const number = new Set(titles).size;
  if (number === 1) return "a witness that you know signed that it saw the same";
  return `${number} witnesses that you know signed that they saw the same`;
}

/** What has not been shown, whatever the steps came to. */
export function notShown(steps: Step[], from: KeyFrom): string[] {
  const limits = [
    from === "server" ? LIMITS.key : "",
    shown(steps, "witness") ? "" : LIMITS.others,
    shown(steps, "growth") ? "" : LIMITS.since,
    shown(steps, "part") ? "" : LIMITS.hidden,
    LIMITS.truth,
    LIMITS.page,
  ];
  return limits.filter((limit) => limit !== "");
}
