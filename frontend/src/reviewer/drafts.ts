/** What is typed and picked but not yet sent, kept in this tab until it is. */

export interface Draft {
  text: string;
  choice: number | null;
}

const PREFIX = "fairhearing/draft/";

export const drafts = {
  save(assignment: string, draft: Draft): void {
    try {
      if (draft.text === "" && draft.choice === null) sessionStorage.removeItem(PREFIX + assignment);
      else sessionStorage.setItem(PREFIX + assignment, JSON.stringify(draft));
    } catch {
      // storage is full or switched off: the text is still in the field
    }
  },

  load(assignment: string): Draft | null {
    try {
      const kept = sessionStorage.getItem(PREFIX + assignment);
      return kept === null ? null : (JSON.parse(kept) as Draft);
    } catch {
      return null;
    }
  },

  clear(assignment: string): void {
    this.save(assignment, { text: "", choice: null });
  },

  /** Whoever signs out leaves nothing behind. */
  clearAll(): void {
    try {
      for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
    } catch {
      // nothing was kept
    }
  },
};
