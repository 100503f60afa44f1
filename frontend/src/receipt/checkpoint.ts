/** Checkpoints: what a log says of its tree (C2SP tlog-checkpoint). */
import { decodeDecimal, decodeHash, encodeBase64, encodeHex, Invalid, quote } from "./encoding";
import type { Bytes } from "./encoding";
import { findSignature } from "./keys";
import type { Verifier } from "./keys";
import { parseNote } from "./note";
import type { Note } from "./note";

/** SHA-256 of nothing: the root of a log without entries. */
const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/** The log's origin, its number of entries, its root hash (32 bytes), and the note that says so. */
export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Bytes;
  note: Note;
}

/** Reads a signed checkpoint. Whose signatures those are is not looked at yet. */
export function parseCheckpoint(data: string): Checkpoint {
  const note = parseNote(data);
  const [origin, sizeLine, rootLine, ...extensions] = note.text.slice(0, -1).split("\n");
  if (origin === undefined || sizeLine === undefined || rootLine === undefined) {
    throw new Invalid(`the checkpoint says ${quote(note.text)}, expected three lines: origin, size and root`);
  }
  const size = decodeDecimal(sizeLine, "the checkpoint’s size");
  const root = decodeHash(rootLine, "the checkpoint’s root");
  if (size === 0n && encodeBase64(root) !== EMPTY_ROOT) {
    throw new Invalid(`the checkpoint’s root is ${rootLine} for a size of 0, expected ${EMPTY_ROOT}`);
  }
  if ([origin, ...extensions].includes("")) throw new Invalid("the checkpoint has an empty line, expected text in each");
  return { origin, size, root, note };
}

/** Refuses a checkpoint that is another log's, or that this key did not sign. */
export async function checkSigned({ origin, note }: Checkpoint, key: Verifier): Promise<void> {
  if (origin !== key.name) throw new Invalid(`the checkpoint is of the log ${quote(origin)}, expected ${quote(key.name)}`);
  const id = encodeHex(key.keyId);
  const found = await findSignature(note, key);
  if (found.kind === "missing") throw new Invalid(`the checkpoint has no signature of the key ${key.name}+${id}`);
  if (found.kind !== "signed") {
    throw new Invalid(`the signature of ${key.name}+${id} is not for this text: text or signature was changed`);
  }
}
