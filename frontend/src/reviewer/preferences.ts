/** A reviewer's own settings of this page, kept on this computer. Defaults where storage is off. */

export interface Preferences {
  speed: number;
  letterKeys: boolean;
}

const NAME = "fairhearing/preferences";
const DEFAULTS: Preferences = { speed: 1, letterKeys: true };

export function loadPreferences(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(NAME) ?? "{}") as Partial<Preferences>) };
  } catch {
    return { ...DEFAULTS };
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(preferences));
  } catch {
    // holds for this page only
  }
}
