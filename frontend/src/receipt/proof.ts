/** The receipt: a file that shows, without any network, that an entry stands in a log (C2SP tlog-proof). */
import { parseCheckpoint } from "./checkpoint";
import type { Checkpoint } from "./checkpoint";
import { decodeBase64, decodeDecimal, decodeHash, Invalid, quote } from "./encoding";
import type { Bytes } from "./encoding";

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_PROOF_HASHES = 63;

/** The entry's index, its inclusion proof (32 bytes a hash, the entry's sibling first), the signed checkpoint. */
export interface Receipt {
  index: bigint;
  proof: Bytes[];
  checkpoint: Checkpoint;
}

/** Reads a receipt. Nothing is checked but its form. */
export function parseReceipt(text: string): Receipt {
  const blank = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(blank, 0)).split("\n");
  if (blank < 0 || lines.shift() !== HEADER) {
    throw new Invalid(`the receipt begins ${quote(text.slice(0, 40))}, expected “${HEADER}”, a proof and a blank line`);
  }
  // The extra line is covered by no signature: it is read for its form, and nobody may believe it.
  if (lines[0]?.startsWith("extra ")) decodeBase64(lines.shift()!.slice("extra ".length), "the receipt’s extra line");
  const indexLine = lines.shift() ?? "";
  if (!indexLine.startsWith("index ")) {
    throw new Invalid(`the receipt has ${quote(indexLine)} after its first lines, expected “index” and a number`);
  }
  const index = decodeDecimal(indexLine.slice("index ".length), "the receipt’s index");
  if (lines.length > MAX_PROOF_HASHES) {
    throw new Invalid(`the receipt’s proof has ${lines.length} hashes, expected at most ${MAX_PROOF_HASHES}`);
  }
  const proof = lines.map((line, at) => decodeHash(line, `hash ${at} of the receipt’s proof`));
  return { index, proof, checkpoint: parseCheckpoint(text.slice(blank + 2)) };
}
