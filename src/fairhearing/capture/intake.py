"""Intake: from bytes and metadata to a stored recording and the job that prepares it.

Two steps. ``check`` decodes and decides without touching the database, so that bulk imports do it in many threads;
``store`` writes a batch in one transaction, in shuffled order, and enqueues the jobs with it: a recording without
its job, or a job without its recording, cannot be.
"""

import hashlib
import hmac
import json
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product

from django.conf import settings
from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.types import JSONValue

from fairhearing import ids, statements
from fairhearing.capture import buckets, parties, pauses
from fairhearing.capture.incoming import FieldInvalid, Incoming, IncomingChannel
from fairhearing.capture.models import (
    AgeBand,
    Channel,
    ContentTombstone,
    Hypothesis,
    Recording,
    RecordingState,
)
from fairhearing.consent import actions as consent
from fairhearing.consent import former
from fairhearing.consent.models import Purpose
from fairhearing.consent.queries import find_pauses, find_registered, same_language
from fairhearing.consent.speaker_key import SpeakerKey, find_counts
from fairhearing.programmes.models import Programme
from fairhearing.vault import keys, writer
from fairhearing.vault.models import DataKey, StoredObject

PREPARE_TASK = "fairhearing.prepare"
WRITERS = 8  # threads that write the objects of a batch; mostly they wait for the disk
_RANDOM = random.SystemRandom()
_HANDLES = """
SELECT handle FROM capture_channel WHERE handle = ANY(%(handles)s)
UNION ALL
SELECT handle FROM capture_handletombstone WHERE handle = ANY(%(handles)s)
"""


class ConsentMissing(FieldInvalid):
    """Nobody in the recording agreed to people listening, and the programme does not keep what it may not review."""


class WasErased(Exception):
    """This recording was erased at its speaker's wish and is not taken in again."""


