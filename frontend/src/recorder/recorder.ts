/**
 * `<fairhearing-recorder upload-url="/voice">`: records while somebody means to talk, shows and sounds that it does, and gives
 * the recording to the product's own endpoint. A `<fairhearing-consent>` inside it asks whether people may listen.
 */
import { ConsentElement } from "./consent";
import { make, SpokenElement } from "./element";
import { INDICATOR, Microphone, SAMPLING_RATE, SignalFailed } from "./microphone";
import { Sending } from "./sending";
import type { Statement } from "./statement";
import { Ending, hold } from "./talking";
import { wav } from "./wav";
import type { Words } from "./words";

/** This file's own address: the worklet loads it once more. Empty where the page loads it as a module. */
const OWN = (globalThis.document?.currentScript as HTMLScriptElement | null)?.src ?? "";
const LEAST_S = 0.2; // less is a slip of the finger
const MOST_S = 60;
const LOUDEST = 0.3; // root mean square at the meter's end

type State = "closed" | "opening" | "open";
/** What opened the microphone, as in a manifest line. */
export interface Activation {
  readonly trigger: "push_to_talk" | "wake_word";
  readonly wake_word?: string;
  readonly score?: number;
}

export class RecorderElement extends SpokenElement {
  static readonly observedAttributes = ["lang", "upload-url", "mode", "queue"];

  readonly #button = make("button", { type: "button", part: "talk", "aria-describedby": "how", "aria-pressed": "false" });
  readonly #how = make("p", { id: "how" });
  readonly #said = make("span");
  readonly #meter = make("meter", { min: "0", max: "1", value: "0" });
  readonly #sign = make("p", { class: "sign", part: "sign", hidden: "" }, this.#said, this.#meter);
  readonly #status = make("p", { role: "status" });
  readonly #count = make("span");
  readonly #now = make("button", { type: "button", part: "send" });
  readonly #discard = make("button", { type: "button", part: "discard" });
  readonly #waiting = make("div", { class: "waiting", hidden: "" }, this.#count, this.#now, this.#discard);
  #microphone: Microphone | null = null;
  #sending: Sending | null = null;
  #state: State = "closed";
  #wanted = false;
  #activation: Activation = { trigger: "push_to_talk" };
  #began = "";
  #left = new AbortController();

  constructor() {
    super();
    this.frame.append(make("slot"), this.#button, this.#how, this.#sign, this.#status, this.#waiting);
    hold(this.#button, { begin: () => this.#down(), end: () => this.#up(), toggle: () => this.#toggle() });
    this.#now.addEventListener("click", () => void this.#sending?.now());
    this.#discard.addEventListener("click", () => {
      this.#button.focus(); // the other goes away with what waits
      void this.discard();
    });
  }

  connectedCallback(): void {
    this.#left = new AbortController();
    const { signal } = this.#left;
    // A microphone that nobody looks at is closed.
    document.addEventListener("visibilitychange", () => document.hidden && this.stop(), { signal });
    window.addEventListener("pagehide", () => this.stop(), { signal });
    this.#connect();
    this.write();
  }

