/** The picture of the sound, drawn from the server's peaks. It fetches nothing and cannot be heard. */
import { t, tenths } from "../words";

/** As many bars as a wide screen shows apart; a short clip has fewer and broader ones. */
const BARS_MOST = 200;
const SVG = "http://www.w3.org/2000/svg";

export class Waveform {
  private readonly whole = bars("wave-whole");
  private readonly heard = bars("wave-heard");
  private duration = 0;

  constructor(
    private readonly container: HTMLElement,
    private readonly audio: HTMLAudioElement,
  ) {
    const cursor = document.createElement("div");
    cursor.className = "wave-cursor";
    container.append(this.whole.svg, this.heard.svg, cursor);
    audio.addEventListener("playing", () => this.follow());
    for (const moved of ["seeking", "timeupdate", "emptied"]) audio.addEventListener(moved, () => this.mark());
  }

  /** `peaks`: 0 to 100, evenly over `duration` seconds. */
  show(peaks: readonly number[], duration: number): void {
    this.duration = duration;
    this.container.setAttribute("aria-label", t("Waveform, {seconds} seconds", { seconds: tenths(duration) }));
    const heights = highest(peaks);
    const drawn = heights.map((height, at) => `M${at + 0.5} ${50 - height / 2}v${height}`).join("");
    for (const { svg, path } of [this.whole, this.heard]) {
      svg.setAttribute("viewBox", `0 0 ${heights.length} 100`);
      path.setAttribute("d", drawn);
    }
    this.mark();
  }

  private follow(): void {
    this.mark();
    if (!this.audio.paused && !this.audio.ended) window.requestAnimationFrame(() => this.follow());
  }

  /** Which part is behind us: the style sheet shows it. */
  private mark(): void {
    const part = this.duration > 0 ? Math.min(1, this.audio.currentTime / this.duration) : 0;
    this.container.style.setProperty("--heard", part.toFixed(4));
  }
}

/** Bars that are stretched to whatever room there is; their colour is the style sheet's, light or dark. */
function bars(name: string): { svg: SVGSVGElement; path: SVGPathElement } {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("class", name);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.append(path);
  return { svg, path };
}

/** The highest peak under each bar; silence is a hairline, so that it can be told from nothing. */
function highest(peaks: readonly number[]): number[] {
  const count = Math.max(1, Math.min(BARS_MOST, peaks.length));
  const heights = new Array<number>(count).fill(1);
  peaks.forEach((peak, index) => {
    const bar = Math.floor((index * count) / peaks.length);
    heights[bar] = Math.max(heights[bar] ?? 1, Math.min(100, peak));
  });
  return heights;
}
