"""Everything of a speaker, to keep: sound, texts, answers, listens and their receipts (GDPR Art. 15 and 20).

One ZIP, made while it is sent, so that no plain sound ever lies on a disk here: docs/formats/take-away.md. Each sound
in it passed the gate and stands in the log as taken by its speaker. What is not told is whose ears: the answers come
with their day, never with a name.
"""

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.template.loader import render_to_string

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Channel
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.gate import export
from fairhearing.gate.denied import ExportDenied
from fairhearing.ledger import publish
from fairhearing.review.models import Judgement
from fairhearing.speakers import queries
from fairhearing.vault import keys, writer

VERSION: Final = 1


class _Sent(io.RawIOBase):
    """What a ZIP is written to: it gathers bytes until they are sent, and cannot be sought in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any, /) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


@dataclass
class _Missing:
    """What could not be put in, by its name in the ZIP, and why."""

    reasons: dict[str, str] = field(default_factory=dict)


def take_away(*, key: SpeakerKey) -> Iterator[bytes]:
    """The ZIP, piece by piece: sounds first, then receipts, then what is known of them for machines and for people."""
    channels = capture.find_channels(key)
    own = queries.list_own(key)
    missing = _Missing()
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _contents(channels, own, missing):
            archive.writestr(name, content)
            yield sent.taken()
        known = {"format": "fairhearing/take-away", "version": VERSION, **_known(channels, own, missing)}
        archive.writestr("your-data.json", json.dumps(known, indent=2, ensure_ascii=False))
        archive.writestr("your-data.html", render_to_string("speaker/taken_away.html", known))
    yield sent.taken()


def _contents(
    channels: Sequence[Channel], own: Sequence[queries.OwnRecording], missing: _Missing
) -> Iterator[tuple[str, bytes | str]]:
    handles = {clip.id: channel.handle for channel in channels for clip in capture.list_clips([channel])}
    for recording in own:
        for clip in recording.clips:
            name = f"clips/{clip.id}.wav"
            try:
                yield name, export.clip_for_speaker(clip=clip.id, handle=bytes(handles[clip.id]))
            except ExportDenied as denied:
                missing.reasons[name] = str(denied)
    for channel in channels:
        if channel.original_object:
            name = f"originals/{channel.recording_id}.wav"
            try:
                yield name, export.original_for_speaker(channel=channel.id, handle=bytes(channel.handle))
            except ExportDenied as denied:
                missing.reasons[name] = str(denied)
    for index in sorted({heard.index for recording in own for clip in recording.clips for heard in clip.heard}):
        yield f"receipts/{index}.tlog-proof", publish.receipt(str(index)).encode()


def _known(channels: Sequence[Channel], own: Sequence[queries.OwnRecording], missing: _Missing) -> dict[str, Any]:
    by_recording = {channel.recording_id: channel for channel in channels}
    answers = _answers(channels)
    recordings = []
    for recording in own:
        channel = by_recording[recording.id]
        consent = {
            "human_review": channel.human_review,
            "automatic_improvement": channel.automatic_improvement,
            "withdrawn": channel.withdrawn,
            "notice": channel.notice,
            "method": channel.method,
            "day": channel.consent_day.isoformat(),
        }
        clips = [{**asdict(clip), "answers": answers.get(clip.id, [])} for clip in recording.clips]
        recordings.append({**asdict(recording), "consent": consent, "sent_texts": _sent_texts(channel), "clips": clips})
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "recordings": recordings,
        "missing": missing.reasons,
    }


def _sent_texts(channel: Channel) -> list[dict[str, Any]]:
    """The machine's own texts, as the product sent them; none once the original is gone."""
    try:
        return [asdict(one) for one in capture.list_hypotheses(channel)] if channel.original_object else []
    except keys.KeyShredded:
        return []


def _answers(channels: Sequence[Channel]) -> dict[str, list[dict[str, Any]]]:
    """What reviewers answered, by clip; what was taken back is left out."""
    secrets = keys.unwrap_many(channel.key_id for channel in channels)
    standing = Judgement.objects.filter(clip__channel__in=list(channels), superseded_by=None, undone=False)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in standing.select_related("clip__channel").order_by("at"):
        secret = secrets[one.clip.channel.key_id]
        own = one.sealed_text
        answer: dict[str, Any] = {
            "day": one.at.date().isoformat(),
            "choice": one.choice,
            "text": None if own is None else writer.open_text(secret, f"judgement|{one.id}", bytes(own)),
            "value": one.value,
            "adequacy": one.adequacy,
            "fluency": one.fluency,
            "flag": one.flag or None,
        }
        found[one.clip_id].append({name: value for name, value in answer.items() if value is not None})
    return found