  disconnectedCallback(): void {
    this.stop();
    this.#left.abort();
    this.#sending?.stop();
    this.#sending = null;
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === "upload-url" || name === "queue") this.#connect();
    this.write();
  }

  /** Seconds recorded since the microphone was opened; 0 while it is closed. */
  get seconds(): number {
    return this.#microphone?.seconds ?? 0;
  }

  /** Open the microphone: also for a product's own wake word detector, and then it closes when the speech is over. */
  async start(activation: Activation = { trigger: "push_to_talk" }): Promise<void> {
    this.#wanted = true;
    if (this.#state !== "closed") return;
    if (!this.#sending) return this.#trouble("no_address", null);
    this.#activation = activation;
    this.#began = new Date().toISOString();
    this.#show("opening");
    try {
      await this.#open();
    } catch (error) {
      this.#trouble(this.#why(error), error);
    }
    if (!this.#wanted) this.stop();
  }

  /** Close the microphone; what was said is sent. */
  stop(): void {
    this.#wanted = false;
    const microphone = this.#microphone;
    if (!microphone) return;
    const { seconds } = microphone;
    this.#microphone = null;
    const samples = microphone.close();
    this.#show("closed");
    if (seconds < LEAST_S) this.#say("too_short");
    else void this.#give(samples);
  }

  /** Throw away what waits on this device: for the speaker, and for a product whose user signs out. */
  async discard(): Promise<void> {
    await this.#sending?.discard();
    this.#say("discarded");
  }

  get #holds(): boolean {
    return this.getAttribute("mode") !== "wake-word";
  }

  #down(): void {
    if (this.#holds) void this.start();
    else this.#toggle();
  }

  #toggle(): void {
    if (this.#wanted) this.stop();
    else void this.start();
  }

  #up(): void {
    if (this.#holds) this.stop();
  }

  async #open(): Promise<void> {
    const ending = new Ending();
    const most = Number(this.getAttribute("max-seconds")) || MOST_S;
    const heard = (level: number): void => {
      this.#meter.value = Math.min(1, level / LOUDEST);
      const over = ending.over(level, this.seconds) && (!this.#holds || this.#activation.trigger === "wake_word");
      if (over || this.seconds >= most) this.stop();
    };
    const worklet = this.getAttribute("worklet-url") ?? OWN;
    const hearing = { heard, opened: () => this.#show("open"), lost: () => this.stop() };
    this.#microphone = await Microphone.open(worklet, hearing);
  }

  async #give(samples: Float32Array): Promise<void> {
    const id = crypto.randomUUID();
    const metadata = { language: this.tag, captured_at: this.#began, activation: this.#activation, indicator: INDICATOR };
    this.tell("recorded", { id, seconds: samples.length / SAMPLING_RATE });
    try {
      await this.#sending?.give({ id, audio: wav(samples, SAMPLING_RATE), metadata, consent: this.#answer() });
    } catch (error) {
      this.#trouble("refused", error);
    }
  }

  #answer(): Statement | null {
    const found = this.querySelector("fairhearing-consent");
    return found instanceof ConsentElement ? found.statement : null;
  }

  #connect(): void {
    this.#sending?.stop();
    const url = this.getAttribute("upload-url");
    if (!url) {
      this.#sending = null;
      return;
    }
    this.#sending = new Sending(url, this.getAttribute("queue") ?? "", () => this.#answer(), {
      sent: (id, response) => (this.#say("sent"), this.tell("sent", { id, response })),
      refused: (id, response) => (this.#say("refused"), this.tell("refused", { id, response })),
      waiting: (count, response) => this.#wait(count, response),
    });
    this.#sending.now().catch((error: unknown) => this.tell("trouble", { kind: "not_kept", error }));
  }

  #wait(count: number, response: Response | null): void {
    this.#waiting.hidden = count === 0;
    this.#count.dataset["count"] = String(count);
    this.#count.textContent = `${this.words.waiting} ${count}`;
    if (count) this.tell("waiting", { count, response });
  }

  #show(state: State): void {
    this.#state = state;
    this.setAttribute("state", state);
    this.#sign.hidden = state !== "open";
    this.#meter.value = 0;
    this.write();
    this.#status.textContent = this.words[state];
    this.tell("microphone", { open: state === "open" });
  }

  #say(word: keyof Words): void {
    this.#status.textContent = this.words[word];
  }

  #trouble(word: keyof Words, error: unknown): void {
    this.#microphone = null;
    if (this.#state !== "closed") this.#show("closed");
    this.#wanted = false;
    this.#say(word);
    this.tell("trouble", { kind: word, error });
  }

  #why(error: unknown): keyof Words {
    if (error instanceof SignalFailed) return "no_signal";
    return error instanceof DOMException && error.name === "NotAllowedError" ? "not_allowed" : "not_there";
  }

  protected override write(): void {
    super.write();
    const { words } = this;
    this.#button.textContent = this.#holds ? words.hold : this.#state === "closed" ? words.talk : words.stop;
    this.#button.setAttribute("aria-pressed", String(this.#holds && this.#state === "open"));
    this.#how.textContent = this.#holds ? words.how_hold : words.how_talk;
    this.#said.textContent = words.open;
    this.#meter.setAttribute("aria-label", words.level);
    this.#now.textContent = words.send_now;
    this.#discard.textContent = words.discard;
  }
}
