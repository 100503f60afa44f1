/** What the server says and hears on the reviewer's page. */

export interface Hypothesis {
  number: number;
  text: string;
  language: string;
}

export interface Assignment {
  assignment: string;
  clip: string;
  programme: string;
  task: "transcription" | "translation";
  language: string;
  target_language: string | null;
  guideline: string;
  hypotheses: Hypothesis[];
  sealed_url: string;
  peaks: number[];
  duration_s: number;
  sampling_rate: number;
  lease_ends_at: string;
}

export type FlagKind = "personal_data" | "not_for_device" | "too_sensitive" | "known_person";

export const FLAG_KINDS: readonly FlagKind[] = ["personal_data", "not_for_device", "too_sensitive", "known_person"];

export type Answer = { choice: number } | { text: string } | { flag: FlagKind } | { skip: true };

export interface Play {
  listen: string;
  key: string;
  plays_left?: number | null;
}

/** A skip leaves no judgement, and a flag cannot be undone: then there is no `undo_until`. */
export interface Judged {
  judgement: string | null;
  undo_until: string | null;
}

export interface Lease {
  lease_ends_at: string;
}

export interface ProblemDocument {
  title?: string;
  detail?: string;
  reasons?: string[];
}
