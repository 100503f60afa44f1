/**
 * Signed notes: a text, and the signatures of named keys below it (C2SP signed-note). A note is read in whole or
 * refused in whole; nothing is checked here but its form.
 */
import { decodeBase64, Invalid, quote } from "./encoding";
import type { Bytes } from "./encoding";

const DASH = "\u2014 ";
const KEY_ID_BYTES = 4;
const MAX_SIGNATURES = 100;
const MAX_NOTE_CHARACTERS = 1_000_000;

/** One line: the key's name, its id (4 bytes), and what the key made (1 byte or more). */
export interface Signature {
  name: string;
  keyId: Bytes;
  value: Bytes;
}

/** A text that ends in a newline, and the signatures below it. */
export interface Note {
  text: string;
  signatures: Signature[];
}

/** Whether a key may be called so: not empty, no space of any script, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name !== "" && !/[+\p{White_Space}\u0000-\u001f\p{Surrogate}]/u.test(name);
}

/** Reads a note without checking any signature. */
export function parseNote(data: string): Note {
  checkText(data);
  const blank = data.lastIndexOf("\n\n");
  const after = data.slice(blank + 2);
  if (blank < 0 || after === "") {
    throw new Invalid(`the checkpoint ends in ${quote(data.slice(-20))}, expected a blank line and signature lines after it`);
  }
  const lines = after.slice(0, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) {
    throw new Invalid(`the checkpoint has ${lines.length} signatures, expected at most ${MAX_SIGNATURES}`);
  }
  return { text: data.slice(0, blank + 1), signatures: lines.map(parseSignature) };
}

function checkText(data: string): void {
  if (data.length > MAX_NOTE_CHARACTERS) {
    throw new Invalid(`the checkpoint has ${data.length} characters, expected at most ${MAX_NOTE_CHARACTERS}`);
  }
  const strange = /[\u0000-\u0009\u000b-\u001f\p{Surrogate}]/u.exec(data);
  if (strange) {
    const code = strange[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    throw new Invalid(`character ${strange.index} of the checkpoint is U+${code}, expected text and newlines alone`);
  }
  if (!data.endsWith("\n")) {
    throw new Invalid(`the checkpoint ends in ${quote(data.slice(-20))}, expected a newline: it may be cut off`);
  }
}

function parseSignature(line: string): Signature {
  const parts = (line.startsWith(DASH) ? line.slice(DASH.length) : "").split(" ");
  const [name, encoded] = parts;
  if (parts.length !== 2 || name === undefined || encoded === undefined) {
    throw new Invalid(`the line ${quote(line)} is no signature, expected an em dash, a name and base64`);
  }
  if (!isKeyName(name)) {
    throw new Invalid(`${quote(name)} cannot name a key: it is empty, or has a space, a plus or a control character`);
  }
  const data = decodeBase64(encoded, `the signature of ${name}`);
  if (data.length <= KEY_ID_BYTES) {
    throw new Invalid(`the signature of ${name} has ${data.length} bytes, expected more than ${KEY_ID_BYTES}`);
  }
  return { name, keyId: data.slice(0, KEY_ID_BYTES), value: data.slice(KEY_ID_BYTES) };
}