@dataclass(frozen=True)
class Checked:
    """A recording that can be stored: one mono WAV a channel, at the rate that it came in.

    ``sent`` is the digest of the sound as it came, and the id that it came under; with the speakers' content
    marks it makes ``content_digest``, by which it is known again.
    ``silenced`` says of each channel of a call what was taken out because it was the other party's.
    """

    incoming: Incoming
    product: str
    wavs: tuple[bytes, ...]
    duration_ms: int
    sent: bytes
    content_digest: bytes
    external_digest: bytes | None
    idempotency_digest: bytes | None
    reviewable: tuple[bool, ...]
    silenced: tuple[parties.Silenced, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The recording's id, and whether it was here already."""

    recording: str
    duplicate: bool


def digest(purpose: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 under a key of the key file: what a dump of the database cannot compute."""
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(settings.SECRETS.derive(f"capture/{purpose}"), message, "sha256")


def check(
    *,
    programme: Programme,
    product: str,
    incoming: Incoming,
    sound: bytes,
    idempotency_key: str | None = None,
) -> Checked:
    """Decode the sound and decide whether the recording may come in. Touches nothing.

    Raises:
        AudioRefused: empty, truncated, not sound, too long, …
        FieldInvalid: sound and metadata do not fit together; ConsentMissing: nobody agreed to be heard.
    """
    reviewable = tuple(channel.consent.given[Purpose.HUMAN_REVIEW] for channel in incoming.channels)
    if not any(reviewable) and not programme.keep_unheard:
        raise ConsentMissing("consent.human_review", "false", "true: in this programme people listen")
    if incoming.age_band == AgeBand.MINOR:
        raise FieldInvalid("age_band", "minor", "adult or unknown: children are not reviewed")
    if programme.made_for_children and incoming.age_band != AgeBand.ADULT:
        raise FieldInvalid("age_band", incoming.age_band.value, "adult: this product is made for children")
    if programme.indicator_required and not incoming.indicator:
        raise FieldInvalid("indicator", "nothing", "what told the speaker that the microphone was open")
    from fairhearing.audio import decode, encode  # late: most of the server's processes never decode

    decoded = decode.decode(sound)
    samples, rate = decoded.samples, decoded.sampling_rate
    silenced: tuple[parties.Silenced, ...] = ()
    if len(incoming.channels) == 1:
        samples = samples.mean(axis=0, keepdims=True)
    elif samples.shape[0] != len(incoming.channels):
        raise FieldInvalid(
            "channels",
            f"{len(incoming.channels)} for sound with {samples.shape[0]} channel(s)",
            "one for each channel of the sound; a mono recording of several people is refused",
        )
    else:
        apart = parties.part(samples, rate, incoming.hypotheses, reviewable)
        incoming = replace(incoming, hypotheses=apart.hypotheses)
        samples, silenced = apart.samples, apart.silenced
    external = incoming.external_id
    said = (external or idempotency_key or "").encode()
    sound_digest = hashlib.sha256(sound).digest()
    return Checked(
        incoming=incoming,
        product=product,
        wavs=tuple(encode.wav_bytes(encode.to_pcm16(channel), rate) for channel in samples),
        duration_ms=round(1000 * samples.shape[1] / rate),
        sent=sound_digest + said,
        content_digest=_content_digest([party.key.content_mark() for party in incoming.channels], sound_digest + said),
        external_digest=digest("external-id", product.encode(), external.encode()) if external else None,
        idempotency_digest=(
            digest("idempotency", product.encode(), idempotency_key.encode()) if idempotency_key else None
        ),
        reviewable=reviewable,
        silenced=silenced,
    )


def _content_digest(speakers: Sequence[bytes], sent: bytes) -> bytes:
    """By the speakers' content marks, and what was sent of them."""
    return digest("content", *speakers, sent)


def find_known(*, product: str, external_id: str | None = None, idempotency_key: str | None = None) -> str | None:
    """The recording that came in under this id or key, without looking at its sound."""
    if idempotency_key:
        known = digest("idempotency", product.encode(), idempotency_key.encode())
        return Recording.objects.filter(idempotency_digest=known).values_list("id", flat=True).first()
    if external_id:
        known = digest("external-id", product.encode(), external_id.encode())
        return Recording.objects.filter(external_digest=known).values_list("id", flat=True).first()
    return None


def find_known_of(wanted: Iterable[tuple[str, str | None]]) -> set[tuple[str, str | None]]:
    """Those of many pairs of product and external id that came in already."""
    digests = {digest("external-id", product.encode(), id_.encode()): (product, id_) for product, id_ in wanted if id_}
    found = Recording.objects.filter(external_digest__in=list(digests)).values_list("external_digest", flat=True)
    return {digests[bytes(value)] for value in found if value is not None}


def store(*, programme: Programme, checked: Sequence[Checked]) -> list[Outcome | Exception]:
    """Store a batch; for each recording its outcome, or the exception that refused it alone.

    Two that take a speaker's next number at the same moment collide on the handle's constraint; the batch is tried
    again. Objects that a failed try wrote are swept later: no row names them and nobody can read them.
    """
    for attempt in range(5):
        try:
            with transaction.atomic():
                return _store(programme, checked)
        except IntegrityError:
            if attempt == 4:
                raise
    raise AssertionError("not reached")


def _store(programme: Programme, checked: Sequence[Checked]) -> list[Outcome | Exception]:
    outcomes: list[Outcome | Exception | None] = [None] * len(checked)
    rows = _Rows(programme, [party for item in checked for party in item.incoming.channels])
    contents = _contents(checked)
    known, erased = _known(checked, contents), _erased(contents)
    order = list(range(len(checked)))
    _RANDOM.shuffle(order)
    for at in order:
        item = checked[at]
        digests = (*contents[at], item.external_digest, item.idempotency_digest)
        same = next((known[value] for value in digests if value in known), None)
        if same is not None:
            outcomes[at] = Outcome(same, duplicate=True)
        elif not erased.isdisjoint(contents[at]):
            outcomes[at] = WasErased(str(WasErased.__doc__))
        else:
            try:
                recording = _add(rows, programme, item)
            except (
                consent.ConsentFromTheFuture, consent.ConsentOutdated, consent.ConsentNotAllowed, FieldInvalid,
            ) as error:  # fmt: skip
                outcomes[at] = error
                continue
            known.update({value: recording for value in digests if value is not None})
            outcomes[at] = Outcome(recording, duplicate=False)
    rows.insert()
    return [outcome for outcome in outcomes if outcome is not None]


class _Rows:
    """Rows of one batch, inserted together."""

    def __init__(self, programme: Programme, parties: Collection[IncomingChannel]) -> None:
        speakers = {party.key for party in parties}
        references = {party.consent.notice for party in parties}
        self.recordings: list[Recording] = []
        self.channels: list[Channel] = []
        self.hypotheses: list[Hypothesis] = []
        self.consents = consent.Recorder(speakers, references)
        self.registered = find_registered(references) if programme.registered_notices_only else None
        self._next_number = find_counts(speakers, known_handles)
        self.pauses = find_pauses(speakers)
        self._keys: list[DataKey] = []
        self._objects: list[Callable[[], StoredObject]] = []

    def insert(self) -> None:
        """Write them and enqueue what can be prepared, in the same transaction. Objects are durable before it ends."""
        self.consents.write()
        DataKey.objects.bulk_create(self._keys)
        with ThreadPoolExecutor(WRITERS) as pool:
            StoredObject.objects.bulk_create(pool.map(lambda put: put(), self._objects))
        Recording.objects.bulk_create(self.recordings)
        Channel.objects.bulk_create(self.channels)
        Hypothesis.objects.bulk_create(self.hypotheses)
        waiting = [row.id for row in self.recordings if row.state == RecordingState.RECEIVED]
        if waiting:
            task = jobs.configure_task(PREPARE_TASK, queue="prepare")
            arguments: list[dict[str, JSONValue]] = [{"recording": recording} for recording in waiting]
            task.batch_defer(*arguments)
        self.consents.log()

    def number(self, key: SpeakerKey) -> int:
        """The next free number of a speaker."""
        number = self._next_number[key]
        self._next_number[key] = number + 1
        return number

    def key(self) -> tuple[str, bytes]:
        """A fresh data key: its id and itself."""
        row, secret = keys.make()
        self._keys.append(row)
        return row.id, secret

    def original(self, key_id: str, secret: bytes, wav: bytes) -> str:
        """Keep an original under a key; gives the object's name."""
        name = writer.new_name()
        put = partial(writer.put_as, name, key_id=key_id, secret=secret, kind="original", content=wav)
        self._objects.append(put)
        return name


def known_handles(handles: list[bytes]) -> set[bytes]:
    """Those of the handles that are in use, or were before they were erased."""
    return {bytes(row[0]) for row in statements.rows(_HANDLES, {"handles": handles})}


def _contents(checked: Sequence[Checked]) -> list[tuple[bytes, ...]]:
    """The digests by which each may be known: under its speakers' keys, and under every earlier one."""
    earlier = former.find({party.key for item in checked for party in item.incoming.channels})
    found = []
    for item in checked:
        keys = [party.key for party in item.incoming.channels]
        ways = product(*((key.content_mark(), *earlier.get(key, ())) for key in keys))
        found.append(tuple(_content_digest(marks, item.sent) for marks in ways))
    return found


def _known(checked: Sequence[Checked], contents: Sequence[tuple[bytes, ...]]) -> dict[bytes, str]:
    wanted = {
        "content_digest": [digest for digests in contents for digest in digests],
        "external_digest": [item.external_digest for item in checked if item.external_digest is not None],
        "idempotency_digest": [item.idempotency_digest for item in checked if item.idempotency_digest is not None],
    }
    known: dict[bytes, str] = {}
    for field, digests in wanted.items():
        if digests:
            rows = Recording.objects.filter(**{f"{field}__in": digests}).values_list(field, "id")
            known.update({bytes(value): recording for value, recording in rows})
    return known


def _erased(contents: Sequence[tuple[bytes, ...]]) -> set[bytes]:
    wanted = [digest for digests in contents for digest in digests]
    return set(map(bytes, ContentTombstone.objects.filter(digest__in=wanted).values_list("digest", flat=True)))


def _add(rows: _Rows, programme: Programme, item: Checked) -> str:
    incoming = item.incoming
    if rows.registered is not None:
        _check_registered(rows.registered, item)
    rows.consents.add([(party.key, party.consent) for party in incoming.channels])
    recording = Recording(
        id=ids.new("recording"),
        programme=programme,
        product=item.product,
        region=incoming.region,
        state=RecordingState.RECEIVED if any(item.reviewable) else RecordingState.UNHEARD,
        captured_day=incoming.captured_at.date() if incoming.captured_at else None,
        received_hour=datetime.now(UTC).replace(minute=0, second=0, microsecond=0),
        age_band=incoming.age_band,
        trigger=incoming.trigger,
        indicator=incoming.indicator,
        external_digest=item.external_digest,
        idempotency_digest=item.idempotency_digest,
        content_digest=item.content_digest,
        duration_ms=item.duration_ms,
    )
    rows.recordings.append(recording)
    for number, party in enumerate(incoming.channels):
        _add_channel(rows, programme, recording, item, number, party)
    return recording.id


def _check_registered(registered: dict[str, list[str]], item: Checked) -> None:
    """Refuse who agreed to people listening by a notice that nobody checked, or in a language that they do not speak.

    Raises:
        FieldInvalid: the notice is not registered for this, or not in the language in which it was shown.
    """
    for number, party in enumerate(item.incoming.channels):
        if not item.reviewable[number]:
            continue
        said = party.consent
        shown = said.language or _channel_language(item.incoming, number)
        languages = registered.get(said.notice)
        if languages is None:
            raise FieldInvalid("consent.notice", repr(said.notice), "a registered notice that says that people listen")
        if not any(same_language(one, shown) for one in languages):
            raise FieldInvalid("consent.notice_language", repr(shown), "one of " + ", ".join(languages))


def _add_channel(
    rows: _Rows,
    programme: Programme,
    recording: Recording,
    item: Checked,
    number: int,
    party: IncomingChannel,
) -> None:
    """A party who did not agree leaves a row for their rights, and no sound unless the programme keeps it unheard."""
    key_id, _ = rows.key()
    kept = item.reviewable[number] or not any(item.reviewable)
    original_key, secret = rows.key() if kept else ("", b"")
    channel_id, language = ids.new("channel"), _channel_language(item.incoming, number)
    channel = Channel(
        id=channel_id,
        recording=recording,
        number=number,
        handle=party.key.recording_handle(rows.number(party.key)),
        language=language,
        key_id=key_id,
        original_key_id=original_key,
        original_object=rows.original(original_key, secret, item.wavs[number]) if kept else "",
        original_until=recording.received_hour.date() + timedelta(days=programme.keep_original_days),
        human_review=item.reviewable[number],
        automatic_improvement=party.consent.given[Purpose.AUTOMATIC_IMPROVEMENT],
        notice=party.consent.notice,
        method=party.consent.method,
        # The day on which it was looked at. The day it was given is a speaker's own and would link their recordings.
        consent_day=recording.received_hour.date(),
        consent_until=_coarse(party.consent.valid_until, recording.received_hour.date()),
        paused=party.key in rows.pauses,
        pause_sealed=(
            pauses.seal(channel=channel_id, until=rows.pauses[party.key]) if party.key in rows.pauses else None
        ),
        bucket_sealed=seal_bucket(party.key, channel_id, programme, language),
    )
    rows.channels.append(channel)
    if not kept:
        return
    mine = [hypothesis for hypothesis in item.incoming.hypotheses if hypothesis.channel == number]
    for order, hypothesis in enumerate(mine):
        row = Hypothesis(
            id=ids.new("hypothesis"),
            channel=channel,
            number=order,
            engine=hypothesis.engine,
            language=hypothesis.language,
            score=hypothesis.score,
        )
        content = json.dumps({"text": hypothesis.text, "words": hypothesis.words}, ensure_ascii=False)
        row.sealed = writer.seal_text(secret, f"hypothesis|{row.id}", content)
        rows.hypotheses.append(row)


def seal_bucket(key: SpeakerKey, channel: str, programme: Programme, language: str) -> bytes:
    """The exposure bucket of a speaker's channel (by id), sealed."""
    of_speaker = digest("bucket", key.sealed_form(), programme.id.encode(), language.encode())
    return buckets.seal(channel=channel, digest=of_speaker, buckets=programme.exposure_buckets)


def _coarse(until: datetime | None, today: date) -> date | None:
    """The first of the month in which a consent runs out, or the day itself where that has begun.

    The exact day is a speaker's own and would link their recordings; thousands share a month.
    """
    if until is None:
        return None
    day = until.date()
    return day.replace(day=1) if day.replace(day=1) > today else day


def _channel_language(incoming: Incoming, number: int) -> str:
    """What the product says, or the language of the first hypothesis with word times, or the recording's."""
    said = incoming.channels[number].language
    if said is not None:
        return said
    timed = (h.language for h in incoming.hypotheses if h.channel == number and h.words)
    return next(timed, incoming.language)
