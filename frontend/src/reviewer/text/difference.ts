/** What changed from one text to another, word by word: the longest common subsequence. Pure. */

export interface Piece {
  kind: "same" | "added" | "gone";
  text: string;
}

/** Texts beyond this many words are not compared: the table grows with the product of both. */
const WORDS_MOST = 600;

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** How long the common subsequence of `a[i…]` and `b[j…]` is, at `[i][j]`. */
function lengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}

/** The pieces in their order; neighbours of one kind are one piece. Null where a text is too long to compare. */
export function difference(before: string, after: string): Piece[] | null {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  if (a.length > WORDS_MOST || b.length > WORDS_MOST) return null;
  const table = lengths(a, b);
  const pieces: Piece[] = [];
  const add = (kind: Piece["kind"], word: string): void => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += ` ${word}`;
    else pieces.push({ kind, text: word });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i]!);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || table[i + 1]![j]! >= table[i]![j + 1]!)) add("gone", a[i++]!);
    else add("added", b[j++]!);
  }
  return pieces;
}
