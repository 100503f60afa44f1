/** What both elements share: their texts follow the page's language, and no style leaks in or out. */
import { STYLES } from "./styles";
import { wordsFor, type Words } from "./words";

/** The same file is loaded on the page and in the worklet, where there are no elements to extend. */
const Base = (globalThis.HTMLElement ?? Object) as typeof HTMLElement;

type Attributes = Readonly<Record<string, string>>;

/** `make("button", { type: "button" }, "Stop")` */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...inside);
  return element;
}

export abstract class SpokenElement extends Base {
  protected words: Words = wordsFor("en").words;
  protected readonly frame = make("div", { part: "frame", class: "frame" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // not an element: a content policy without inline styles lets it be
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
    root.append(this.frame);
  }

  /** The language that the page says this element is in. */
  protected get tag(): string {
    return this.closest<HTMLElement>("[lang]")?.lang || document.documentElement.lang || "en";
  }

  /** Whoever overrides this writes its texts into the frame. */
  protected write(): void {
    const { language, words } = wordsFor(this.tag);
    this.words = words;
    this.frame.lang = language;
    this.frame.dir = language === "ar" ? "rtl" : "ltr";
  }

  /** An event that goes up through the page. */
  protected tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`fairhearing-${name}`, { bubbles: true, composed: true, detail }));
  }
}
