/** What went wrong, in a sentence that says what happened and one that says what to do. */
import { Refused, SignedOut, Unreachable } from "./http";
import { t } from "../words";
import { Unplayable } from "./listening";

export interface Trouble {
  state: "refused" | "error";
  happened: string;
  advice: string;
  /** The same once more may help. */
  again: boolean;
  /** The clip in hand is lost to us: the next one helps. */
  next: boolean;
  signedOut: boolean;
}

const KEPT = t("What you typed is kept.");
const NEXT = t("Take the next clip; there is nothing else for you to do.");

type Words = Pick<Trouble, "happened" | "advice" | "again" | "next">;

function gone(happened: string, advice = NEXT): Words {
  return { happened, advice, again: false, next: true };
}

function stays(happened: string, advice: string, again = false): Words {
  return { happened, advice, again, next: false };
}

const ANSWERED = gone(t("This clip was answered already, or taken back. Nothing was judged twice."));
const RAN_OUT = gone(
  t("Your time with this clip ran out, so it went back to the queue."),
  t("Take the next clip. What you typed stays in this tab, and is there again if this clip comes back to you."),
);

/** Words for the grounds of a refusal that the server names. An unknown one is told in the server's own words. */
const REASONS: Readonly<Record<string, Words>> = {
  paused: stays(t("Listening is paused."), `${t("Try again when the pause is over.")} ${KEPT}`, true),
  withdrawn: gone(t("The speaker has taken this recording back.")),
  no_consent: gone(t("The speaker has not agreed to people listening.")),
  clip_not_agreed: gone(t("The speaker has not said yes to people hearing this clip.")),
  minor: gone(t("The speaker may be a child, so nobody listens.")),
  not_ready: gone(t("This clip has been taken out of review.")),
  unknown: gone(t("This clip is no longer here.")),
  not_yours: gone(t("This clip was given to somebody else.")),
  assignment_closed: ANSWERED,
  closed: ANSWERED,
  lease_expired: RAN_OUT,
  expired: RAN_OUT,
  too_many_plays: stays(t("This clip may not be played more often."), t("Answer with what you heard, or skip it.")),
  not_heard: stays(t("An answer counts when the clip was heard."), `${t("Play the clip, then submit again.")} ${KEPT}`),
  not_heard_enough: stays(t("An answer counts when more of the clip was heard."), `${t("Play on, then submit again.")} ${KEPT}`),
  empty_text: stays(t("Your own text is empty or too long."), t("Change it, then submit again.")),
  not_a_member: stays(t("You are not a reviewer of this programme at the moment."), `${t("Ask your vendor.")} ${KEPT}`, true),
  not_a_reviewer: stays(t("Only reviewers hear clips."), t("Sign in with a reviewer's account.")),
  account_closed: stays(t("Your account is closed."), t("Ask your vendor.")),
};

const ELSEWHERE: Readonly<Record<number, string>> = {
  404: t("This clip is no longer in your hands."),
  409: t("This clip has been answered already, or is no longer in your hands."),
  429: t("That was too much at once."),
};

function sentence(words: string): string {
  const text = words.trim();
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}

function refusal(reason: Refused): Trouble {
  const broken = reason.status >= 500;
  const state = broken ? ("error" as const) : ("refused" as const);
  // A pause also ends what is in hand; it is the pause that people should hear of.
  const names = reason.reasons.includes("paused") ? ["paused"] : reason.reasons;
  const known = names.map((name) => REASONS[name]).find((words) => words !== undefined);
  if (known) return { ...known, state, signedOut: false };
  const fallback = broken ? t("The server could not do that.") : (ELSEWHERE[reason.status] ?? t("The server refused."));
  const advice = broken ? `${t("Try again in a moment.")} ${KEPT}` : `${t("Try again, or take the next clip.")} ${KEPT}`;
  const told = sentence(broken ? reason.title : reason.message);
  return { state, happened: told || fallback, advice, again: true, next: !broken, signedOut: false };
}

export function explain(reason: unknown): Trouble {
  if (reason instanceof Refused) return refusal(reason);
  const trouble = { state: "error" as const, again: true, next: false, signedOut: false };
  if (reason instanceof SignedOut) {
    const happened = t("You have been signed out.");
    return { ...trouble, happened, advice: `${t("Sign in again in this tab.")} ${KEPT}`, again: false, signedOut: true };
  }
  if (reason instanceof Unreachable) {
    return { ...trouble, happened: t("The server cannot be reached."), advice: `${t("Check the connection, then try again.")} ${KEPT}` };
  }
  if (reason instanceof Unplayable) {
    return { ...trouble, happened: t("The clip could not be played."), advice: `${t("Try again, or skip it.")} ${KEPT}` };
  }
  console.error(reason);
  return { ...trouble, happened: t("Something on this page went wrong."), advice: `${t("Try again, or load the page anew.")} ${KEPT}` };
}

/** An answer failed after the next clip was on the desk. */
export function broughtBack(trouble: Trouble): Trouble {
  return { ...trouble, happened: `${t("Back to the clip before, whose answer was not taken.")} ${trouble.happened}` };
}

/** The lease ended while the clip lay on the desk. */
export const LEASE_ENDED: Trouble = { state: "refused", signedOut: false, ...RAN_OUT };
