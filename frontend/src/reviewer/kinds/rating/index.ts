/** Rating: a step of a scale, of the sound or of the text that is shown with it. */
import type { Assignment } from "../../contract";
import type { Draft } from "../../drafts";
import type { Elements } from "../../elements";
import type { Kind } from "../kind";
import { Options } from "../options";
import { layBeside } from "../pair";
import { t } from "../../../words";

class Rating extends Options {
  override show(work: Assignment, draft: Draft | null): void {
    super.show(work, draft);
    layBeside(this.on.pair, [t("To be rated")], work.hypotheses);
  }
}

export function rating(on: Elements, changed: () => void): Kind {
  return new Rating(t("Rating"), on, changed);
}
