/**
 * What an entry says in public, and opening what it commits to (docs/formats/entry.md). An opening is a private part's
 * facts and its salt; whoever has both can compute the commitment that stands in the entry.
 */
import { decodeHex, decodeText, encodeHex, encodeText, Invalid, join, quote, sha256 } from "./encoding";
import type { Bytes } from "./encoding";

const SALT_BYTES = 32;
const LABEL = "fairhearing/commitment/v1\0";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/** The public part of an entry. `parts` has the commitment (hex) of each private part. */
export interface Entry {
  kind: string;
  hour: string;
  parts: { [name: string]: string };
}

/** A private part's facts, with the salt that ties them to the commitment. */
export interface Opening {
  part: string;
  salt: Bytes;
  facts: JsonObject;
}

/** What a speaker was given for a request to withdraw or to erase. It names the entry; its root stands in that entry's detail. */
export interface SpeakersReceipt {
  kind: string;
  index: bigint;
  recordings: number;
  root: string;
}

/** Reads an entry's bytes. */
export function parseEntry(body: Bytes): Entry {
  const read = parseObject(decodeText(body, "the entry"), "the entry");
  const { kind, hour, parts } = read;
  if (typeof kind !== "string" || typeof hour !== "string" || !isObject(parts)) {
    throw new Invalid(`the entry has ${Object.keys(read).join(", ") || "nothing"}, expected kind, hour and parts`);
  }
  const commitments = Object.entries(parts).map(([name, value]) => [name, String(value)] as const);
  return { kind, hour, parts: Object.fromEntries(commitments) };
}

/** Reads openings: `{"circumstances": {"salt": "64 hex digits", "facts": {…}}, …}`. */
export function parseOpenings(text: string): Opening[] {
  const given = Object.entries(parseObject(text, "the private parts"));
  if (given.length === 0) throw new Invalid("the private parts are {}, expected at least one part");
  return given.map(([part, value]) => {
    if (!isObject(value) || typeof value["salt"] !== "string" || !isObject(value["facts"])) {
      const came = quote(JSON.stringify(value));
      throw new Invalid(`the private part ${quote(part)} is ${came}, expected {"salt": …, "facts": {…}}`);
    }
    return { part, salt: decodeHex(value["salt"], SALT_BYTES, `the salt of the part ${quote(part)}`), facts: value["facts"] };
  });
}

/** Reads the line of JSON that a speaker got, or gives null when the text is something else. */
export function findSpeakersReceipt(text: string): SpeakersReceipt | null {
  if (!text.trimStart().startsWith("{")) return null;
  const { kind, index, recordings, root } = parseObject(text, "the speaker’s receipt");
  if (typeof kind !== "string" || typeof root !== "string" || !isCount(index) || !isCount(recordings)) {
    throw new Invalid(`the speaker’s receipt is ${quote(text)}, expected kind, index, recordings and root`);
  }
  return { kind, index: BigInt(index), recordings, root };
}

/** The commitment to a part: SHA-256(label ‖ 0 ‖ part ‖ 0 ‖ salt ‖ canonical JSON of the facts), as hex. */
export async function commitment({ part, salt, facts }: Opening): Promise<string> {
  return encodeHex(await sha256(join(encodeText(`${LABEL}${part}\0`), salt, encodeText(canonical(facts)))));
}

/** JSON with sorted keys, no spaces, ASCII and whole numbers alone: one spelling for one value. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) {
    const names = Object.keys(value).sort(byCodePoint);
    return `{${names.map((name) => `${canonical(name)}:${canonical(value[name]!)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new Invalid(`the facts hold the number ${value}, expected whole numbers below 2**53`);
  }
  const escape = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[^ -~]/g, escape);
}

/** Python's order of texts. JavaScript's own differs where characters beyond U+FFFF come in. */
function byCodePoint(one: string, other: string): number {
  const [left, right] = [[...one], [...other]];
  const at = left.findIndex((sign, index) => sign !== right[index]);
  if (at < 0) return left.length - right.length;
  return left[at]!.codePointAt(0)! - (right[at]?.codePointAt(0) ?? -1);
}

function parseObject(text: string, what: string): JsonObject {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Invalid(`${what} is ${quote(text)}, expected JSON`);
  }
  if (!isObject(read as Json)) throw new Invalid(`${what} is ${quote(text)}, expected a JSON object`);
  return read as JsonObject;
}

/** Whether a value of JSON is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
