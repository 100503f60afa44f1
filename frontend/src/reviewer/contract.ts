/** What the server says and hears on the reviewer's page. A field with a question mark may be missing. */

export interface Hypothesis {
  number: number;
  text: string;
  language: string;
}

export type Task = "transcription" | "translation" | "activation" | "rating" | "comparison";

/** Seconds from the clip's beginning. */
export type Span = readonly [from: number, to: number];

export interface Option {
  value: number;
  label: string;
}

export interface Scale {
  name: string;
  lowest: number;
  highest: number;
}

export interface Assignment {
  assignment: string;
  clip: string;
  programme: string;
  task: Task;
  language: string;
  language_name: string;
  target_language: string | null;
  target_language_name: string | null;
  guideline: string;
  question?: string;
  options?: Option[];
  scales?: Scale[];
  hypotheses: Hypothesis[];
  /** Words for what can distress in it. */
  sensitive?: string | null;
  /** Where words begin and end, if that is known. */
  words?: Span[];
  /** So many seconds must have sounded before an answer counts. */
  must_hear_s?: number;
  sealed_url: string;
  peaks: number[];
  duration_s: number;
  sampling_rate: number;
  lease_ends_at: string;
}

export type FlagKind = "personal_data" | "not_for_device" | "too_sensitive" | "known_person";

export const FLAG_KINDS: readonly FlagKind[] = ["personal_data", "not_for_device", "too_sensitive", "known_person"];

export interface Ratings {
  adequacy?: number;
  fluency?: number;
}

export interface FlagAnswer {
  flag: FlagKind;
  span_s?: Span;
  kinds?: string[];
}

export type Answer =
  | ({ choice: number } & Ratings)
  | ({ text: string } & Ratings)
  | { value: number }
  | FlagAnswer
  | { skip: true; why?: "sensitive" };

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

/** A server that tells the question can take the fields that came with it. */
export function takesMore(work: Assignment): boolean {
  return work.question !== undefined;
}
