/** Whether the log that is shown now goes on from the one in the receipt, by its checkpoint and tiles alone. */
import { checkSigned, parseCheckpoint } from "./checkpoint";
import type { Checkpoint } from "./checkpoint";
import { decodeText, encodeHex, Invalid, same } from "./encoding";
import type { Verifier } from "./keys";
import { EARLIER } from "./steps";
import type { Outcome, Steps } from "./steps";
import { fetchGrowth } from "./tiles";
import type { Fetch } from "./tiles";
import { verifyConsistency } from "./tree";

/** Two steps: the newest checkpoint, and that the old one's entries are the first of it. Null: the old one is not signed. */
export async function compare(steps: Steps, old: Checkpoint | null, key: Verifier | null, get: Fetch): Promise<void> {
  const titles = {
    newest: "The log’s newest checkpoint is signed by this key",
    growth: "The newest log begins with the log of your receipt",
  };
  if (old === null || key === null) {
    steps.leave("newest", titles.newest, EARLIER);
    return steps.leave("growth", titles.growth, EARLIER);
  }
  const newest = await steps.take("newest", titles.newest, async () => {
    const data = await get("checkpoint");
    if (data === null) throw new Invalid(`the log shows no checkpoint, expected one of at least ${old.size} entries`);
    const found = parseCheckpoint(decodeText(data, "the newest checkpoint"));
    await checkSigned(found, key);
    return { words: `Fetched from this server: ${found.size} entries.`, value: found, code: found.note.text };
  });
  if (newest === null) return steps.leave("growth", titles.growth, EARLIER);
  if (old.size === 0n) return steps.leave("growth", titles.growth, "Every log begins with an empty one.");
  await steps.take("growth", titles.growth, () => goesOn(old, newest, get));
}

/** Refuses a newest checkpoint that does not go on from the old one: a log that was rolled back, or is shown in two versions. */
async function goesOn(old: Checkpoint, newest: Checkpoint, get: Fetch): Promise<Outcome<true>> {
  if (newest.size < old.size) {
    throw new Invalid(
      `the log shows ${newest.size} entries, expected at least the ${old.size} of your receipt. It was rolled back; or it ` +
        "waits for its witnesses, which takes a minute at most. Look again in two minutes, and keep your receipt",
    );
  }
  if (newest.size === old.size && !same(newest.root, old.root)) {
    throw new Invalid(
      `the log of ${old.size} entries has the root ${encodeHex(newest.root)}, expected ${encodeHex(old.root)} as in your ` +
        "receipt. It is shown in two versions. Keep both checkpoints: one key signed them both, which proves it",
    );
  }
  const first = `Of the ${newest.size} entries, the first ${old.size} are those of your receipt’s checkpoint`;
  const words = `${first}; nothing of it was taken away or changed.`;
  if (newest.size === old.size) return { words, value: true };
  try {
    const proof = await fetchGrowth(get, old.size, newest.size);
    await verifyConsistency({ oldSize: old.size, size: newest.size, oldRoot: old.root, root: newest.root, proof });
  } catch (problem) {
    if (!(problem instanceof Invalid)) throw problem;
    const kept = "Keep your receipt and the newest checkpoint";
    throw new Invalid(`the newest log does not go on from that of your receipt: ${problem.message}. ${kept}`);
  }
  return { words: `${words} Computed from the tiles of hashes.`, value: true };
}
