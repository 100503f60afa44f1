/** Comparison: two texts of one clip, A and B, beside each other. */
import type { Assignment } from "../../contract";
import type { Draft } from "../../drafts";
import type { Elements } from "../../elements";
import type { Kind } from "../kind";
import { Options } from "../options";
import { layBeside } from "../pair";
import { t } from "../../../words";

class Comparison extends Options {
  override show(work: Assignment, draft: Draft | null): void {
    super.show(work, draft);
    layBeside(this.on.pair, ["A", "B"], work.hypotheses);
  }
}

export function comparison(on: Elements, changed: () => void): Kind {
  return new Comparison(t("Comparison"), on, changed);
}
