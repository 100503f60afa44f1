/** What is typed and picked but not yet sent, kept in this tab until it is. By clip: it may come back another time. */

export interface Draft {
  text: string;
  choice: number | null;
  value?: number | null;
  ratings?: Readonly<Record<string, number>>;
}

const PREFIX = "fairhearing/draft/";

function isEmpty({ text, choice, value, ratings }: Draft): boolean {
  return text === "" && choice === null && (value ?? null) === null && Object.keys(ratings ?? {}).length === 0;
}

export const drafts = {
  save(clip: string, draft: Draft): void {
    try {
      if (isEmpty(draft)) sessionStorage.removeItem(PREFIX + clip);
      else sessionStorage.setItem(PREFIX + clip, JSON.stringify(draft));
    } catch {
      // storage is full or switched off: the text is still in the field
    }
  },

  load(clip: string): Draft | null {
    try {
      const kept = sessionStorage.getItem(PREFIX + clip);
      return kept === null ? null : (JSON.parse(kept) as Draft);
    } catch {
      return null;
    }
  },

  clear(clip: string): void {
    this.save(clip, { text: "", choice: null });
  },

  /** All that is kept, by clip. */
  all(): Record<string, Draft> {
    const found: Record<string, Draft> = {};
    try {
      for (const name of Object.keys(sessionStorage)) {
        const draft = name.startsWith(PREFIX) ? this.load(name.slice(PREFIX.length)) : null;
        if (draft) found[name.slice(PREFIX.length)] = draft;
      }
    } catch {
      // nothing was kept
    }
    return found;
  },

  /** Whoever signs out leaves nothing behind. */
  clearAll(): void {
    for (const clip of Object.keys(this.all())) this.clear(clip);
  },
};
