/** The dialogs of flags: 1 to 4 choose; personal data asks what and where. Escape, by the browser, closes each. */
import { FLAG_KINDS, type FlagAnswer, type FlagKind, type Span } from "./contract";
import type { Elements } from "./elements";

export interface Flagging {
  /** What is selected on the waveform, or all of the clip. */
  span: () => Span;
  /** The clip's length in seconds. */
  duration: () => number;
  /** Whether the server asks where and what kinds. */
  asksMore: () => boolean;
  send: (answer: FlagAnswer) => void;
}

export function prepareDialogs(on: Elements, flagging: Flagging): void {
  const choose = (kind: FlagKind | undefined): void => {
    if (!kind) return;
    on.flagsDialog.close();
    if (kind === "personal_data" && flagging.asksMore()) askWhere(on, flagging.span());
    else flagging.send({ flag: kind });
  };
  onDigit(on.flagsDialog, (digit) => choose(FLAG_KINDS[digit - 1]));
  for (const button of on.flagsDialog.querySelectorAll<HTMLButtonElement>("button[data-flag]")) {
    button.addEventListener("click", () => choose(FLAG_KINDS.find((kind) => kind === button.dataset["flag"])));
  }
  preparePersonal(on, flagging);
  for (const dialog of [on.flagsDialog, on.personalDialog, on.keysDialog]) closable(dialog);
}

function onDigit(dialog: HTMLDialogElement, pressed: (digit: number) => void): void {
  dialog.addEventListener("keydown", (event) => {
    const writes = event.target instanceof HTMLInputElement && event.target.type === "number";
    if (event.repeat || writes || !/^[1-9]$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    pressed(Number(event.key));
  });
}

function askWhere(on: Elements, [from, to]: Span): void {
  on.personalForm.reset();
  on.personalFrom.value = from.toFixed(2);
  on.personalTo.value = to.toFixed(2);
  on.personalDialog.showModal();
}

function preparePersonal(on: Elements, flagging: Flagging): void {
  const boxes = [...on.personalForm.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  onDigit(on.personalDialog, (digit) => {
    const box = boxes[digit - 1];
    if (box) box.checked = !box.checked;
  });
  on.personalDialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    if (!event.repeat) on.personalForm.requestSubmit();
  });
  on.personalForm.addEventListener("submit", (event) => {
    event.preventDefault();
    on.personalDialog.close();
    const kinds = boxes.filter((box) => box.checked).map((box) => box.value);
    flagging.send({ flag: "personal_data", span_s: spanOf(on, flagging.duration()), kinds });
  });
}

/** What the two fields say, within the clip; all of the clip where they say nothing. */
function spanOf(on: Elements, duration: number): Span {
  const within = (field: HTMLInputElement): number => Math.max(0, Math.min(field.valueAsNumber || 0, duration));
  const [from, to] = [within(on.personalFrom), within(on.personalTo)];
  return from < to ? [from, to] : [0, duration];
}

function closable(dialog: HTMLDialogElement): void {
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
}
