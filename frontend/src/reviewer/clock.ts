/** The server's time as seen from here: leases and undo are measured by its clock, which may differ from the desk's. */
import { timeOfDay } from "../words";

let ahead = 0;

export const clock = {
  /** Takes the difference from a `Date` header, when it is larger than the header's own second of coarseness. */
  learn(header: string | null): void {
    if (header === null) return;
    const difference = Date.parse(header) - Date.now();
    if (Number.isNaN(difference)) return;
    ahead = Math.abs(difference) > 2_000 ? difference : 0;
  },

  /** Milliseconds from now until the server's moment `iso`. */
  until(iso: string): number {
    return Date.parse(iso) - (Date.now() + ahead);
  },

  /** The server's moment `iso`, as the clock on this desk shows it. */
  shown(iso: string): string {
    return timeOfDay(new Date(Date.parse(iso) - ahead));
  },
};
