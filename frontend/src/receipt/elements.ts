/** The page's own elements, found once by id; a missing one is a mistake in the template and says so. */

function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`#${id} is ${element?.tagName ?? "missing"}, expected a ${kind.name}`);
  return element;
}

export function findElements() {
  return {
    form: find("verify", HTMLFormElement),
    unable: find("unable", HTMLElement),
    receipt: find("receipt", HTMLTextAreaElement),
    receiptFile: find("receipt-file", HTMLInputElement),
    index: find("entry-index", HTMLInputElement),
    fetchReceipt: find("fetch-receipt", HTMLButtonElement),
    key: find("key", HTMLTextAreaElement),
    keyChanged: find("key-changed", HTMLElement),
    keyRemembered: find("key-remembered", HTMLElement),
    keyServed: find("key-served", HTMLElement),
    keyStanding: find("key-standing", HTMLElement),
    rememberKey: find("remember-key", HTMLButtonElement),
    forgetKey: find("forget-key", HTMLButtonElement),
    entry: find("entry", HTMLTextAreaElement),
    entryFile: find("entry-file", HTMLInputElement),
    witnesses: find("witnesses", HTMLTextAreaElement),
    openings: find("openings", HTMLTextAreaElement),
    openingsFile: find("openings-file", HTMLInputElement),
    compare: find("compare", HTMLInputElement),
    submit: find("verify-now", HTMLButtonElement),
    status: find("status", HTMLElement),
    result: find("result", HTMLElement),
    resultHeading: find("result-heading", HTMLElement),
    verdict: find("verdict", HTMLElement),
    steps: find("steps", HTMLOListElement),
    notShown: find("not-shown", HTMLElement),
    notShownList: find("not-shown-list", HTMLUListElement),
  };
}

export type Elements = ReturnType<typeof findElements>;
