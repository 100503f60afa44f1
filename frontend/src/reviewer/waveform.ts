/** The picture of the sound, drawn from the server's peaks. It fetches nothing and cannot be heard. */
import WaveSurfer from "wavesurfer.js";

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function colours(): { waveColor: string; progressColor: string; cursorColor: string } {
  return { waveColor: colour("--wave"), progressColor: colour("--wave-heard"), cursorColor: colour("--wave-cursor") };
}

export class Waveform {
  private readonly surfer: WaveSurfer;

  constructor(
    private readonly container: HTMLElement,
    audio: HTMLAudioElement,
    cspNonce: string,
  ) {
    this.surfer = WaveSurfer.create({
      container,
      media: audio,
      cspNonce,
      height: 88,
      barWidth: 3,
      barGap: 2,
      barRadius: 2,
      cursorWidth: 2,
      interact: false, // a drag over it selects; it never jumps
      hideScrollbar: true,
      ...colours(),
    });
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.surfer.setOptions(colours()));
  }

  show(peaks: readonly number[], duration: number): void {
    this.container.setAttribute("aria-label", `Waveform, ${duration.toFixed(1)} seconds`);
    void this.surfer.load("", [spread(peaks)], duration);
  }
}

const POINTS = 1_200;

/** Peaks in per cent, spread evenly over more points than a screen has bars, so that no bar of a short clip stays empty. */
function spread(peaks: readonly number[]): number[] {
  const last = peaks.length - 1;
  return Array.from({ length: POINTS }, (_, index) => {
    const at = (index / (POINTS - 1)) * Math.max(0, last);
    const before = peaks[Math.floor(at)] ?? 0;
    const after = peaks[Math.ceil(at)] ?? before;
    return (before + (after - before) * (at % 1)) / 100;
  });
}
