"""Recording what speakers answered, and publishing what they are asked by."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fairhearing import ids, statements
from fairhearing.consent import notices, queries, states
from fairhearing.consent.models import ConsentRecord, InvalidNotice, Method, Notice, Purpose, SpeakerPause
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.consent.states import HOLDING, State
from fairhearing.ledger import log as ledger
from fairhearing.ledger.entries import Kind, NewEntry

CLOCKS_DIFFER = timedelta(minutes=5)


class ConsentFromTheFuture(ValueError):
    """``given_at`` lies in the future."""


class ConsentOutdated(ValueError):
    """The speaker withdrew after this consent was given; a newer answer is needed."""


class ConsentNotAllowed(ValueError):
    """This cannot follow what was said before, or not under this notice."""


@dataclass(frozen=True)
class Statement:
    """What a product says that its speaker agreed to, and when.

    ``language``: in which the notice was shown. ``valid_until``: when they are to be asked again. ``state``: what was
    done, where it is not an answer: requested, re-confirmed, terminated.
    """

    given: dict[Purpose, bool]
    notice: str
    method: Method
    given_at: datetime
    language: str | None = None
    valid_until: datetime | None = None
    state: State | None = None


class Recorder:
    """Statements of many speakers, checked against what stands and against each other, then written together.

    Make it within the transaction of what depends on the answers: until that ends, no withdrawal slips in between.
    ``alone``: this may end a consent, so it waits for recordings on their way in that rely on it.
    """

    def __init__(self, keys: Iterable[SpeakerKey], notices: Iterable[str], *, alone: bool = False) -> None:
        keys, named = list(keys), set(notices)
        held = [key.consent_handle(Purpose.HUMAN_REVIEW) for key in keys]
        _hold("pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared", held)
        _hold("pg_advisory_xact_lock_shared", map(_notice_lock, named))
        self._invalid = queries.find_invalid(named)
        handles = [key.consent_handle(purpose) for key in keys for purpose in Purpose]
        self._newest = queries.find_newest_of(handles)
        self._added: list[ConsentRecord] = []
        self._written: list[ConsentRecord] = []

    def add(self, statements: Sequence[tuple[SpeakerKey, Statement]]) -> None:
        """Add statements that belong together: all of them, or none. The same statement again adds nothing.

        Raises:
            ConsentFromTheFuture: ``given_at`` is more than five minutes ahead of our clock.
            ConsentOutdated: it agrees to a purpose that was refused or withdrawn later.
            ConsentNotAllowed: its notice was declared invalid, it has run out, or it cannot follow what was said.
        """
        fresh: dict[bytes, ConsentRecord] = {}
        for key, statement in statements:
            if statement.given_at > timezone.now() + CLOCKS_DIFFER:
                raise ConsentFromTheFuture(f"consent.given_at: {statement.given_at.isoformat()} lies in the future")
            for purpose, given in sorted(statement.given.items(), key=lambda item: item[0].value):
                handle = key.consent_handle(purpose)
                if given:
                    self._check_allows(statement)
                newest = fresh.get(handle) or self._newest.get(handle)
                if newest is None or _adds(newest, purpose, given, statement):
                    fresh[handle] = _row(handle, _next(newest, purpose, given, statement), statement)
        self._newest.update(fresh)
        self._added += fresh.values()

    def _check_allows(self, statement: Statement) -> None:
        if statement.notice in self._invalid:
            raise ConsentNotAllowed(
                f"consent.notice: {statement.notice} was declared invalid; ask again by another notice"
            )
        if statement.valid_until is not None and statement.valid_until <= timezone.now():
            raise ConsentNotAllowed(f"consent.valid_until: {statement.valid_until.isoformat()} has passed; ask again")

    def write(self) -> None:
        """Insert what was added. Call within the transaction of what depends on it."""
        ConsentRecord.objects.bulk_create(self._added, ignore_conflicts=True)
        self._written += self._added
        self._added = []

    def log(self) -> None:
        """One entry for each notice among what was written: how many agreed to what. Takes the log's lock: last."""
        for notice in sorted({row.notice for row in self._written}):
            given = [row.given for row in self._written if row.notice == notice]
            detail: dict[str, str | int] = {"notice": notice, "given": sum(given), "refused": len(given) - sum(given)}
            ledger.append(NewEntry(kind=Kind.CONSENTED, detail=detail))
        self._written = []


