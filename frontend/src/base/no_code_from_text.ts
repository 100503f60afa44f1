/** Stands in for `eval` and `Function` in the bundle that carries htmx: no page of ours turns text into code. */
export function noCodeFromText(): never {
  throw new Error("text is never run as code here");
}
