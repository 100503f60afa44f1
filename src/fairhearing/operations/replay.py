"""Bringing an older copy of the database to the stopped state again, by the stop journal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Account
from fairhearing.capture import queries
from fairhearing.consent import actions as consent
from fairhearing.home.stop_journal import Line, Stop
from fairhearing.operations import asking, erase, offboard, pausing, stop
from fairhearing.operations.journal import journal
from fairhearing.programmes.models import Pause
from fairhearing.vendors import queries as vendors

HANDLE_DIGITS = 64  # of a speaker's pause; a mark is shorter
REASON = "paused since the backup that the database was restored from"


@dataclass(frozen=True)
class Replayed:
    """What a replay stopped again: channels erased, withdrawn, paused by their speakers; clips not agreed to; scopes
    paused; accounts gone.
    """

    erased: int
    withdrawn: int
    speaker_paused: int
    not_agreed: int
    paused: int
    off_boarded: int


def replay(*, since: datetime, by: str) -> Replayed:
    """Stop again, in a database as it was at ``since``, what the journal says was stopped.

    What speakers stopped holds for good, whenever it was; what they paused, until they end it. Pauses of scopes and
    off-boardings count from the hour of ``since`` on: what ended before is in the copy. A pause that has ended since is
    set again, for a person to end. Each stop is a transaction of its own, and every session ends first; after a crash
    call it again: what is stopped already stays.

    Raises:
        StopJournalDamaged: a line does not check; then nothing is done.
    """
    lines = journal().lines()
    accounts.end_all_sessions()
    erased = queries.list_by_ids(_marked(lines, Stop.ERASED, queries.list_ids))
    if erased:
        erase.erase(channels=erased)
    withdrawn = queries.list_by_ids(_marked(lines, Stop.WITHDRAWN, queries.list_ids), open_only=True)
    if withdrawn:
        erase.close(channels=withdrawn)
    speaker_paused = _pause_speakers(lines)
    not_agreed = _marked(lines, Stop.NOT_AGREED, queries.list_clips_not_refused)
    if not_agreed:
        asking.answer(answers=dict.fromkeys(not_agreed, False))
    hour = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    later = [line for line in lines if line.hour >= hour]
    scopes, accounts_gone = _pause(later, by), _leave(later)
    return Replayed(len(erased), len(withdrawn), speaker_paused, len(not_agreed), scopes, accounts_gone)


def _marked(lines: Sequence[Line], kind: Stop, known: Callable[[], list[str]]) -> list[str]:
    """Those of the ids in this database that lines of a kind mark: the mark of each is computed."""
    marks = {line.of for line in lines if line.stop is kind}
    mark = journal().mark
    return [id_ for id_ in known() if mark(id_) in marks] if marks else []


def _pause_speakers(lines: Sequence[Line]) -> int:
    """Pause again what speakers paused and did not end in a later hour; gives how many channels.

    Until when they had said is not in the journal, and what they ended in the same hour is not told apart: they, or
    nobody, end it.
    """
    ended = {line.of: line.hour for line in lines if line.stop is Stop.SPEAKER_RESUMED}
    holds = {
        line.of for line in lines if line.stop is Stop.SPEAKER_PAUSED and ended.get(line.of, line.hour) <= line.hour
    }
    for of in holds:
        if len(of) == HANDLE_DIGITS:
            consent.pause_again(handle=bytes.fromhex(of))
    mark = journal().mark
    channels = queries.list_by_ids(
        [id_ for id_ in queries.list_ids(paused=False) if mark(id_) in holds] if holds else []
    )
    if channels:
        pausing.pause(channels=channels, until=None)
    return len(channels)


def _pause(lines: Sequence[Line], by: str) -> int:
    wanted = {line.of for line in lines if line.stop is Stop.PAUSED}
    wanted -= set(Pause.objects.filter(ended_at=None).values_list("scope", flat=True))
    for scope in sorted(wanted):
        stop.pause(scope=scope, reason=REASON, by=by)
    return len(wanted)


def _leave(lines: Sequence[Line]) -> int:
    """End the memberships; who has none any more is not counted."""
    wanted = {line.of for line in lines if line.stop is Stop.OFF_BOARDED}
    members = [
        account for account in Account.objects.filter(id__in=wanted) if vendors.find_vendor_of(account.id) is not None
    ]
    for account in members:
        offboard.leave(account=account)
    return len(members)
