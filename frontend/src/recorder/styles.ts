/** One sheet for both elements, in the colours of the reader's system: black on white, white on black, or their own. */

export const STYLES = `
:host { display: block; }
:host([hidden]), [hidden] { display: none !important; }
.frame { color: CanvasText; background: Canvas; padding: 1rem; border: 1px solid GrayText; border-radius: 0.5rem; }
.frame > * + * { margin-block: 0.75rem 0; }
.frame > :first-child { margin-block-start: 0; }
p { margin: 0; overflow-wrap: anywhere; }
button {
  min-block-size: 2.75rem; min-inline-size: 2.75rem; padding: 0.5rem 1rem; font: inherit; font-weight: 600; color: CanvasText;
  background: Canvas; border: 2px solid CanvasText; border-radius: 0.5rem; cursor: pointer;
}
[part="talk"] { touch-action: none; user-select: none; }
button:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
button[aria-pressed="true"] { color: Canvas; background: CanvasText; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr)); gap: 0.75rem; }
.sign { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; font-weight: 700; }
.sign::before {
  content: ""; inline-size: 1rem; block-size: 1rem; border-radius: 50%; border: 2px solid CanvasText; background: #c00000;
  forced-color-adjust: none;
}
.sign meter { flex: 1 1 8rem; inline-size: 8rem; }
.sign:not([hidden]) + [role="status"] { position: absolute; clip-path: inset(50%); } /* says what the sign shows */
.waiting { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
`;
