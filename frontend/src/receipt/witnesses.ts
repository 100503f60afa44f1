/** Who else has seen a checkpoint: cosignatures of witnesses that the reader knows (C2SP tlog-cosignature). */
import type { Checkpoint } from "./checkpoint";
import { Invalid, quote } from "./encoding";
import { findSignature, isOf, KEY_TYPES, parseKey } from "./keys";
import type { Verifier } from "./keys";
import type { Outcome, Steps } from "./steps";

/** 8 bytes of time and 2,420 of signature (FIPS 204). */
const ML_DSA_COSIGNATURE_BYTES = 2428;

/** A step for each key that the reader gave, one a line; and one for the signatures of everybody else. */
export async function checkWitnesses(steps: Steps, text: string, checkpoint: Checkpoint, log: Verifier | null): Promise<void> {
  const known: Verifier[] = [];
  for (const line of text.split("\n").map((one) => one.trim()).filter((one) => one !== "")) {
    const title = `Witness ${quote(line.split("+")[0] ?? "")}`;
    const witness = await steps.take("witness", title, () => witnessed(line, checkpoint));
    if (witness) known.push(witness);
  }
  const others = checkpoint.note.signatures.filter((one) => ![log, ...known].some((key) => key !== null && isOf(one, key)));
  if (others.length === 0) return;
  const unchecked = "ML-DSA-44, by its length: not checked in this browser";
  const names = others.map(({ name, value }) => (value.length === ML_DSA_COSIGNATURE_BYTES ? `${name} (${unchecked})` : name));
  const words = `You gave no key of ${names.join(", ")}, so nothing is taken from what they signed.`;
  steps.leave("witness", "Signatures of others", words);
}

async function witnessed(line: string, { note, size }: Checkpoint): Promise<Outcome<Verifier>> {
  const key = await parseKey(line, "the witness’s key");
  if (key.type === KEY_TYPES.log) throw new Invalid(`the key ${key.name} is a log’s, expected a witness’s (type 4 or 6)`);
  const found = await findSignature(note, key);
  switch (found.kind) {
    case "wrong":
      throw new Invalid(`the cosignature of ${key.name} is not for this checkpoint: text, time or signature was changed`);
    case "missing":
      return { words: "The receipt’s checkpoint has no cosignature of this key.", value: key, state: "open" };
    case "unknown": {
      const words = "An ML-DSA-44 cosignature, which is not checked in this browser. The command line checks it.";
      return { words, value: key, state: "open" };
    }
    case "signed": {
      const time = found.time!.toISOString().replace("T", " ").slice(0, 19);
      return { words: `Saw this log of ${size} entries, and signed so on ${time} UTC.`, value: key };
    }
  }
}
