/** What waits goes to the product's own endpoint, oldest first, one at a time, again and again until it is taken. */
import { Queue, type Waiting } from "./queue";
import { narrower, type Statement } from "./statement";

/** Answers after which the same may be taken later: signed out, too slow, too early, too many. */
const LATER = new Set([401, 408, 425, 429]);
const FIRST_PAUSE = 1000; // ms, doubled each time
const LONGEST_PAUSE = 60_000;

/** What is told of each recording; a refused one is not kept. `response` is null when nobody answered. */
export interface Told {
  sent(id: string, response: Response): void;
  refused(id: string, response: Response): void;
  waiting(count: number, response: Response | null): void;
}

export class Sending {
  readonly #url: string;
  readonly #name: string;
  readonly #queue: Queue;
  readonly #answer: () => Statement | null;
  readonly #told: Told;
  readonly #ended = new AbortController();
  #timer = 0;
  #pause = FIRST_PAUSE;

  /** `answer` gives what the speaker agrees to now. */
  constructor(url: string, name: string, answer: () => Statement | null, told: Told) {
    [this.#url, this.#name, this.#answer, this.#told] = [url, name, answer, told];
    this.#queue = new Queue(name);
    window.addEventListener("online", () => void this.now(), { signal: this.#ended.signal });
  }

  /** Keep it, then send it: what is lost on the way is still here. */
  async give(one: Waiting): Promise<void> {
    await this.#queue.add(one);
    await this.now();
  }

  /** Send all that waits. Of several pages with one queue, one sends at a time. */
  async now(): Promise<void> {
    window.clearTimeout(this.#timer);
    this.#pause = FIRST_PAUSE;
    await this.#all();
  }

  async discard(): Promise<void> {
    window.clearTimeout(this.#timer);
    await this.#queue.clear();
    this.#told.waiting(0, null);
  }

  stop(): void {
    window.clearTimeout(this.#timer);
    this.#ended.abort();
  }

  async #all(): Promise<void> {
    await navigator.locks.request(`fairhearing/${this.#name}`, async () => {
      for (let next = await this.#queue.first(); next; next = await this.#queue.first()) {
        if (this.#ended.signal.aborted) return;
        const response = await this.#post(next.waiting);
        if (!response || LATER.has(response.status) || response.status >= 500) return this.#later(response);
        await this.#queue.remove(next.number);
        this.#told[response.ok ? "sent" : "refused"](next.waiting.id, response);
      }
      this.#told.waiting(0, null);
    });
  }

  async #later(response: Response | null): Promise<void> {
    this.#told.waiting(await this.#queue.count(), response);
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#all(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  async #post({ id, audio, metadata, consent }: Waiting): Promise<Response | null> {
    const holds = narrower(consent, this.#answer());
    const form = new FormData();
    form.append("audio", new Blob([audio], { type: "audio/wav" }), "recording.wav");
    form.append("metadata", JSON.stringify(holds ? { ...metadata, consent: holds } : metadata));
    const request = { method: "POST", body: form, headers: { "Idempotency-Key": id }, redirect: "error" } as const;
    return fetch(this.#url, request).catch(() => null);
  }
}
