/** The dialog of keys and settings: each key can be changed, and what is changed is shown on the page's own buttons. */
import { type Bindings, nameOf, shown, spoken } from "./bindings";
import { ALL_COMMANDS, COMMANDS, type Command } from "./commands";
import type { Elements } from "./elements";
import { t } from "../words";

const HELD_DOWN = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Unidentified", "Process"];
const FIXED = ["Tab", "Escape"];

export class KeysDialog {
  private awaited: Command | null = null;

  constructor(
    private readonly on: Elements,
    private readonly bindings: Bindings,
    private readonly changed: () => void,
  ) {
    on.keysDialog.addEventListener("keydown", (event) => this.pressed(event), true);
    on.keysDialog.addEventListener("close", () => this.wait(null));
    on.usualKeys.addEventListener("click", () => {
      bindings.reset();
      this.paint();
      this.say(t("All keys are the usual ones again."));
      changed();
    });
    this.paint();
  }

  open(): void {
    if (this.on.keyRows.childElementCount === 0) {
      this.on.keyRows.replaceChildren(...ALL_COMMANDS.map((command) => this.row(command)));
      this.paint();
    }
    this.say("");
    this.on.keysDialog.showModal();
  }

  /** A key or a pedal that was waited for; false where none was. */
  take(key: string): boolean {
    const command = this.awaited;
    if (command === null) return false;
    const holder = this.bindings.change(command, key);
    if (holder !== null) {
      this.say(t("{key} is taken: “{does}”. Press another key, or Escape to leave it.", { key: shown(key), does: COMMANDS[holder].does }));
      return true;
    }
    this.wait(null);
    this.paint();
    this.say(`${shown(key)}: ${COMMANDS[command].does}.`);
    this.changed();
    return true;
  }

  /** Shows the keys in the dialog and on the page. */
  paint(): void {
    for (const command of ALL_COMMANDS) {
      const cell = this.on.keyRows.querySelector(`[data-row="${command}"] td`);
      cell?.replaceChildren(...this.bindings.keysOf(command).flatMap((key) => [cap(key), " "]));
    }
    for (const hint of document.querySelectorAll<HTMLElement>("kbd[data-key]")) {
      hint.textContent = shown(this.firstOf(hint.dataset["key"]));
    }
    for (const button of document.querySelectorAll<HTMLElement>("[data-keys]")) {
      const keys = (button.dataset["keys"] ?? "").split(" ").map((command) => this.firstOf(command));
      button.setAttribute("aria-keyshortcuts", keys.map(spoken).join(" "));
    }
  }

  private firstOf(command: string | undefined): string {
    return (command !== undefined && command in COMMANDS && this.bindings.keysOf(command as Command)[0]) || "";
  }

  private pressed(event: KeyboardEvent): void {
    if (this.awaited === null || HELD_DOWN.includes(event.key) || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      this.wait(null);
      this.say(t("Nothing was changed."));
    } else if (FIXED.includes(event.key)) this.say(t("Tab and Escape keep their meaning. Press another key."));
    else this.take(nameOf(event));
  }

  private wait(command: Command | null): void {
    this.awaited = command;
    for (const row of this.on.keyRows.querySelectorAll<HTMLElement>("[data-row]")) {
      row.toggleAttribute("data-awaited", row.dataset["row"] === command);
    }
  }

  private say(words: string): void {
    this.on.keysSaid.textContent = words;
  }

  private row(command: Command): HTMLElement {
    const row = document.createElement("tr");
    row.dataset["row"] = command;
    const does = document.createElement("th");
    does.scope = "row";
    does.textContent = COMMANDS[command].does;
    const change = document.createElement("button");
    change.type = "button";
    change.className = "button small";
    change.textContent = t("Change");
    change.setAttribute("aria-label", t("Change the key: {does}", { does: COMMANDS[command].does }));
    change.addEventListener("click", () => {
      this.wait(command);
      this.say(t("Press the new key for “{does}”. Escape leaves it as it is.", { does: COMMANDS[command].does }));
    });
    const last = document.createElement("td");
    last.append(change);
    row.append(does, document.createElement("td"), last);
    return row;
  }
}

function cap(key: string): HTMLElement {
  const element = document.createElement("kbd");
  element.textContent = shown(key);
  return element;
}
