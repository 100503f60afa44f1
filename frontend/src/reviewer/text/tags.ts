/** Tags that are put into a text by a key, in a way that the browser's own undo takes back. */

function insert(field: HTMLTextAreaElement, text: string): void {
  field.focus();
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** `(( ))` around what is selected; around nothing, with the caret between them. */
export function unintelligible(field: HTMLTextAreaElement): void {
  const { selectionStart, selectionEnd, value } = field;
  const guess = value.slice(selectionStart, selectionEnd);
  insert(field, `((${guess}))`);
  if (guess === "") field.setSelectionRange(selectionStart + 2, selectionStart + 2);
}

/** `[noise]` at the caret, apart from the words around it. */
export function noise(field: HTMLTextAreaElement): void {
  const { selectionStart, selectionEnd, value } = field;
  const before = selectionStart > 0 && !/\s/.test(value.charAt(selectionStart - 1)) ? " " : "";
  const after = selectionEnd < value.length && !/\s/.test(value.charAt(selectionEnd)) ? " " : "";
  insert(field, `${before}[noise]${after}`);
}
