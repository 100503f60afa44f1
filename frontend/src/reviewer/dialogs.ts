/** The two dialogs: flags (1 to 4 choose) and keys. Escape, by the browser, closes either. */
import { FLAG_KINDS, type FlagKind } from "./contract";
import type { Elements } from "./elements";

export function prepareDialogs(on: Elements, flag: (kind: FlagKind) => void): void {
  const choose = (kind: FlagKind | undefined): void => {
    if (!kind) return;
    on.flagsDialog.close();
    flag(kind);
  };
  on.flagsDialog.addEventListener("keydown", (event) => {
    if (event.repeat || !/^[1-4]$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    choose(FLAG_KINDS[Number(event.key) - 1]);
  });
  for (const button of on.flagsDialog.querySelectorAll<HTMLButtonElement>("button[data-flag]")) {
    button.addEventListener("click", () => choose(FLAG_KINDS.find((kind) => kind === button.dataset["flag"])));
  }
  for (const dialog of [on.flagsDialog, on.keysDialog]) {
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close(); // beside it
    });
  }
}
