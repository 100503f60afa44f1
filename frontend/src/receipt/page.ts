/** The form: reads what the reader brought, has it verified, and keeps the key that the reader wishes to be remembered. */
import { decodeDecimal, decodeText } from "./encoding";
import { findElements } from "./elements";
import type { Elements } from "./elements";
import { parseKey, whyUnable } from "./keys";
import { remember, remembered } from "./memory";
import { begin, end, tell } from "./results";
import { asSentence } from "./steps";
import { over } from "./tiles";
import { fetchReceipt, verify } from "./verify";
import type { KeyFrom } from "./words";

/** Where the log is served: beside this page. */
const log = over(new URL(".", window.location.href).pathname);

/** A text as it was brought. One newline at the end gets lost in many a clipboard, and is given back. */
function broughtText(field: HTMLTextAreaElement): string {
  const text = field.value;
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function keyFrom(page: Elements): KeyFrom {
  const key = page.key.value.trim();
  if (key === remembered()) return "remembered";
  return key === page.key.dataset["served"] ? "server" : "reader";
}

async function run(page: Elements): Promise<void> {
  page.submit.disabled = true;
  page.status.textContent = "";
  begin(page);
  const asked = {
    receipt: broughtText(page.receipt),
    key: page.key.value.trim(),
    remembered: remembered(),
    entry: page.entry.value.trim(), // canonical JSON neither begins nor ends in a space
    witnesses: page.witnesses.value,
    openings: page.openings.value.trim(),
    compare: page.compare.checked,
  };
  const from = keyFrom(page);
  const steps = await verify(asked, log, (step) => tell(page, step));
  end(page, steps, from);
  page.submit.disabled = false;
  page.resultHeading.focus();
}

/** Shows how the key in the field stands to the one that is remembered and to the one that the server gives. */
function showKey(page: Elements): void {
  const [kept, served] = [remembered(), page.key.dataset["served"] ?? ""];
  const from = keyFrom(page);
  page.keyChanged.hidden = kept === null || kept === served;
  page.keyRemembered.textContent = kept ?? "";
  page.keyServed.textContent = served;
  page.forgetKey.hidden = kept === null;
  page.rememberKey.hidden = kept !== null;
  page.keyStanding.textContent = {
    remembered: "This browser remembers this key.",
    server: "This key came from this server just now. Compare it with the one that you wrote down elsewhere.",
    reader: kept === null ? "This is not the key that this server gives." : "This is not the key that this browser remembers.",
  }[from];
}

async function keepKey(page: Elements, key: string | null): Promise<void> {
  try {
    if (key !== null) await parseKey(key, "the log’s key");
  } catch (problem) {
    page.status.textContent = asSentence(problem);
    return;
  }
  const done = remember(key);
  showKey(page);
  const kept = "The key is remembered in this browser. If the log’s key ever changes, this page will say so.";
  const words = key === null ? "The key is forgotten." : kept;
  page.status.textContent = done ? words : "This browser keeps nothing for pages. Write the key down elsewhere.";
  (key === null ? page.rememberKey : page.forgetKey).focus();
}

/** Puts a file's text into its field, where it can be seen. */
async function readFile(page: Elements, input: HTMLInputElement, field: HTMLTextAreaElement): Promise<void> {
  const file = input.files?.[0];
  if (file === undefined) return;
  try {
    field.value = decodeText(await file.arrayBuffer(), file.name);
    page.status.textContent = `${file.name}: ${file.size} bytes read. They stay in this browser.`;
  } catch (problem) {
    page.status.textContent = asSentence(problem);
  }
}

async function getReceipt(page: Elements): Promise<void> {
  try {
    const index = decodeDecimal(page.index.value.trim(), "the entry’s number");
    page.receipt.value = await fetchReceipt(log, index);
    page.status.textContent = `The receipt of entry ${index} is in the field. It came from this server; verify it below.`;
    page.receipt.focus();
  } catch (problem) {
    page.status.textContent = asSentence(problem);
    page.index.focus();
  }
}

/** A link may name an entry behind the #, as in `/log/#entry-12`. */
function readAddress(page: Elements): void {
  page.index.value = /^#entry-([0-9]+)$/.exec(window.location.hash)?.[1] ?? page.index.value;
}

/** Brings the form to life, unless this browser cannot compute what is needed: then it says so. */
export function start(): void {
  const page = findElements();
  const kept = remembered();
  if (kept !== null) page.key.value = kept;
  showKey(page);
  readAddress(page);
  window.addEventListener("hashchange", () => readAddress(page));
  page.key.addEventListener("input", () => showKey(page));
  page.rememberKey.addEventListener("click", () => void keepKey(page, page.key.value.trim()));
  page.forgetKey.addEventListener("click", () => void keepKey(page, null));
  page.fetchReceipt.addEventListener("click", () => void getReceipt(page));
  const files = [
    [page.receiptFile, page.receipt],
    [page.entryFile, page.entry],
    [page.openingsFile, page.openings],
  ] as const;
  for (const [input, field] of files) {
    input.addEventListener("change", () => void readFile(page, input, field));
  }
  page.form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run(page);
  });
  void whyUnable().then((why) => {
    page.submit.disabled = why !== null;
    page.unable.hidden = why === null;
    page.unable.firstElementChild!.textContent = why;
  });
}
