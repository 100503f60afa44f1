/** The kinds of work, by the server's names. */
import type { Task } from "../contract";
import type { Elements } from "../elements";
import { activation } from "./activation";
import { comparison } from "./comparison";
import type { Kind } from "./kind";
import { rating } from "./rating";
import { transcription } from "./transcription";
import { translation } from "./translation";

export type { Kind } from "./kind";

export const KINDS: Readonly<Record<Task, (on: Elements, changed: () => void) => Kind>> = {
  transcription,
  translation,
  activation,
  rating,
  comparison,
};