def _adds(newest: ConsentRecord, purpose: Purpose, given: bool, statement: Statement) -> bool:
    """Whether a statement says something new.

    Raises:
        ConsentOutdated: it agrees to what was refused or withdrawn later, or has run out since.
    """
    if newest.given_at >= statement.given_at and (newest.given_at > statement.given_at or given):
        if given and queries.state_of(newest) not in HOLDING:
            raise ConsentOutdated(
                f"consent.{purpose.value}: given {statement.given_at.isoformat()}, "
                "but it has run out or was withdrawn later; ask again"
            )
        return False
    if statement.state is not None:
        return newest.state != statement.state.value or newest.given_at != statement.given_at
    said = (newest.given, newest.notice, newest.valid_until)
    return said != (given, statement.notice, statement.valid_until)


def _next(newest: ConsentRecord | None, purpose: Purpose, given: bool, statement: Statement) -> State:
    """The state that is written.

    Raises:
        ConsentNotAllowed: it cannot follow what holds now.
    """
    before = None if newest is None else queries.state_of(newest)
    state = statement.state or states.answer(given, before)
    if state not in states.NEXT[before]:
        was = "never asked for" if before is None else before.value
        raise ConsentNotAllowed(f"consent.{purpose.value}: {state.value} cannot follow: it was {was}")
    return state


def _row(handle: bytes, state: State, statement: Statement) -> ConsentRecord:
    return ConsentRecord(
        id=ids.new("consent record"),
        handle=handle,
        given=state in HOLDING,
        notice=statement.notice,
        method=statement.method,
        given_at=statement.given_at,
        state=state.value,
        valid_until=statement.valid_until,
        language=(statement.language or "")[:12],
    )


@transaction.atomic
def record(*, key: SpeakerKey, statement: Statement, alone: bool = False) -> None:
    """Append a statement; the same statement again adds nothing. ``alone``: it may end a consent.

    Raises:
        ConsentFromTheFuture: ``given_at`` is more than five minutes ahead of our clock.
        ConsentOutdated: it agrees to a purpose that was refused or withdrawn later.
        ConsentNotAllowed: its notice was declared invalid, it has run out, or it cannot follow what was said.
    """
    recorder = Recorder([key], [statement.notice], alone=alone)
    recorder.add([(key, statement)])
    recorder.write()
    recorder.log()


@transaction.atomic
def withdraw(*, key: SpeakerKey, purpose: Purpose) -> None:
    """End a consent from now on. What was recorded before stays on record.

    Waits for recordings on their way in that rely on the consent; those that come later read the withdrawal.
    """
    handle = key.consent_handle(purpose)
    _hold("pg_advisory_xact_lock", [handle])
    newest, now = queries.find_newest(handle), timezone.now()
    if newest is not None:  # given by a clock that is ahead of ours: the withdrawal is the newer one all the same
        now = max(now, newest.given_at + timedelta(microseconds=1))
    said = Statement(given={purpose: False}, notice="withdrawal", method=Method.DASHBOARD, given_at=now)
    if newest is None or _adds(newest, purpose, False, said):
        _row(handle, State.WITHDRAWN, said).save(force_insert=True)


@transaction.atomic
def pause(*, handle: bytes, until: date | None) -> None:
    """Keep that a speaker (by the handle of their pause) lets nobody listen until that day; none: until they say so."""
    SpeakerPause.objects.update_or_create(handle=handle, defaults={"until": until})


