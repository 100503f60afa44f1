"""Looking programmes and pauses up."""

from collections.abc import Iterable

from fairhearing.programmes.models import Pause, Programme


class ProgrammeUnknown(LookupError):
    """There is no programme with this slug."""


def get_programme(slug: str) -> Programme:
    """The programme with this slug.

    Raises:
        ProgrammeUnknown: there is none.
    """
    programme = Programme.objects.filter(slug=slug).first()
    if programme is None:
        raise ProgrammeUnknown(f"programme {slug!r}: there is none of this name")
    return programme


def list_programmes() -> list[Programme]:
    """All programmes by name."""
    return list(Programme.objects.order_by("name"))


def list_pauses() -> list[Pause]:
    """What is paused now, newest first."""
    return list(Pause.objects.filter(ended_at=None).order_by("-since"))


def is_paused(scopes: Iterable[str]) -> bool:
    """Whether any of the scopes is paused."""
    return Pause.objects.filter(scope__in=list(scopes), ended_at=None).exists()
