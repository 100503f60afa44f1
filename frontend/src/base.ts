/** What the plain pages share: htmx with its risky parts off, and counts that refresh without moving the reader. */
import htmx from "htmx.org";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.allowScriptTags = false;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;

interface SwapDetail {
  xhr: XMLHttpRequest;
  target: Element;
  shouldSwap: boolean;
}

/** A refresh that was answered by another page (signed out, say) must not empty this one: the whole page is loaded anew. */
function keepWhatIsThere(event: Event): void {
  const { detail } = event as CustomEvent<SwapDetail>;
  const id = detail.target.id;
  if (detail.xhr.status < 400 && id && !detail.xhr.responseText.includes(`id="${id}"`)) {
    detail.shouldSwap = false;
    window.location.reload();
  }
}

/** A button that is pressed twice sends once. */
function sendOnce(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset["sent"] === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset["sent"] = "yes";
}

/** A page that comes back from the browser's memory may be sent again. */
function allowAgain(event: PageTransitionEvent): void {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset["sent"];
}

document.addEventListener("htmx:beforeSwap", keepWhatIsThere);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", allowAgain);
