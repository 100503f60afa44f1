"""One entry's whole story: what came before it and after it, as far as anybody here can know. No sound, no text.

Times are to the hour, as in the log: these pages show what was done with a recording, and are no clock for people.
Entries stand in the log's own order; what the log does not hold is put among them where it must have happened.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from fairhearing.capture.models import Clip, Recording
from fairhearing.home.epochs import EpochKeyMissing, Unwrappable
from fairhearing.ledger import queries as ledger
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.ledger.queries import Opening
from fairhearing.review import queries as review
from fairhearing.web.auditor import shown, words

ENTRIES_MOST = 200  # of one clip; more are found by searching for it
FIRST, LAST = -1.0, float("inf")


@dataclass(frozen=True)
class Event:
    """One thing that happened. ``place`` is an entry's index, or lies between two; without an ``hour`` it holds now."""

    place: float
    title: str
    text: str = ""
    grounds: tuple[str, ...] = ()
    hour: datetime | None = None
    day: bool = False  # not even the hour is told
    index: int | None = None
    here: bool = False
    bad: bool = False
    broken: bool = False  # its record does not open


def of(record: Record) -> list[Event]:
    """The story of a record's clip, or of its recording where it has no clip; nothing for any other record."""
    clip = Clip.objects.select_related("channel").filter(id=record.clip or "").first()
    recording = record.recording or (clip.channel.recording_id if clip else None)
    if recording is None:
        return []
    records = _about(record, recording)
    events = [_taken_in(recording), *(_clip(clip, records) if clip else ())]
    for one, row in zip(records, shown.rows(records), strict=True):
        broken = shown.verdict(row) is Opening.DOES_NOT_OPEN
        events.append(_entry(one, here=one.id == record.id, broken=broken))
    return sorted(events, key=lambda event: event.place)


def served(record: Record) -> bool | None:
    """Whether the copy that the reviewer's assignment handed out is the one that the entry committed to.

    None when there is nothing to compare: no reviewer's play, or the assignment or the salt is gone.
    """
    if record.kind != Kind.PLAYED or not (record.clip and record.account and record.circumstances_salt):
        return None
    copies = [one.served_sha256 for one in review.list_worked(record.clip) if one.account == record.account]
    try:
        return any(ledger.was_served(record, copy) for copy in copies if copy) if any(copies) else None
    except EpochKeyMissing:
        return None
    except (Unwrappable, ValueError, ObjectDoesNotExist):
        return False


def _about(record: Record, recording: str) -> list[Record]:
    """What the log holds of the clip and of its recording as a whole, in its order; this record always."""
    about = Record.objects.filter(recording=recording).exclude(id=record.id)
    if record.clip:
        about = about.filter(Q(clip=record.clip) | Q(clip=None))
    return sorted([record, *about.order_by("index")[:ENTRIES_MOST]], key=lambda one: one.index)


def _taken_in(name: str) -> Event:
    recording = Recording.objects.select_related("programme").filter(id=name).first()
    if recording is None:
        return Event(LAST, "The recording is gone", "Nothing is held of it any more.", bad=True)
    planted = " It was planted: no speaker stands behind it." if recording.planted else ""
    state = f"It is {recording.state} now.{planted}"
    text = f"From {recording.product}, for the programme {recording.programme.slug}. {state}"
    return Event(FIRST, "Recording taken in", text, hour=recording.received_hour, day=True)


def _entry(record: Record, *, here: bool, broken: bool) -> Event:
    who = " of ".join(filter(None, (record.account, record.vendor)))
    who = f"{who}, {record.country}" if who and record.country else who
    seconds = "" if record.duration_ms is None else f"{record.duration_ms / 1000:.1f} s"
    seconds = f"{seconds}, as the page reported" if seconds and record.kind == Kind.HEARD else seconds
    release = record.detail.get("release", "") if isinstance(record.detail, dict) else ""
    told = [who or words.ROLES.get(record.role or "", record.role or ""), seconds, record.purpose or "", str(release)]
    return Event(
        record.index,
        words.kind_name(record.kind).capitalize(),
        " · ".join(filter(None, told)),
        tuple(words.ground(reason) for reason in record.reasons),
        hour=record.hour,
        index=record.index,
        here=here,
        bad=broken or record.kind == Kind.REFUSED,
        broken=broken,
    )


def _clip(clip: Clip, records: Sequence[Record]) -> Iterator[Event]:
    processed = [one for one in records if one.kind == Kind.PROCESSED and one.clip is None]
    cut = f"{clip.duration_s:.1f} s of channel {clip.channel.number}. It is {clip.state} now."
    made = processed[-1] if processed else None
    yield Event(made.index + 0.1 if made else FIRST, "Clip made", cut, hour=made.hour if made else None, day=not made)
    answered = FIRST
    for one in review.list_worked(clip.id):
        theirs = [record for record in records if record.account == one.account]
        plays = f"Played {one.plays} time{'' if one.plays == 1 else 's'}."
        text = f"{one.account}. {plays} {words.STATES.get(one.state, one.state)}"
        given = _to_hour(one.first_played_at or one.lease_ends_at)
        place = theirs[0].index - 0.5 if theirs else _before(given, records) + 0.2
        yield Event(place, "Given to a reviewer", text, hour=given)
        for answer in one.answers:
            hour = _to_hour(answer.at)
            place = max(_before(hour, records), *(mine.index for mine in theirs if mine.hour <= hour), FIRST) + 0.3
            answered = max(answered, place)
            yield Event(place, "Answered", f"{one.account} {words.ANSWERS.get(answer.how, answer.how)}.", hour=hour)
    yield from _outcome(clip, records, answered)


def _outcome(clip: Clip, records: Sequence[Record], answered: float) -> Iterator[Event]:
    settled = review.find_settled(clip.id)
    if settled is not None:
        text = f"{settled.agreed} of {settled.judgements} judgements agree. The text itself is not shown here."
        hour = _to_hour(settled.at)
        yield Event(max(answered, _before(hour, records)) + 0.1, "Settled", text, hour=hour)
    elif answered > FIRST:
        yield Event(LAST, "Not settled", "There is no reference text of this clip.")
    if clip.channel.withdrawn:
        yield Event(LAST, "Taken back by its speaker", "Nobody hears it any more. When, is not kept with it.", bad=True)


def _before(hour: datetime, records: Sequence[Record]) -> float:
    """The index of the last entry of an earlier hour."""
    return max((float(one.index) for one in records if one.hour < hour), default=FIRST)


def _to_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
