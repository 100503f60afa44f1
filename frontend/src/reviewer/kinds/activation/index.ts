/** Activation: was the device meant? One of a few answers. */
import type { Elements } from "../../elements";
import type { Kind } from "../kind";
import { Options } from "../options";
import { t } from "../../../words";

export function activation(on: Elements, changed: () => void): Kind {
  return new Options(t("Activation"), on, changed);
}
