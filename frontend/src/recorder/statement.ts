/** What a speaker answered, in the fields of `consent` in a manifest line (docs/import.md). */

export interface Statement {
  readonly human_review: boolean;
  readonly notice: string;
  readonly notice_language: string;
  readonly method: "click";
  readonly given_at: string;
}

/** What holds for a recording: what was answered when it was made, or the no that came while it waited. */
export function narrower(then: Statement | null, now: Statement | null): Statement | null {
  return now && !now.human_review ? now : then;
}
