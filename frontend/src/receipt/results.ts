/** Puts steps and the verdict on the page. All texts go in as text: nothing of a receipt is ever read as markup. */
import type { Elements } from "./elements";
import { conclude } from "./steps";
import type { State, Step } from "./steps";
import { notShown, STATES, verdict } from "./words";
import type { KeyFrom } from "./words";

const NOTICES: Record<State, string> = { shown: "notice good", refused: "notice bad", open: "notice" };

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Empties the place for results and shows it. */
export function begin(page: Elements): void {
  page.steps.replaceChildren();
  page.notShownList.replaceChildren();
  page.notShown.hidden = true;
  page.verdict.className = "notice";
  page.verdict.textContent = "Verifying …";
  page.result.ariaBusy = "true";
  page.result.hidden = false;
}

/** One step, when it is done. Its mark is for the eye alone; the word beside it says the same. */
export function tell(page: Elements, step: Step): void {
  const item = element("li", `step ${step.state}`, "");
  item.dataset["name"] = step.name;
  item.dataset["state"] = step.state;
  const { mark, word } = STATES[step.state];
  const marked = element("span", "step-mark", mark);
  marked.ariaHidden = "true";
  const heading = element("h3", "", step.title);
  const result = element("p", "step-words", "");
  result.append(element("strong", "step-state", `${word}.`), ` ${step.words}`);
  item.append(marked, heading, result);
  if (step.code !== null) item.append(element("code", "long step-code", step.code));
  page.steps.append(item);
}

/** What came of all steps, and what did not. */
export function end(page: Elements, steps: Step[], from: KeyFrom): void {
  const state = conclude(steps);
  page.verdict.className = NOTICES[state];
  page.verdict.textContent = verdict(steps, from);
  page.notShownList.replaceChildren(...notShown(steps, from).map((limit) => element("li", "", limit)));
  page.notShown.hidden = false;
  page.result.dataset["state"] = state;
  page.result.ariaBusy = "false";
}
