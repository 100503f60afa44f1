/** The log's key that this browser was told to remember. A server that changes its key is found out by it. */

const NAME = "fairhearing.log-key";

/** The remembered key, or null. A browser that keeps nothing for pages remembers none. */
export function remembered(): string | null {
  try {
    return window.localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

/** Remembers a key, or with null forgets it. False: this browser keeps nothing for pages. */
export function remember(key: string | null): boolean {
  try {
    if (key === null) window.localStorage.removeItem(NAME);
    else window.localStorage.setItem(NAME, key);
    return true;
  } catch {
    return false;
  }
}
