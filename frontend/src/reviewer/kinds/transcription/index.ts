/** Transcription: what is said, as a candidate or in one's own words. */
import type { Elements } from "../../elements";
import type { Kind } from "../kind";
import { Texts } from "../texts";
import { t } from "../../../words";

export function transcription(on: Elements, changed: () => void): Kind {
  return new Texts(t("Transcription"), on, changed);
}
