"""Texts: what goes with a clip in a reviewer's hands. Decided like a play, of the same facts; no sound, so no entry.

Handing a clip out and reading its texts is one transaction. A clip that this reviewer may not have goes back on the
ring at once, and the next is tried: what one clip is refused for need not stop the others.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from fairhearing.gate import facts
from fairhearing.gate.denied import PlayDenied
from fairhearing.policy import Act, Deny, Reason, decide
from fairhearing.programmes import queries as programmes
from fairhearing.programmes import scopes
from fairhearing.programmes.models import Programme
from fairhearing.review import assign, judge, queries

TRIES: Final = 8  # clips that are looked at for one answer
_OF_THE_LISTENER: Final = {Reason.NOT_A_REVIEWER, Reason.ACCOUNT_CLOSED, Reason.NOT_A_MEMBER, Reason.UNDECIDED}
# Next to what they have heard, or perhaps of somebody whom they know.
_NEVER_FOR_THEM: Final = frozenset({Reason.NEIGHBOUR_HEARD, Reason.RECUSED})


@dataclass(frozen=True, slots=True)
class Handed:
    """A clip in a reviewer's hands, with its texts."""

    assignment: str
    lease_ends_at: datetime
    work: queries.Work


def next_work(
    *, account: str, programme: Programme, holding: frozenset[str] = frozenset(), lead: bool = False
) -> Handed | None:
    """The next clip that a reviewer may read and hear; None when nothing waits for them.

    Raises:
        PlayDenied: what waits is not for them, or not now. Nothing stays in their hands because of it.
    """
    refusals: list[PlayDenied] = []
    passed: list[str] = []
    for attempt in range(TRIES):
        with transaction.atomic():
            scopes.hold_shared()  # first, as in a play: an erasure waits for it, and locks what we lock after it
            assigned = assign.assign(
                account=account,
                programme=programme,
                holding=holding,
                passed=passed,
                disputed_first=attempt < TRIES // 2,
                lead=lead and attempt < TRIES // 2,
            )
            if assigned is None:
                break
            try:
                return Handed(assigned.id, assigned.lease_ends_at, _read(assigned.id, account))
            except PlayDenied as denied:
                if _stops_all(denied, programme):
                    raise
                refusals.append(denied)
            assign.give_back(assignment=assigned.id)
            passed.append(assigned.clip)
    # What never waits for them is passed over in silence; anything else that was refused is told.
    telling = [one for one in refusals if not _NEVER_FOR_THEM.issuperset(one.reasons)]
    if telling or len(refusals) == TRIES:
        raise (telling or refusals)[0]
    return None


@transaction.atomic
def undo(*, judgement: str, account: str) -> Handed:
    """Take an answer back and read its clip again. When its texts may not be read now, nothing is taken back.

    Raises:
        JudgementRefused: too late, a flag, or not theirs. PlayDenied: with every ground.
    """
    scopes.hold_shared()
    assignment = judge.undo(judgement=judgement, account=account)
    return Handed(assignment, assign.lease_of(assignment=assignment), _read(assignment, account))


def _read(assignment: str, account: str) -> queries.Work:
    known, _ = facts.of_assignment(assignment, account, Act.READ)
    decision = decide(known)
    if isinstance(decision, Deny):
        raise PlayDenied(decision.reasons)
    return queries.get_work(assignment)


def _stops_all(denied: PlayDenied, programme: Programme) -> bool:
    """Whether the refusal is of the listener, or of a pause that reaches every clip of the programme."""
    if _OF_THE_LISTENER.intersection(denied.reasons):
        return True
    everywhere = (scopes.EVERYTHING, f"programme:{programme.slug}")
    return Reason.PAUSED in denied.reasons and programmes.is_paused(everywhere)
