/** What an entry commits to, as far as the reader can open it. */
import { Invalid, quote } from "./encoding";
import type { Bytes } from "./encoding";
import { commitment, isObject, parseEntry, parseOpenings } from "./entry";
import type { Entry, Opening, SpeakersReceipt } from "./entry";
import { EARLIER } from "./steps";
import type { Outcome, Steps } from "./steps";

/** A step for each private part that the reader brought; gives those that the entry commits to. */
export async function checkOpenings(steps: Steps, text: string, body: Bytes | null): Promise<Opening[]> {
  if (text === "") return [];
  const title = "The private parts can be read";
  if (body === null) {
    steps.leave("part", title, EARLIER);
    return [];
  }
  const given = await steps.take("part", title, async () => {
    const openings = parseOpenings(text);
    return { words: `${openings.length} with their salts.`, value: openings };
  });
  const opened: Opening[] = [];
  for (const opening of given ?? []) {
    const claim = `The entry commits to what you gave as “${opening.part}”`;
    if (await steps.take("part", claim, () => opens(opening, parseEntry(body)))) opened.push(opening);
  }
  return opened;
}

async function opens(opening: Opening, { parts }: Entry): Promise<Outcome<true>> {
  const committed = parts[opening.part];
  if (committed === undefined) {
    throw new Invalid(`the entry has no part ${quote(opening.part)}, expected one of ${Object.keys(parts).join(", ") || "none"}`);
  }
  const computed = await commitment(opening);
  if (computed !== committed) {
    const why = "facts or salt are others than were logged";
    throw new Invalid(`these facts with this salt make the commitment ${computed}, expected ${committed}: ${why}`);
  }
  return { words: `These facts with this salt make the commitment ${committed}, which stands in the entry.`, value: true };
}

/** A speaker's receipt names an entry and its kind in public; its root stands among the circumstances, in private. */
export async function checkSpeakers(
  steps: Steps,
  speakers: SpeakersReceipt,
  index: bigint,
  body: Bytes | null,
  opened: Opening[],
): Promise<void> {
  const title = "The speaker’s receipt is of this entry";
  if (body === null) return steps.leave("speaker", title, EARLIER);
  await steps.take("speaker", title, async () => {
    const { kind } = parseEntry(body);
    if (index !== speakers.index) throw new Invalid(`the proof is for entry ${index}, expected ${speakers.index}`);
    if (kind !== speakers.kind) throw new Invalid(`the entry says ${quote(kind)}, expected ${quote(speakers.kind)}`);
    const circumstances = opened.find((one) => one.part === "circumstances");
    const agreed = `Entry ${index} of the log is of the kind “${kind}”, as your receipt says.`;
    if (circumstances === undefined) {
      return { words: `${agreed} Which recordings it was about is in its private part, which you did not open.`, value: true };
    }
    const detail = circumstances.facts["detail"];
    if (!isObject(detail) || detail["root"] !== speakers.root || detail["recordings"] !== speakers.recordings) {
      const came = quote(JSON.stringify(detail ?? null));
      const expected = `${speakers.recordings} recordings with the root ${speakers.root}`;
      throw new Invalid(`the entry’s detail is ${came}, expected ${expected}`);
    }
    return { words: `${agreed} It was about ${speakers.recordings} recordings, with the root of your receipt.`, value: true };
  });
}
