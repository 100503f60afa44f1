"""What a consent can be, and which answer may follow which (ISO/IEC TS 27560:2023, Annex B; DPV consent status).

Rows are only ever added. The newest by the time at which it was said is the state; two states are not written but
seen when they are looked at: a consent that ran out, and one whose notice was declared invalid.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """A consent's state. Only what is given or re-confirmed allows anything."""

    REQUESTED = "requested"
    REFUSED = "refused"
    GIVEN = "given"
    RECONFIRMED = "reconfirmed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    INVALIDATED = "invalidated"


HOLDING: Final = frozenset({State.GIVEN, State.RECONFIRMED})

_ANSWERS: Final = frozenset({State.GIVEN, State.REFUSED, State.WITHDRAWN})
_ENDED: Final = _ANSWERS | {State.REQUESTED, State.TERMINATED}

# What may be written after what. A consent that holds is not asked for again: it is re-confirmed. None: never asked.
NEXT: Final[dict[State | None, frozenset[State]]] = {
    None: _ANSWERS | {State.REQUESTED},
    State.REQUESTED: _ENDED,
    State.REFUSED: _ENDED,
    State.GIVEN: _ANSWERS | {State.RECONFIRMED, State.TERMINATED},
    State.RECONFIRMED: _ANSWERS | {State.RECONFIRMED, State.TERMINATED},
    State.WITHDRAWN: _ENDED,
    State.EXPIRED: _ENDED | {State.RECONFIRMED},
    State.TERMINATED: _ENDED,
    State.INVALIDATED: _ENDED,
}


def seen(written: State, *, now: datetime, valid_until: datetime | None, notice_invalid: bool) -> State:
    """The state at a moment: what was written, unless it ran out or its notice was declared invalid."""
    if written not in HOLDING:
        return written
    if notice_invalid:
        return State.INVALIDATED
    return State.EXPIRED if valid_until is not None and valid_until <= now else written


def answer(given: bool, before: State | None) -> State:
    """What a yes or a no is, after what was said before: taking a yes back is withdrawing it."""
    if given:
        return State.GIVEN
    return State.WITHDRAWN if before in HOLDING or before is State.WITHDRAWN else State.REFUSED
