/** A sealed clip: 12 bytes of IV, then AES-256-GCM over a WAV file, bound to its assignment. */

const IV_BYTES = 12;

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Opens a sealed clip. The key's bytes are wiped here, so that only the browser's own handle is left, and that for this call. */
export async function unseal(sealed: ArrayBuffer, key: string, assignment: string): Promise<ArrayBuffer> {
  const raw = fromBase64(key);
  try {
    const handle = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const additionalData = new TextEncoder().encode(assignment);
    const iv = new Uint8Array(sealed, 0, IV_BYTES);
    return await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, handle, new Uint8Array(sealed, IV_BYTES));
  } finally {
    raw.fill(0);
  }
}

/** True where the browser lets a page decrypt: over https, or on this machine. */
export function canUnseal(): boolean {
  return window.isSecureContext && typeof crypto.subtle === "object";
}
