/** One tab of a browser works in a programme at a time: the browser's own lock says which, a channel hands drafts over. */
import { type Draft, drafts } from "./drafts";

type Message = { ask: "drafts" } | { drafts: Record<string, Draft> };

/** How long a tab that takes over waits for what was typed in the other; a tab that hangs must not hold it up. */
const ANSWERS_WITHIN_MS = 400;

export class Tabs {
  private readonly name: string;
  private readonly channel: BroadcastChannel;
  private working = false;
  private received: (() => void) | null = null;

  constructor(
    programme: string,
    /** Before the other tab takes over: what is typed is saved. */
    private readonly prepare: () => void,
    private readonly lost: () => void,
  ) {
    this.name = `fairhearing/review/${programme}`;
    this.channel = new BroadcastChannel(this.name);
    this.channel.addEventListener("message", ({ data }: MessageEvent<Message>) => this.heard(data));
  }

  /** True when this tab may work; false when another one does. */
  begin(): Promise<boolean> {
    return this.ask({ ifAvailable: true });
  }

  /** Works here from now on; the other tab stops. */
  async takeOver(): Promise<void> {
    await new Promise<void>((done) => {
      this.received = done;
      window.setTimeout(done, ANSWERS_WITHIN_MS);
      this.send({ ask: "drafts" });
    });
    await this.ask({ steal: true });
  }

  private ask(options: LockOptions): Promise<boolean> {
    return new Promise((answer) => {
      const held = navigator.locks.request(this.name, options, (lock) => {
        this.working = lock !== null;
        answer(this.working);
        return lock === null ? undefined : new Promise<void>(() => undefined); // held until the tab closes
      });
      held.catch(() => {
        this.working = false; // stolen
        this.lost();
      });
    });
  }

  private heard(message: Message): void {
    if ("ask" in message) {
      if (!this.working) return;
      this.prepare();
      this.send({ drafts: drafts.all() });
    } else if (this.received !== null) {
      for (const [clip, draft] of Object.entries(message.drafts)) drafts.save(clip, draft);
      this.received();
      this.received = null;
    }
  }

  private send(message: Message): void {
    this.channel.postMessage(message);
  }
}
