/** Which key does what, for this person: the usual keys, and what they changed. */
import { ALL_COMMANDS, COMMANDS, type Command, PEDALS } from "./commands";
import { t } from "../words";

/** A command and its keys, where they differ from the usual ones. */
export type OwnKeys = Partial<Record<Command, string[]>>;

/** Keys that nobody types with act inside a text as well. */
type Sort = "plain" | "combined" | "handsfree";

function sortOf(key: string): Sort {
  if (/^(Ctrl\+|Alt\+)/.test(key)) return "combined";
  return /^(Shift\+)?(F\d{1,2}|Media\w+|Audio\w+|Pedal \d+)$/.test(key) ? "handsfree" : "plain";
}

export function actsInText(key: string): boolean {
  return sortOf(key) !== "plain";
}

/** A key's name: what it writes, or what it is called, after what is held down with it. */
export function nameOf(event: KeyboardEvent): string {
  const written = event.key.length === 1;
  if (event.getModifierState("AltGraph")) return event.key;
  const held = `${event.ctrlKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  return written ? held + event.key.toLowerCase() : `${held}${event.shiftKey ? "Shift+" : ""}${event.key}`;
}

const SHOWN: Readonly<Record<string, string>> = {
  " ": t("Space"),
  "-": "−",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A key as people read it. */
export function shown(name: string): string {
  const pedal = /^Pedal (\d+)$/.exec(name)?.[1];
  if (pedal !== undefined) return t("Pedal {number}", { number: pedal });
  const [, held = "", key = name] = /^((?:Ctrl\+|Alt\+|Shift\+)*)(.+)$/s.exec(name) ?? [];
  return held.replaceAll("+", " + ") + (SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** The same for `aria-keyshortcuts`. */
export function spoken(name: string): string {
  return name.replace("Ctrl+", "Control+").replace(/(^|\+) $/, "$1Space").replace(/(^|\+)\+$/, "$1Plus");
}

export class Bindings {
  constructor(private readonly mine: () => OwnKeys) {}

  private get own(): OwnKeys {
    return this.mine();
  }

  keysOf(command: Command): readonly string[] {
    const pedal = Object.keys(PEDALS).find((name) => PEDALS[name] === command && !this.isOwn(name));
    return this.own[command] ?? [...COMMANDS[command].keys, ...(pedal === undefined ? [] : [pedal])];
  }

  commandOf(key: string): Command | null {
    return ALL_COMMANDS.find((command) => this.keysOf(command).includes(key)) ?? null;
  }

  /** Gives a command another key in the place of the one of its sort; tells which command has it, if one has. */
  change(command: Command, key: string): Command | null {
    const holder = this.commandOf(key);
    if (holder !== null && holder !== command) return holder;
    const kept = this.keysOf(command).filter((one) => sortOf(one) !== sortOf(key));
    this.own[command] = sortOf(key) === "plain" ? [key, ...kept] : [...kept, key];
    return null;
  }

  reset(): void {
    for (const command of ALL_COMMANDS) delete this.own[command];
  }

  private isOwn(key: string): boolean {
    return Object.values(this.own).some((keys) => keys.includes(key));
  }
}
