/** A reviewer's own settings of this page: on this computer at once, and with their account for the next one. */
import type { Api } from "./api";
import type { OwnKeys } from "./bindings";

export interface Preferences {
  speed: number;
  /** Seconds that a resumed play goes back. */
  rewind: number;
  letterKeys: boolean;
  autoplay: boolean;
  spellCheck: boolean;
  keys: OwnKeys;
}

const NAME = "fairhearing/preferences";
const SEND_AFTER_MS = 500;

function usual(): Preferences {
  return { speed: 1, rewind: 0.5, letterKeys: true, autoplay: true, spellCheck: false, keys: {} };
}

export function loadPreferences(): Preferences {
  try {
    return { ...usual(), ...(JSON.parse(localStorage.getItem(NAME) ?? "{}") as Partial<Preferences>) };
  } catch {
    return usual();
  }
}

export class Keeper {
  private timer: number | undefined;
  private changedHere = false;

  constructor(
    readonly preferences: Preferences,
    private readonly api: Api,
  ) {}

  /** Keeps what was changed. Where the account cannot be reached it holds on this computer. */
  save(): void {
    this.changedHere = true;
    this.keepHere();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.api.keepPreferences(this.preferences).catch(() => undefined);
    }, SEND_AFTER_MS);
  }

  /** Takes over what is kept with the account, unless something was changed here meanwhile. */
  async fetch(): Promise<boolean> {
    const found = await this.api.preferences().catch(() => null);
    if (found === null || this.changedHere || Object.keys(found).length === 0) return false;
    Object.assign(this.preferences, found);
    this.keepHere();
    return true;
  }

  /** Whoever signs out takes them along: the next person at this computer has their own. */
  leave(): void {
    window.clearTimeout(this.timer);
    if (this.changedHere) void this.api.keepPreferences(this.preferences).catch(() => undefined);
    try {
      localStorage.removeItem(NAME);
    } catch {
      // nothing was kept
    }
  }

  private keepHere(): void {
    try {
      localStorage.setItem(NAME, JSON.stringify(this.preferences));
    } catch {
      // holds for this page only
    }
  }
}
