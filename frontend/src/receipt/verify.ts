/**
 * The verification, step by step. It believes the key that the reader brought and nothing else: what the server sends
 * is computed again. `get` is the one way to the network; a receipt that comes with its entry needs none of it.
 */
import { checkSigned } from "./checkpoint";
import type { Checkpoint } from "./checkpoint";
import { decodeText, encodeHex, encodeText, Invalid } from "./encoding";
import type { Bytes } from "./encoding";
import { findSpeakersReceipt, parseEntry } from "./entry";
import type { Entry, SpeakersReceipt } from "./entry";
import { KEY_TYPES, parseKey } from "./keys";
import type { Verifier } from "./keys";
import { compare } from "./newest";
import { checkOpenings, checkSpeakers } from "./openings";
import { parseReceipt } from "./proof";
import type { Receipt } from "./proof";
import { EARLIER, Steps } from "./steps";
import type { Outcome, Step } from "./steps";
import { fetchEntry } from "./tiles";
import type { Fetch } from "./tiles";
import { leafHash, verifyInclusion } from "./tree";
import { checkWitnesses } from "./witnesses";

/** What the reader brought. An empty text is something that they did not bring. */
export interface Asked {
  /** A `.tlog-proof`, or the line of JSON that a speaker got for a request. */
  receipt: string;
  /** The log's key, as published. */
  key: string;
  /** The key that this browser was told to remember, if any. */
  remembered: string | null;
  /** The entry's own bytes, as text. */
  entry: string;
  /** Keys of witnesses that the reader knows, one a line. */
  witnesses: string;
  /** Private parts with their salts, as JSON. */
  openings: string;
  /** Whether to ask for the newest checkpoint and compare. */
  compare: boolean;
}

/** Verifies a receipt. Tells each step as it is done, and gives all of them. */
export async function verify(asked: Asked, get: Fetch, tell: (step: Step) => void = () => undefined): Promise<Step[]> {
  const steps = new Steps(tell);
  // 1. The receipt is a receipt: nothing cut off, nothing behind it.
  const brought = await steps.take("receipt", "The receipt is whole", () => readReceipt(asked.receipt, get));
  // 2. The key is a log's key, and the one that was remembered.
  const key = await steps.take("key", "The key is a log’s key", () => readKey(asked));
  // 3. The key's holder signed the checkpoint in the receipt.
  const isSigned = await checkSignature(steps, brought?.receipt ?? null, key);
  // 4. The entry: as it was brought, or as the log has it.
  const body = await readEntry(steps, asked.entry, brought?.receipt ?? null, get);
  // 5. The entry's hash and the proof lead to the root that was signed.
  const stands = await checkInclusion(steps, brought?.receipt ?? null, body);
  // 6. Who else has seen this checkpoint.
  if (brought) await checkWitnesses(steps, asked.witnesses, brought.receipt.checkpoint, key);
  // 7. What the entry commits to, as far as the reader can open it.
  const openings = await checkOpenings(steps, asked.openings, stands ? body : null);
  if (brought?.speakers) await checkSpeakers(steps, brought.speakers, brought.receipt.index, stands ? body : null, openings);
  // 8. The log goes on from this checkpoint: it was neither rolled back nor split.
  if (asked.compare) await compare(steps, isSigned ? brought!.receipt.checkpoint : null, key, get);
  return steps.taken;
}

interface Brought {
  receipt: Receipt;
  speakers: SpeakersReceipt | null;
}

async function readReceipt(text: string, get: Fetch): Promise<Outcome<Brought>> {
  if (text === "") throw new Invalid("the receipt is empty, expected the text of a .tlog-proof file");
  const speakers = findSpeakersReceipt(text);
  const receipt = parseReceipt(speakers ? await fetchReceipt(get, speakers.index) : text);
  const { origin, size, note } = receipt.checkpoint;
  const from = speakers ? "A speaker’s receipt; the proof for its entry was fetched from this server. " : "";
  const hashes = `${receipt.proof.length} hashes up to a checkpoint of ${size} entries`;
  const words = `${from}Entry ${receipt.index} of the log “${origin}”, with ${hashes}.`;
  return { words, value: { receipt, speakers }, code: note.text };
}

