/** The review API, one method a request. */
import type { Answer, Assignment, Judged, Lease, Play } from "./contract";
import { bytes, get, post, postLasting, put, Unreachable } from "./http";
import type { Preferences } from "./preferences";

export class Api {
  constructor(
    private readonly root: string,
    private readonly programme: string,
  ) {}

  /** `holding`: what this page has in hand, so that anything else that is ours (a page loaded anew) is given again. */
  next(holding: readonly string[]): Promise<Assignment | null> {
    return post<Assignment>(`${this.root}next`, { programme: this.programme, holding });
  }

  sealed(assignment: Assignment, stop: AbortSignal): Promise<ArrayBuffer> {
    return bytes(assignment.sealed_url, stop);
  }

  /** One play: the server decides, writes it into the log, and gives the key. Never asked for in advance. */
  play(assignment: string): Promise<Play> {
    return this.must(post<Play>(`${this.root}plays`, { assignment }));
  }

  judge(assignment: string, answer: Answer, heard: number): Promise<Judged> {
    const body = { assignment, ...answer, heard_s: Math.round(heard * 100) / 100 };
    return this.must(postLasting<Judged>(`${this.root}judgements`, body));
  }

  undo(judgement: string): Promise<Assignment> {
    return this.must(post<Assignment>(`${this.root}undo`, { judgement }));
  }

  renew(assignment: string): Promise<Lease> {
    return this.must(post<Lease>(`${this.root}leases`, { assignment }));
  }

  /** What the account keeps of this page's settings; empty where nothing was ever changed. */
  preferences(): Promise<Partial<Preferences> | null> {
    return get<Partial<Preferences>>(`${this.root}preferences`);
  }

  async keepPreferences(preferences: Preferences): Promise<void> {
    await put(`${this.root}preferences`, preferences);
  }

  private async must<T>(answer: Promise<T | null>): Promise<T> {
    const value = await answer;
    if (value === null) throw new Unreachable();
    return value;
  }
}
