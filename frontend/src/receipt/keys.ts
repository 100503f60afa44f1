/** Keys of logs and of their witnesses (C2SP signed-note and tlog-cosignature), and what they signed. */
import { decodeBase64, decodeUint64, encodeHex, encodeText, Invalid, join, MAX_SIZE, quote, same, sha256 } from "./encoding";
import type { Bytes } from "./encoding";
import { isKeyName } from "./note";
import type { Note, Signature } from "./note";

/** What a key signs: the text of a log's checkpoint; the text after a witness's time; a tree (which no browser checks). */
export const KEY_TYPES = { log: 0x01, witness: 0x04, mlDsaWitness: 0x06 } as const;
export type KeyType = (typeof KEY_TYPES)[keyof typeof KEY_TYPES];

const PUBLIC_BYTES: Record<KeyType, number> = { 0x01: 32, 0x04: 32, 0x06: 1312 };
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;

/** A public key with its name. `vkey` is how it is published: name+hex(id)+base64(type ‖ public key). */
export interface Verifier {
  name: string;
  type: KeyType;
  publicKey: Bytes;
  keyId: Bytes;
  vkey: string;
}

/** What came of looking for a key's signature below a text. */
export type Found = { kind: "signed"; time: Date | null } | { kind: "wrong" } | { kind: "missing" } | { kind: "unknown" };

/** Reads a published key. Its id is computed again: it is the first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key). */
export async function parseKey(vkey: string, what: string): Promise<Verifier> {
  const [name, id, encoded] = splitKey(vkey);
  if (name === undefined || id === undefined || encoded === undefined) {
    throw new Invalid(`${what} is ${quote(vkey)}, expected name+id+base64`);
  }
  const data = decodeBase64(encoded, `${what}, in its last part,`);
  const type = Object.values(KEY_TYPES).find((one) => one === data[0]);
  if (type === undefined) throw new Invalid(`${what} is of type ${data[0] ?? "none"}, expected 1, 4 or 6`);
  if (!isKeyName(name)) {
    throw new Invalid(`${what} is named ${quote(name)}, expected a name without spaces, plus or control characters`);
  }
  const publicKey = data.slice(1);
  if (publicKey.length !== PUBLIC_BYTES[type]) {
    throw new Invalid(`${what} has ${publicKey.length} bytes, expected ${PUBLIC_BYTES[type]}`);
  }
  const keyId = (await sha256(join(encodeText(`${name}\n`), data))).slice(0, KEY_ID_BYTES);
  if (encodeHex(keyId) !== id) {
    throw new Invalid(`${what} says the id ${quote(id)}, expected ${encodeHex(keyId)}: it was changed`);
  }
  return { name, type, publicKey, keyId, vkey };
}

/** The three parts of a key. The last may hold further plus signs: they are base64's own. */
function splitKey(vkey: string): [string?, string?, string?] {
  const first = vkey.indexOf("+");
  const second = first < 0 ? -1 : vkey.indexOf("+", first + 1);
  return second < 0 ? [] : [vkey.slice(0, first), vkey.slice(first + 1, second), vkey.slice(second + 1)];
}

/** Whether a signature line says that it is this key's. Only checking it shows that it is. */
export function isOf(signature: Signature, key: Verifier): boolean {
  return signature.name === key.name && same(signature.keyId, key.keyId);
}

/** Looks for a key's signatures below a note and checks each. One that is wrong condemns the others. */
export async function findSignature(note: Note, key: Verifier): Promise<Found> {
  const own = note.signatures.filter((signature) => isOf(signature, key));
  if (own.length === 0) return { kind: "missing" };
  if (key.type === KEY_TYPES.mlDsaWitness) return { kind: "unknown" };
  const handle = await crypto.subtle.importKey("raw", key.publicKey, "Ed25519", false, ["verify"]);
  let time: Date | null = null;
  for (const { value } of own) {
    if (!(await accepts(handle, key.type, note.text, value))) return { kind: "wrong" };
    if (key.type === KEY_TYPES.witness) time = new Date(Number(decodeUint64(value.slice(0, TIME_BYTES))) * 1000);
  }
  return { kind: "signed", time };
}

/** A log signs the text as it is. A witness (type 0x04) signs its time before it, and the signature begins with that time. */
async function accepts(handle: CryptoKey, type: KeyType, text: string, value: Bytes): Promise<boolean> {
  if (type === KEY_TYPES.log) return crypto.subtle.verify("Ed25519", handle, value, encodeText(text));
  const time = decodeUint64(value.slice(0, TIME_BYTES));
  if (value.length <= TIME_BYTES || time > MAX_SIZE) return false;
  const message = encodeText(`cosignature/v1\ntime ${time}\n${text}`);
  return crypto.subtle.verify("Ed25519", handle, value.slice(TIME_BYTES), message);
}

/** Why this browser cannot verify anything, or null when it can. */
export async function whyUnable(): Promise<string | null> {
  if (!window.isSecureContext || typeof crypto.subtle !== "object") {
    return "A browser computes for a page only over https, or on the machine itself. Open this page by its https address.";
  }
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    return null;
  } catch {
    const have = "Chrome from 137 on, Firefox from 129 on and Safari from 17 on have it.";
    return `This browser’s WebCrypto has no Ed25519, in which the log signs. ${have}`;
  }
}
