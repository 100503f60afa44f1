/** After a good while of work a break is offered, quietly. Nobody is stopped. */

const WORK_MS = 50 * 60_000;
const LATER_MS = 20 * 60_000;
/** Nothing done for so long was a break. */
const BREAK_MS = 5 * 60_000;
const LOOK_EVERY_MS = 15_000;

export class Rest {
  private begunAt: number | null = null;
  private workedAt = 0;
  private quietUntil = 0;

  constructor(
    private readonly notice: HTMLElement,
    later: HTMLButtonElement,
    taken: HTMLButtonElement,
  ) {
    later.addEventListener("click", () => this.close(Date.now() + LATER_MS));
    taken.addEventListener("click", () => {
      this.begunAt = null;
      this.close(0);
    });
    window.setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Somebody does something. */
  worked(): void {
    const now = Date.now();
    if (this.begunAt === null || now - this.workedAt > BREAK_MS) {
      this.begunAt = now;
      this.notice.hidden = true;
    }
    this.workedAt = now;
  }

  private look(): void {
    const now = Date.now();
    const long = this.begunAt !== null && this.workedAt - this.begunAt >= WORK_MS - LOOK_EVERY_MS;
    if (long && now >= this.quietUntil && now - this.workedAt <= BREAK_MS) this.notice.hidden = false;
  }

  private close(quietUntil: number): void {
    this.quietUntil = quietUntil;
    this.notice.hidden = true;
  }
}