/** The receipt of one entry, as the server makes it for everybody. */
export async function fetchReceipt(get: Fetch, index: bigint): Promise<string> {
  const data = await get(`proof/${index}`);
  if (data === null) {
    throw new Invalid(`the log gives no proof for entry ${index}: its published checkpoint does not reach so far`);
  }
  return decodeText(data, `the receipt of entry ${index}`);
}

async function readKey({ key, remembered }: Asked): Promise<Outcome<Verifier>> {
  if (key === "") throw new Invalid("the log’s key is empty, expected name+id+base64");
  const verifier = await parseKey(key, "the log’s key");
  if (verifier.type !== KEY_TYPES.log) throw new Invalid(`the key ${verifier.name} is a witness’s, expected the log’s own`);
  if (remembered !== null && remembered !== key) {
    throw new Invalid(`the key is ${key}, expected the key that this browser remembers: ${remembered}`);
  }
  const known = "It is the key that this browser remembers.";
  const unknown = "This browser remembers no key, so it cannot say whether it is the right one.";
  const words = `“${verifier.name}”, key id ${encodeHex(verifier.keyId)}. ${remembered === null ? unknown : known}`;
  return { words, value: verifier };
}

async function checkSignature(steps: Steps, receipt: Receipt | null, key: Verifier | null): Promise<boolean> {
  const title = "The checkpoint is signed by this key";
  if (receipt === null || key === null) steps.leave("signature", title, EARLIER);
  else return (await steps.take("signature", title, () => signed(receipt.checkpoint, key))) === true;
  return false;
}

async function signed(checkpoint: Checkpoint, key: Verifier): Promise<Outcome<true>> {
  await checkSigned(checkpoint, key);
  return { words: `Whoever holds the key signed a log of ${checkpoint.size} entries with this root.`, value: true };
}

async function readEntry(steps: Steps, given: string, receipt: Receipt | null, get: Fetch): Promise<Bytes | null> {
  const title = "The entry can be read";
  if (given === "" && receipt === null) {
    steps.leave("entry", title, EARLIER);
    return null;
  }
  return steps.take("entry", title, async () => {
    const body = given === "" ? await fetchEntry(get, receipt!.index, receipt!.checkpoint.size) : encodeText(given);
    const fetched = "Fetched from this server, because you gave none; the next step shows whether it is the right one.";
    const words = `${given === "" ? fetched : "As you gave it."} ${inWords(parseEntry(body))}`;
    return { words, value: body, code: decodeText(body, "the entry") };
  });
}

function inWords({ kind, hour, parts }: Entry): string {
  const names = Object.keys(parts);
  const commits = names.length === 0 ? "no private part" : `private parts: ${names.join(", ")}`;
  return `It says: ${kind}, in the hour ${hour}. It commits to ${commits}.`;
}

async function checkInclusion(steps: Steps, receipt: Receipt | null, body: Bytes | null): Promise<boolean> {
  const title = "The entry stands in the log of this checkpoint";
  if (receipt === null || body === null) {
    steps.leave("inclusion", title, EARLIER);
    return false;
  }
  const stands = await steps.take("inclusion", title, async () => {
    const { index, proof, checkpoint } = receipt;
    const leaf = await leafHash(body);
    await verifyInclusion({ index, size: checkpoint.size, leaf, proof, root: checkpoint.root });
    const from = `The entry’s hash ${encodeHex(leaf)} and the ${proof.length} hashes of the proof`;
    return { words: `${from} lead to the root of the checkpoint, as number ${index} of ${checkpoint.size}.`, value: true };
  });
  return stands === true;
}
