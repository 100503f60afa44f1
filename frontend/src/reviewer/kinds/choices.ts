/** Answers to choose from by a digit: a list of radio buttons, each with its key. */

export interface Choice {
  value: number;
  text: string;
  language?: string;
}

function item(name: string, { value, text, language }: Choice, digit: boolean): HTMLElement {
  const label = document.createElement("label");
  label.className = "candidate";
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = name;
  radio.value = String(value);
  const key = document.createElement("kbd");
  key.textContent = String(value);
  key.setAttribute("aria-hidden", "true");
  const words = document.createElement("span");
  words.className = "candidate-text";
  words.dir = "auto";
  if (language !== undefined) words.lang = language;
  words.textContent = text;
  label.append(radio, ...(digit ? [key] : []), words);
  return label;
}

export function layOut(list: HTMLElement, name: string, choices: readonly Choice[], digits = true): void {
  list.replaceChildren(...choices.map((choice) => item(name, choice, digits)));
}

export function mark(list: HTMLElement, value: number | null): void {
  for (const radio of list.querySelectorAll<HTMLInputElement>("input")) radio.checked = Number(radio.value) === value;
}

/** Tells of each choice by mouse, touch or arrow key. */
export function onChoice(list: HTMLElement, chosen: (value: number) => void): void {
  list.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) chosen(Number(event.target.value));
  });
}
