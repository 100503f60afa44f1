/** From keys to commands. Single keys act only where nobody types, and can be switched off (WCAG 2.1.4). */
import { actsInText, type Bindings, nameOf } from "./bindings";
import type { Command } from "./commands";

/** Elements that mean something else by Space and Enter. */
const PRESSABLE = "button, a[href], summary, select, input[type=checkbox]";
const WRITABLE = "textarea, input:not([type=radio], [type=checkbox])";

export interface KeySettings {
  bindings: Bindings;
  letters: () => boolean;
  run: (command: Command) => void;
  leaveText: () => void;
}

export function listenToKeys(settings: KeySettings): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.metaKey || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const command = target.matches(WRITABLE) ? inText(event, target, settings) : elsewhere(event, target, settings);
    if (command === null) return;
    event.preventDefault();
    if (!event.repeat || command === "edgeBack" || command === "edgeForward") settings.run(command);
  });
}

function inText(event: KeyboardEvent, target: Element, settings: KeySettings): Command | null {
  if (event.key === "Escape") settings.leaveText();
  const key = nameOf(event);
  if (target.matches("textarea") && key === "Enter") return "submit";
  return actsInText(key) && event.key !== "Escape" ? settings.bindings.commandOf(key) : null;
}

function elsewhere(event: KeyboardEvent, target: Element, settings: KeySettings): Command | null {
  const key = nameOf(event);
  if (target.matches("select") && !actsInText(key)) return null;
  const isRadio = target.matches("input[type=radio]");
  if (key === " " && (target.matches(PRESSABLE) || (isRadio && target.matches(":not(:checked)")))) return null;
  if (key === "Enter" && target.matches(PRESSABLE)) return null;
  if (isRadio && key.startsWith("Arrow")) return null;
  if (!settings.letters() && key.length === 1 && key !== " ") return null;
  return settings.bindings.commandOf(key);
}
