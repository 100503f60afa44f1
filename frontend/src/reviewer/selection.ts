/** A stretch of the clip that is selected: by dragging over the waveform, or by marking its edges at the playhead. */
import type { Span } from "./contract";

type Edge = 0 | 1;

/** A drag shorter than this is a click, and selects nothing. */
const LEAST_S = 0.05;

export class Selection {
  private duration = 0;
  private edge: Edge = 1;
  private chosen: Span | null = null;
  private dragFrom: number | null = null;

  constructor(
    private readonly layer: HTMLElement,
    private readonly mark: HTMLElement,
    private readonly changed: (span: Span | null) => void,
  ) {
    layer.addEventListener("pointerdown", (event) => this.begin(event));
    layer.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) layer.addEventListener(end, () => (this.dragFrom = null));
  }

  get span(): Span | null {
    return this.chosen;
  }

  /** Another clip. */
  turnTo(duration: number): void {
    this.duration = duration;
    this.edge = 1;
    this.set(null);
  }

  /** Puts the first or the last edge at a moment; the other stays, or is the clip's own. */
  markAt(edge: Edge, at: number): void {
    const [from, to] = this.chosen ?? [0, this.duration];
    this.edge = edge;
    this.set(edge === 0 ? [at, to > at ? to : this.duration] : [from < at ? from : 0, at]);
  }

  /** Moves the edge that was marked last. */
  nudge(by: number): void {
    if (this.chosen === null) return;
    const [from, to] = this.chosen;
    if (this.edge === 0) this.set([Math.min(from + by, to - LEAST_S), to]);
    else this.set([from, Math.max(to + by, from + LEAST_S)]);
  }

  clear(): void {
    this.set(null);
  }

  private set(span: Span | null): void {
    const within = (at: number): number => Math.round(100 * Math.max(0, Math.min(at, this.duration))) / 100;
    const next: Span | null = span && [within(span[0]), within(span[1])];
    this.chosen = next && next[1] - next[0] >= LEAST_S ? next : null;
    this.mark.hidden = this.chosen === null;
    if (this.chosen !== null) {
      const [from, to] = this.chosen;
      this.mark.style.insetInlineStart = `${(100 * from) / this.duration}%`;
      this.mark.style.inlineSize = `${(100 * (to - from)) / this.duration}%`;
    }
    this.changed(this.chosen);
  }

  private moment(event: PointerEvent): number {
    const box = this.layer.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * this.duration;
  }

  private begin(event: PointerEvent): void {
    if (event.button !== 0 || this.duration === 0) return;
    this.layer.setPointerCapture(event.pointerId);
    this.dragFrom = this.moment(event);
    this.set(null);
  }

  private drag(event: PointerEvent): void {
    if (this.dragFrom === null) return;
    const at = this.moment(event);
    this.edge = at < this.dragFrom ? 0 : 1;
    this.set([Math.min(at, this.dragFrom), Math.max(at, this.dragFrom)]);
  }
}
