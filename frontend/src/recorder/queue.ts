/** Recordings that wait to be sent, in the browser's own database (IndexedDB), so that a closed page loses nothing. */
import type { Statement } from "./statement";

/** One recording: `id` is random and goes along as the idempotency key; `metadata` are fields of a manifest line. */
export interface Waiting {
  readonly id: string;
  readonly audio: ArrayBuffer;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly consent: Statement | null;
}

const STORE = "recordings";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as DOMException);
  });
}

export class Queue {
  readonly #opening: Promise<IDBDatabase>;

  /** `name` is the product's own for whoever is signed in: one person's recordings are never sent as another's. */
  constructor(name: string) {
    const request = indexedDB.open(`fairhearing/${name}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true });
    this.#opening = done(request);
  }

  async #store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    return (await this.#opening).transaction(STORE, mode).objectStore(STORE);
  }

  async add(one: Waiting): Promise<void> {
    await done((await this.#store("readwrite")).add(one));
  }

  async count(): Promise<number> {
    return done((await this.#store("readonly")).count());
  }

  /** The oldest with its number, if any waits. */
  async first(): Promise<{ number: IDBValidKey; waiting: Waiting } | null> {
    const cursor = await done((await this.#store("readonly")).openCursor());
    return cursor ? { number: cursor.key, waiting: cursor.value as Waiting } : null;
  }

  async remove(number: IDBValidKey): Promise<void> {
    await done((await this.#store("readwrite")).delete(number));
  }

  async clear(): Promise<void> {
    await done((await this.#store("readwrite")).clear());
  }
}
