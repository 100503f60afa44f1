/**
 * The spellings that the log's texts share: decimals, base64, hex, UTF-8. Each value has one spelling and no second,
 * so that no byte of a text can change without being noticed.
 */

export type Bytes = Uint8Array<ArrayBuffer>;

/** A text, a key or a proof is refused. The message names the thing, what came and what was expected. */
export class Invalid extends Error {}

export const HASH_BYTES = 32;
/** The largest size that a log can have (C2SP tlog-checkpoint). */
export const MAX_SIZE = 2n ** 63n - 1n;

/** What came, short enough to be shown, in quotation marks. */
export function quote(text: string): string {
  return `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
}

/** Reads an ASCII decimal without leading zeros, at most 2**63 - 1. */
export function decodeDecimal(text: string, what: string): bigint {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) {
    throw new Invalid(`${what} is ${quote(text)}, expected a whole number without leading zeros`);
  }
  if (text.length > String(MAX_SIZE).length || BigInt(text) > MAX_SIZE) {
    throw new Invalid(`${what} is ${quote(text)}, expected at most ${MAX_SIZE}`);
  }
  return BigInt(text);
}

/** Standard base64 with padding (RFC 4648 section 4). */
export function encodeBase64(value: Bytes): string {
  return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
}

/** Reads standard base64 in its one canonical spelling (RFC 4648 sections 3.5 and 4). */
export function decodeBase64(text: string, what: string): Bytes {
  let value: Bytes;
  try {
    value = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Invalid(`${what} is ${quote(text)} (${text.length} characters), expected base64, whole and padded`);
  }
  // atob also reads base64 without its padding or with spaces in it. Only what comes out again the same is canonical.
  if (encodeBase64(value) !== text) {
    throw new Invalid(`${what} is ${quote(text)}, expected the base64 ${quote(encodeBase64(value))}`);
  }
  return value;
}

/** Reads a SHA-256 hash in base64. */
export function decodeHash(text: string, what: string): Bytes {
  const value = decodeBase64(text, what);
  if (value.length !== HASH_BYTES) throw new Invalid(`${what} has ${value.length} bytes, expected ${HASH_BYTES}`);
  return value;
}

/** Lower-case hex. */
export function encodeHex(value: Bytes): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads lower-case hex of so many bytes. */
export function decodeHex(text: string, bytes: number, what: string): Bytes {
  if (!/^[0-9a-f]*$/.test(text) || text.length !== 2 * bytes) {
    throw new Invalid(`${what} is ${quote(text)} (${text.length} characters), expected ${2 * bytes} hex digits`);
  }
  return Uint8Array.from({ length: bytes }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** UTF-8 of a text. */
export function encodeText(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Reads UTF-8, strictly: no byte is passed over or replaced. */
export function decodeText(value: Bytes | ArrayBuffer, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw new Invalid(`${what} is not text in UTF-8`);
  }
}

/** Whether two byte strings are the same. Nothing here is secret, so the time that it takes tells nobody anything. */
export function same(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Byte strings one after the other. */
export function join(...parts: Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A whole number as 8 bytes, big-endian, read. */
export function decodeUint64(value: Bytes): bigint {
  return value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** SHA-256, by the browser. */
export async function sha256(value: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", value));
}
