/** Translation: a text in the other language, with ratings that may go with it. */
import type { Answer, Assignment } from "../../contract";
import type { Draft } from "../../drafts";
import type { Elements } from "../../elements";
import type { Kind } from "../kind";
import { Texts } from "../texts";
import { Ratings } from "./ratings";
import { t } from "../../../words";

class Translation extends Texts {
  private readonly ratings: Ratings;

  constructor(on: Elements, changed: () => void) {
    super(t("Translation"), on, changed);
    this.ratings = new Ratings(on.scaleList, changed);
  }

  override show(work: Assignment, draft: Draft | null): void {
    const scales = work.scales ?? [];
    this.on.scales.hidden = scales.length === 0;
    this.ratings.show(scales, draft?.ratings ?? {});
    super.show(work, draft);
  }

  override get draft(): Draft {
    return { ...super.draft, ratings: this.ratings.given };
  }

  override get value(): Answer | null {
    const answer = super.value;
    return answer && { ...answer, ...this.ratings.given };
  }

  override pick(number: number): string {
    return this.ratings.take(number) ?? super.pick(number);
  }

  rate(scale: string): string {
    return this.ratings.await(scale);
  }
}

export function translation(on: Elements, changed: () => void): Kind {
  return new Translation(on, changed);
}
