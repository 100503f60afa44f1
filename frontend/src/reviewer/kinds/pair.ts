/** Texts that are shown to be judged, beside each other. */
import type { Hypothesis } from "../contract";

function figure(name: string, { text, language }: Hypothesis): HTMLElement {
  const box = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = name;
  const words = document.createElement("p");
  words.dir = "auto";
  words.lang = language;
  words.textContent = text;
  box.append(caption, words);
  return box;
}

export function layBeside(place: HTMLElement, names: readonly string[], texts: readonly Hypothesis[]): void {
  place.hidden = texts.length === 0;
  place.replaceChildren(...texts.slice(0, names.length).map((text, index) => figure(names[index] ?? "", text)));
}
