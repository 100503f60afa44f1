/**
 * The scripts' texts in the page's language. The page carries a catalogue as JSON (`#words`) where it is not in English:
 * the English text, which is the key, and its translation; for what is counted, a text for each plural category (CLDR).
 * It stands in the page before any deferred script runs, so texts may be made as a module loads.
 */

/** The plural categories that a language uses; `other` there always is. */
type Plural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;
type Values = Readonly<Record<string, string | number>>;

const block = document.querySelector("script#words");
const catalogue = JSON.parse(block?.textContent || "{}") as Readonly<Record<string, string | Plural>>;
const language = document.documentElement.lang || "en-GB";
/** Digits as on the keys, and as number fields show them, in every language. */
const locale = new Intl.Locale(language === "en" ? "en-GB" : language, { numberingSystem: "latn" });
const plurals = new Intl.PluralRules(locale);

/** A value of another script must not turn the sentence around it, nor its own edge: first strong isolate and its end. */
function apart(text: string): string {
  return document.documentElement.dir === "rtl" ? `\u2068${text}\u2069` : text;
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : apart(String(value));
  });
}

/** `t("There is no answer {number}.", { number })`: in the page's language, else as it stands. */
export function t(english: string, values: Values = {}): string {
  const found = catalogue[english];
  return fill(typeof found === "string" ? found : english, values);
}

/** `tn(2, { one: "{count} word", other: "{count} words" })`; the catalogue's key is the English `other`. */
export function tn(count: number, english: { one: string; other: string }, values: Values = {}): string {
  const found = catalogue[english.other];
  const texts: Plural | null = typeof found === "object" ? found : null;
  const text = texts ? (texts[plurals.select(count)] ?? texts.other) : count === 1 ? english.one : english.other;
  return fill(text, { count, ...values });
}

const TENTHS = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
const FREELY = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const CLOCK = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

/** Seconds to the tenth: `1.5`, `1,5`. Rounded as the number is, not as it is written: 0.35 is a little less. */
export function tenths(seconds: number): string {
  return TENTHS.format(Number(seconds.toFixed(1)));
}

/** A number as it is: `0.75`, `0,75`. */
export function number(value: number): string {
  return FREELY.format(value);
}

/** The time of day, by a clock of 24 hours. */
export function timeOfDay(moment: Date): string {
  return CLOCK.format(moment);
}