def pause_again(*, handle: bytes) -> None:
    """Keep a pause of which nothing but the handle is known; one that is there stays."""
    SpeakerPause.objects.get_or_create(handle=handle)


def end_pause(*, handle: bytes) -> None:
    """What comes in from now on may be heard."""
    SpeakerPause.objects.filter(handle=handle).delete()


def forget_past_pauses(today: date) -> None:
    """Delete the pauses that have ended by themselves."""
    SpeakerPause.objects.filter(until__lte=today).delete()


def hold(*keys: SpeakerKey) -> None:
    """Wait for recordings of speakers on their way in; those that come later read what this transaction writes."""
    _hold("pg_advisory_xact_lock", [key.consent_handle(Purpose.HUMAN_REVIEW) for key in keys])


def change_key(*, old: SpeakerKey, new: SpeakerKey) -> bool:
    """Put a speaker's records and pause under a new key; False where there are none. Call it with both held.

    What stands under the new key already stays: of two records of one moment the no, of two pauses the longer one.
    """
    pause, paused = queries.find_pauses([old]), queries.find_pauses([new])
    if pause:
        ends = [pause[old], *paused.values()]
        SpeakerPause.objects.update_or_create(
            handle=new.pause_handle(), defaults={"until": None if None in ends else max(end for end in ends if end)}
        )
    gone = SpeakerPause.objects.filter(handle=old.pause_handle()).delete()[0]
    for purpose in Purpose:
        before, after = old.consent_handle(purpose), new.consent_handle(purpose)
        there = dict(ConsentRecord.objects.filter(handle=after).values_list("given_at", "given"))
        for record in ConsentRecord.objects.filter(handle=before):
            gone += 1
            if record.given_at not in there:
                ConsentRecord.objects.filter(id=record.id).update(handle=after)
                continue
            if there[record.given_at] and not record.given:
                ConsentRecord.objects.filter(handle=after, given_at=record.given_at).delete()
                ConsentRecord.objects.filter(id=record.id).update(handle=after)
            else:
                record.delete()
    return gone > 0


@transaction.atomic
def publish(*, notice: notices.Text) -> Notice:
    """Publish a notice: the same text again is the same notice; a changed one is a new version.

    A language that the newest version lacks is added to that version.

    Raises:
        plain_words.NoticeNotPlain: it asks for people listening and does not say so.
    """
    notices.check(notice)
    _hold("pg_advisory_xact_lock", [_notice_lock(notice.name)])
    known = list(Notice.objects.filter(name=notice.name).order_by("-version"))
    version = known[0].version if known else 1
    mine = next((one for one in known if one.language == notice.language), None)
    if mine is not None and mine.digest == notice.digest():
        return mine
    if mine is not None and mine.version == version:
        version += 1
    made = Notice(
        id=ids.new("notice"),
        name=notice.name,
        version=version,
        language=notice.language,
        content=asdict(notice),
        digest=notice.digest(),
    )
    made.save(force_insert=True)
    return made


@transaction.atomic
def invalidate(*, notice: str, reason: str) -> bool:
    """Declare that no consent under a notice holds, from now on; False when that was said before.

    Waits for recordings on their way in that rely on it; those that come later are refused.
    """
    _hold("pg_advisory_xact_lock", [_notice_lock(notice)])
    _, made = InvalidNotice.objects.get_or_create(reference=notice, defaults={"reason": reason})
    return made


def _notice_lock(notice: str) -> bytes:
    return hashlib.sha256(b"notice\0" + notice.encode()).digest()


def _hold(how: str, handles: Iterable[bytes]) -> None:
    """Lock answers until the transaction's end, whether there is a row of them or not."""
    numbers = sorted({int.from_bytes(handle[:8], "big", signed=True) for handle in handles})
    statements.rows(f"SELECT {how}(number) FROM unnest(%s::bigint[]) AS number", [numbers])  # noqa: S608 - our own names
