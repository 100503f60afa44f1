/** All that can be done by a key: what it does in words, and its usual keys. */
import { t } from "../words";

interface Described {
  readonly does: string;
  readonly keys: readonly string[];
}

function pick(number: number): Described {
  return { does: t("Mark candidate or answer {number}", { number }), keys: [String(number)] };
}

export const COMMANDS = {
  play: { does: t("Play, pause, play on"), keys: [" ", "Ctrl+ "] },
  replay: { does: t("Loop the selection; without one, replay from the start (a new entry in the log)"), keys: ["r"] },
  slow: { does: t("The last two seconds once more, slowly"), keys: ["b", "Ctrl+b"] },
  back: { does: t("Back by a word, or a second"), keys: ["ArrowLeft"] },
  forward: { does: t("Forward by a word, or a second"), keys: ["ArrowRight"] },
  slower: { does: t("Slower"), keys: ["-"] },
  faster: { does: t("Faster"), keys: ["+", "="] },
  markStart: { does: t("The selection begins here"), keys: ["["] },
  markEnd: { does: t("The selection ends here"), keys: ["]"] },
  edgeBack: { does: t("Move the edge marked last back by a tenth of a second"), keys: ["Shift+ArrowLeft"] },
  edgeForward: { does: t("Move the edge marked last forward"), keys: ["Shift+ArrowRight"] },
  unselect: { does: t("No selection"), keys: ["x"] },
  pick1: pick(1),
  pick2: pick(2),
  pick3: pick(3),
  pick4: pick(4),
  pick5: pick(5),
  pick6: pick(6),
  pick7: pick(7),
  pick8: pick(8),
  pick9: pick(9),
  edit: { does: t("Edit the marked candidate"), keys: ["e"] },
  write: { does: t("Write your own text"), keys: ["t"] },
  unintelligible: { does: t("Mark the selected text as unintelligible: (( ))"), keys: ["Ctrl+."] },
  noise: { does: t("Put [noise] into the text"), keys: ["Ctrl+,"] },
  adequacy: { does: t("Rate adequacy, then a digit"), keys: ["a"] },
  fluency: { does: t("Rate fluency, then a digit"), keys: ["l"] },
  submit: { does: t("Submit"), keys: ["Enter", "Ctrl+Enter"] },
  skip: { does: t("Skip; leave a clip that distresses"), keys: ["s"] },
  flag: { does: t("Flag, then 1 to 4"), keys: ["f"] },
  undo: { does: t("Undo the last answer, for a moment"), keys: ["u"] },
  next: { does: t("Next clip, when this one cannot be heard any more"), keys: ["n"] },
  search: { does: t("Search the guideline"), keys: ["/"] },
  help: { does: t("Keys and settings"), keys: ["?"] },
} as const satisfies Record<string, Described>;

export type Command = keyof typeof COMMANDS;

export const ALL_COMMANDS = Object.keys(COMMANDS) as readonly Command[];

/** The usual ones of a pedal with three buttons. */
export const PEDALS: Readonly<Record<string, Command>> = { "Pedal 1": "back", "Pedal 2": "play", "Pedal 3": "forward" };
