/** Scales beside the answer: a letter says which, the digit after it rates. None has to be given. */
import type { Scale } from "../../contract";
import { layOut, mark, onChoice } from "../choices";
import { t } from "../../../words";

/** By the server's names. */
const SCALES: Readonly<Record<string, string>> = { adequacy: t("adequacy"), fluency: t("fluency") };

export class Ratings {
  private scales: readonly Scale[] = [];
  private rated: Record<string, number> = {};
  private awaited: Scale | null = null;

  constructor(
    private readonly place: HTMLElement,
    private readonly changed: () => void,
  ) {}

  get given(): Readonly<Record<string, number>> {
    return { ...this.rated };
  }

  show(scales: readonly Scale[], rated: Readonly<Record<string, number>>): void {
    this.scales = scales;
    this.rated = { ...rated };
    this.awaited = null;
    this.place.replaceChildren(...scales.map((scale) => this.group(scale)));
  }

  /** The next digit is this scale's. */
  await(name: string): string {
    this.awaited = this.scales.find((scale) => scale.name === name) ?? null;
    if (this.awaited === null) return t("There is no rating of {scale} here.", { scale: SCALES[name] ?? name });
    return t("{scale}: press {lowest} to {highest}.", said(this.awaited));
  }

  /** Takes a digit that was waited for; null where none was. */
  take(value: number): string | null {
    const scale = this.awaited;
    this.awaited = null;
    if (scale === null) return null;
    if (value < scale.lowest || value > scale.highest) return t("{scale} goes from {lowest} to {highest}.", said(scale));
    this.set(scale, value);
    return t("{scale}: {value}.", { ...said(scale), value });
  }

  private set(scale: Scale, value: number): void {
    this.rated[scale.name] = value;
    const group = this.place.querySelector<HTMLElement>(`[data-scale="${scale.name}"]`);
    if (group) mark(group, value);
    this.changed();
  }

  private group(scale: Scale): HTMLElement {
    const group = document.createElement("fieldset");
    group.className = "scale";
    const legend = document.createElement("legend");
    legend.textContent = t("{scale}, {lowest} to {highest} (may be left out)", said(scale));
    const list = document.createElement("div");
    list.dataset["scale"] = scale.name;
    const steps = Array.from({ length: scale.highest - scale.lowest + 1 }, (_, step) => scale.lowest + step);
    layOut(list, scale.name, steps.map((value) => ({ value, text: String(value) })), false);
    mark(list, this.rated[scale.name] ?? null);
    onChoice(list, (value) => this.set(scale, value));
    group.append(legend, list);
    return group;
  }
}

function said({ name, lowest, highest }: Scale): Record<"scale" | "lowest" | "highest", string | number> {
  const word = SCALES[name] ?? name;
  return { scale: word.charAt(0).toUpperCase() + word.slice(1), lowest, highest };
}
