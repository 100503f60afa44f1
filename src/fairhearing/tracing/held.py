"""Everything that could have leaked: the clips of which somebody was given a marked copy, and who that was.

All of it is read from the log's records. A clip that nobody played, that is in no release with a recipient and was
taken for no drill left no copy. One that was erased left none that could be traced: its sound, its fingerprint and the
records of whom it was played to are gone.
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from django.db import transaction

from fairhearing import statements
from fairhearing.capture import fingerprints
from fairhearing.capture.models import Clip
from fairhearing.home.epochs import EpochKeyMissing
from fairhearing.ledger import queries as ledger
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.vault import keys
from fairhearing.watermark.fingerprint import Index, Print

_LEFT = """
SELECT c.id, c.fingerprint_sealed, k.id, k.epoch, k.wrapped
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN vault_datakey k ON k.id = h.key_id
WHERE c.fingerprint_sealed IS NOT NULL AND c.id IN (
    SELECT clip FROM ledger_record
    WHERE kind = 'played' AND role = 'reviewer'
       OR kind = 'exported' AND (purpose = 'drill' OR detail ? 'recipient')
)
"""


@dataclass(frozen=True)
class Held:
    """Fingerprints, and the clips that they are of in the same order."""

    index: Index
    clips: list[str]


@dataclass(frozen=True)
class Copy:
    """One marked copy of a clip: whose, and the log's records of its leaving. ``recipient``: of a release."""

    holder: str
    listens: tuple[str, ...]
    recipient: str = ""


def clips_that_left() -> Held:
    """Every clip of which a marked copy left, with its fingerprint opened."""
    clips: list[str] = []
    prints: list[Print] = []
    with transaction.atomic():
        for clip, sealed, key_id, epoch, wrapped in statements.streamed(_LEFT):
            try:
                prints.append(fingerprints.open_sealed(keys.unwrap_row(key_id, epoch, wrapped), clip, sealed))
            except (EpochKeyMissing, InvalidTag):  # erased while we read
                continue
            clips.append(clip)
    return Held(Index(prints), clips)


def copies_of(clip: str) -> list[Copy]:
    """Every marked copy of a clip that left, the longest known first."""
    recording = recording_of(clip)
    if recording is None:
        return []
    copies: dict[str, Copy] = {}
    for record in reversed(ledger.list_heard(clips=[clip], recording=recording)):
        holder, recipient = _holder(record)
        if holder:
            before = copies[holder].listens if holder in copies else ()
            copies[holder] = Copy(holder, (*before, record.id), recipient)
    return list(copies.values())


def recording_of(clip: str) -> str | None:
    """The recording that a clip is of; None when it was erased."""
    return Clip.objects.filter(id=clip).values_list("channel__recording_id", flat=True).first()


def _holder(record: Record) -> tuple[str, str]:
    """Whose marked copy an entry let go, and the recipient of a release; empty where none was marked."""
    if record.kind == Kind.PLAYED:
        return (record.account or "", "") if record.role == "reviewer" else ("", "")
    if record.purpose == "drill":
        return str(record.detail.get("drill", "")), ""
    recipient = str(record.detail.get("recipient", ""))
    return (str(record.detail.get("release", "")), recipient) if recipient else ("", "")
