"""What a speaker last answered, and by which notices they are asked."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from fairhearing.consent import notices, states
from fairhearing.consent.models import ConsentRecord, InvalidNotice, Notice, Purpose, SpeakerPause
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.consent.states import HOLDING, State


class NoticeUnknown(LookupError):
    """No notice of this name is registered."""


def find_pauses(keys: Iterable[SpeakerKey]) -> dict[SpeakerKey, date | None]:
    """Those of the speakers who let nobody listen now, with the day from which on people may; none: it has no end."""
    by_handle = {key.pause_handle(): key for key in keys}
    found = SpeakerPause.objects.filter(handle__in=list(by_handle)).exclude(until__lte=timezone.now().date())
    return {by_handle[bytes(pause.handle)]: pause.until for pause in found}


def find_newest(handle: bytes) -> ConsentRecord | None:
    """The record that holds under a handle."""
    return ConsentRecord.objects.filter(handle=handle).order_by("-given_at").first()


def find_newest_of(handles: Iterable[bytes]) -> dict[bytes, ConsentRecord]:
    """The records that hold under handles, by handle."""
    found = ConsentRecord.objects.filter(handle__in=list(handles)).order_by("handle", "-given_at").distinct("handle")
    return {bytes(record.handle): record for record in found}


def list_said(key: SpeakerKey, purpose: Purpose) -> list[ConsentRecord]:
    """Everything that a speaker was asked and answered for a purpose, the oldest first."""
    return list(ConsentRecord.objects.filter(handle=key.consent_handle(purpose)).order_by("given_at"))


def state_of(record: ConsentRecord) -> State:
    """The state of a consent now, by its newest record."""
    invalid = bool(find_invalid([record.notice]))
    return states.seen(State(record.state), now=timezone.now(), valid_until=record.valid_until, notice_invalid=invalid)


def holds(key: SpeakerKey, purpose: Purpose) -> bool:
    """Whether the speaker agrees to a purpose now. No answer means no."""
    newest = find_newest(key.consent_handle(purpose))
    return newest is not None and state_of(newest) in HOLDING


def find_invalid(references: Iterable[str]) -> set[str]:
    """Those of the notices that were declared invalid."""
    return set(InvalidNotice.objects.filter(reference__in=list(references)).values_list("reference", flat=True))


def find_invalid_since(reference: str) -> datetime | None:
    """Since when no consent under a notice holds; None when it was not declared invalid."""
    return InvalidNotice.objects.filter(reference=reference).values_list("since", flat=True).first()


def list_notices(name: str | None = None) -> list[Notice]:
    """All published notices, or those of a name: the newest version first."""
    found = Notice.objects.order_by("name", "-version", "language")
    return list(found if name is None else found.filter(name=name))


def find_notices(reference: str) -> list[Notice]:
    """The texts of one version, such as ``hearth-review-2``, one a language."""
    name, _, version = reference.rpartition("-")
    if not version.isdecimal() or len(version) > 4:
        return []
    return list(Notice.objects.filter(name=name, version=int(version)).order_by("language"))


def get_notice(reference: str, language: str | None = None) -> Notice:
    """One version in a language; without one, or where it is missing, the first language that it has.

    Raises:
        NoticeUnknown: nothing of this name is registered.
    """
    found = find_notices(reference)
    if not found:
        raise NoticeUnknown(f"notice {reference}: none of this name is registered; fairhearing notice add")
    return next((one for one in found if same_language(one.language, language)), found[0])


def same_language(one: str, other: str | None) -> bool:
    """Whether two tags name one language, whatever the region."""
    return other is not None and one.split("-", maxsplit=1)[0].lower() == other.split("-")[0].lower()


def text_of(notice: Notice) -> notices.Text:
    """What was published."""
    content: dict[str, Any] = {**notice.content, "controller": notices.Party(**notice.content["controller"])}
    return notices.Text(**{**content, **{name: tuple(content[name]) for name in ("purposes", "countries")}})


def find_registered(references: Iterable[str]) -> dict[str, list[str]]:
    """Those of the notices that are registered for people listening and hold, with the languages that they have."""
    wanted = set(references)
    found: dict[str, list[str]] = {}
    for reference in wanted - find_invalid(wanted):
        texts = [one for one in find_notices(reference) if Purpose.HUMAN_REVIEW.value in one.content["purposes"]]
        if texts:
            found[reference] = [one.language for one in texts]
    return found
