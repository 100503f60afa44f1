/** Where a step from one place of the clip leads: to the word before or after, or by a second. Pure. */
import type { Span } from "./contract";

const STEP_S = 1;
/** Whoever is this close to a word's beginning has just come there. */
const NEAR_S = 0.25;

export function stepped(words: readonly Span[], at: number, by: 1 | -1): number {
  const starts = words.map(([start]) => start);
  if (starts.length === 0) return Math.max(0, at + by * STEP_S);
  if (by > 0) return starts.find((start) => start > at + 0.01) ?? at;
  return starts.filter((start) => start < at - NEAR_S).at(-1) ?? 0;
}
