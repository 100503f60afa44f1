/** From keys to commands. Single keys act only where nobody types, and can be switched off (WCAG 2.1.4). */

export type Command =
  | "play"
  | "replay"
  | "edit"
  | "write"
  | "submit"
  | "skip"
  | "flag"
  | "undo"
  | "help"
  | "next"
  | "slower"
  | "faster"
  | { pick: number };

export const KEYMAP: Readonly<Record<string, Command>> = {
  " ": "play",
  r: "replay",
  e: "edit",
  t: "write",
  Enter: "submit",
  s: "skip",
  f: "flag",
  u: "undo",
  "?": "help",
  n: "next",
  "-": "slower",
  "+": "faster",
  "=": "faster",
};

/** Elements that mean something else by Space and Enter. */
const PRESSABLE = "button, a[href], summary, select, input[type=checkbox]";

export interface KeySettings {
  letters: () => boolean;
  run: (command: Command) => void;
  leaveText: () => void;
}

export function listenToKeys(settings: KeySettings): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const command = target.matches("textarea") ? inText(event, settings) : elsewhere(event, target, settings);
    if (command === null) return;
    event.preventDefault();
    if (!event.repeat) settings.run(command);
  });
}

function inText(event: KeyboardEvent, settings: KeySettings): Command | null {
  if (event.key === "Escape") settings.leaveText();
  if (event.key === "Enter" && !event.shiftKey) return "submit";
  return null;
}

function elsewhere(event: KeyboardEvent, target: Element, settings: KeySettings): Command | null {
  if (event.ctrlKey && event.key !== "Enter") return null;
  if (target.matches("select")) return null;
  const unmarked = target.matches("input[type=radio]:not(:checked)");
  if (event.key === " " && (unmarked || target.matches(PRESSABLE))) return null;
  if (event.key === "Enter" && target.matches(PRESSABLE)) return null;
  if (!settings.letters() && event.key !== "Enter" && event.key !== " ") return null;
  if (/^[1-9]$/.test(event.key)) return { pick: Number(event.key) };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return Object.hasOwn(KEYMAP, key) ? KEYMAP[key]! : null;
}
