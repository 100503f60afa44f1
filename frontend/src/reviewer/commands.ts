/** All that can be done by a key: what it does in words, and its usual keys. */

interface Described {
  readonly does: string;
  readonly keys: readonly string[];
}

function pick(number: number): Described {
  return { does: `Mark candidate or answer ${number}`, keys: [String(number)] };
}

export const COMMANDS = {
  play: { does: "Play, pause, play on", keys: [" ", "Ctrl+ "] },
  replay: { does: "Loop the selection; without one, replay from the start (a new entry in the log)", keys: ["r"] },
  slow: { does: "The last two seconds once more, slowly", keys: ["b", "Ctrl+b"] },
  back: { does: "Back by a word, or a second", keys: ["ArrowLeft"] },
  forward: { does: "Forward by a word, or a second", keys: ["ArrowRight"] },
  slower: { does: "Slower", keys: ["-"] },
  faster: { does: "Faster", keys: ["+", "="] },
  markStart: { does: "The selection begins here", keys: ["["] },
  markEnd: { does: "The selection ends here", keys: ["]"] },
  edgeBack: { does: "Move the edge marked last back by a tenth of a second", keys: ["Shift+ArrowLeft"] },
  edgeForward: { does: "Move the edge marked last forward", keys: ["Shift+ArrowRight"] },
  unselect: { does: "No selection", keys: ["x"] },
  pick1: pick(1),
  pick2: pick(2),
  pick3: pick(3),
  pick4: pick(4),
  pick5: pick(5),
  pick6: pick(6),
  pick7: pick(7),
  pick8: pick(8),
  pick9: pick(9),
  edit: { does: "Edit the marked candidate", keys: ["e"] },
  write: { does: "Write your own text", keys: ["t"] },
  unintelligible: { does: "Mark the selected text as unintelligible: (( ))", keys: ["Ctrl+."] },
  noise: { does: "Put [noise] into the text", keys: ["Ctrl+,"] },
  adequacy: { does: "Rate adequacy, then a digit", keys: ["a"] },
  fluency: { does: "Rate fluency, then a digit", keys: ["l"] },
  submit: { does: "Submit", keys: ["Enter", "Ctrl+Enter"] },
  skip: { does: "Skip; leave a clip that distresses", keys: ["s"] },
  flag: { does: "Flag, then 1 to 4", keys: ["f"] },
  undo: { does: "Undo the last answer, for a moment", keys: ["u"] },
  next: { does: "Next clip, when this one cannot be heard any more", keys: ["n"] },
  search: { does: "Search the guideline", keys: ["/"] },
  help: { does: "Keys and settings", keys: ["?"] },
} as const satisfies Record<string, Described>;

export type Command = keyof typeof COMMANDS;

export const ALL_COMMANDS = Object.keys(COMMANDS) as readonly Command[];

/** The usual ones of a pedal with three buttons. */
export const PEDALS: Readonly<Record<string, Command>> = { "Pedal 1": "back", "Pedal 2": "play", "Pedal 3": "forward" };
