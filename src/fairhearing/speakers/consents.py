"""What a speaker is asked and answers, apart from any recording; their consent record and its signed receipt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.capture import queries as capture
from fairhearing.consent import actions, queries, receipts, records, states
from fairhearing.consent.models import ConsentRecord, Method, Notice, Purpose
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.consent.states import HOLDING, State
from fairhearing.ledger.entries import Kind
from fairhearing.operations import erase as operations
from fairhearing.operations.deadlocks import again_after_deadlock


@dataclass(frozen=True)
class Standing:
    """What holds now for one purpose; ``state`` is None for what was never asked."""

    purpose: Purpose
    state: State | None
    notice: str | None
    since: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True)
class Kept:
    """A consent record (JSON-LD), and the same, signed, for the speaker to keep."""

    record: dict[str, Any]
    receipt: str


def list_standing(key: SpeakerKey) -> list[Standing]:
    """What holds now, purpose by purpose."""
    newest = queries.find_newest_of(key.consent_handle(purpose) for purpose in Purpose)
    return [_standing(purpose, newest.get(key.consent_handle(purpose))) for purpose in Purpose]


def _standing(purpose: Purpose, newest: ConsentRecord | None) -> Standing:
    if newest is None:
        return Standing(purpose, None, None, None, None)
    return Standing(purpose, queries.state_of(newest), newest.notice, newest.given_at, newest.valid_until)


@again_after_deadlock
@transaction.atomic
def say(*, key: SpeakerKey, statement: actions.Statement) -> Kept:
    """Record what a speaker was asked or answered under a registered notice; gives their record and its receipt.

    A no to people listening closes every recording of the speaker, as withdrawing does.

    Raises:
        queries.NoticeUnknown: the notice is not registered.
        actions.ConsentNotAllowed: the notice does not ask for this purpose, or the answer cannot follow the last one.
        actions.ConsentFromTheFuture, actions.ConsentOutdated: as for a recording.
    """
    notice = queries.get_notice(statement.notice, statement.language)
    beyond = sorted(
        p.value for p, given in statement.given.items() if given and p.value not in notice.content["purposes"]
    )
    if beyond:
        raise actions.ConsentNotAllowed(f"consent.{beyond[0]}: notice {statement.notice} does not ask for it")
    ends = statement.given.get(Purpose.HUMAN_REVIEW) is False
    heard = ends and queries.holds(key, Purpose.HUMAN_REVIEW)
    actions.record(key=key, statement=statement, alone=ends)
    if not any(row.notice == notice.reference for purpose in Purpose for row in queries.list_said(key, purpose)):
        raise actions.ConsentOutdated(
            f"consent.given_at: {statement.given_at.isoformat()}, but a newer answer is known"
        )
    if heard and not queries.holds(key, Purpose.HUMAN_REVIEW):
        operations.close(channels=capture.list_owned(key))
    return _issue(key, notice)


@again_after_deadlock
@transaction.atomic
def terminate(*, key: SpeakerKey) -> int:
    """The product ends its service for a speaker: every consent that holds or is asked for ends, recordings close.

    Gives how many recordings were closed.
    """
    now = timezone.now()
    for standing in list_standing(key):
        if standing.notice is None or State.TERMINATED not in states.NEXT[standing.state]:
            continue
        at = max(now, (standing.since or now) + timedelta(microseconds=1))  # the product's clock may be ahead
        said = actions.Statement(
            {standing.purpose: False}, standing.notice, Method.CONTRACT, at, state=State.TERMINATED
        )
        actions.record(key=key, statement=said, alone=True)
    channels = capture.list_owned(key)
    operations.close(channels=channels, kind=Kind.CONSENT_ENDED)
    return len({channel.recording_id for channel in channels})


def has_kept(key: SpeakerKey) -> bool:
    """Whether there is a record to give: they were asked by a registered notice."""
    return _last_notice(key) is not None


def find_kept(key: SpeakerKey) -> Kept | None:
    """The record of the registered notice that the speaker answered last; None when there is none."""
    notice = _last_notice(key)
    return None if notice is None else _issue(key, notice)


def _last_notice(key: SpeakerKey) -> Notice | None:
    said = sorted(
        (row for p in Purpose for row in queries.list_said(key, p)), key=lambda row: row.given_at, reverse=True
    )
    shown = dict.fromkeys((row.notice, row.language) for row in said)
    registered = ((name, language) for name, language in shown if queries.find_notices(name))
    last = next(registered, None)
    return None if last is None else queries.get_notice(*last)


def _issue(key: SpeakerKey, notice: Notice) -> Kept:
    shown = records.Shown(notice.reference, notice.digest, queries.text_of(notice))
    record = records.build(
        shown=shown,
        subject=key.subject_of(notice.reference),
        receipt=ids.new("record"),
        issued=timezone.now(),
        said={purpose: _events(queries.list_said(key, purpose), notice.reference) for purpose in Purpose},
    )
    return Kept(record, receipts.issue(record))


def _events(rows: Sequence[ConsentRecord], reference: str) -> list[records.Said]:
    """What was said under one notice, and what ended it since: a withdrawal is made under no notice."""
    first = next((at for at, row in enumerate(rows) if row.notice == reference), len(rows))
    mine = [row for row in rows[first:] if row.notice == reference or State(row.state) not in HOLDING]
    events = [records.Said(State(row.state), row.given_at, row.method, row.valid_until) for row in mine]
    if mine and events[-1].state in HOLDING:
        now = queries.state_of(mine[-1])
        if now not in HOLDING:
            ended = queries.find_invalid_since(reference) if now is State.INVALIDATED else mine[-1].valid_until
            events.append(replace(events[-1], state=now, at=ended or timezone.now()))
    return events
