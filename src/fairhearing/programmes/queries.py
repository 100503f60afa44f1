"""Looking programmes and pauses up."""

from collections.abc import Iterable

from fairhearing import statements
from fairhearing.programmes.models import Pause, Programme

_FIELDS = [field.attname for field in Programme._meta.concrete_fields]
_PROGRAMME = f"SELECT {', '.join(_FIELDS)} FROM programmes_programme WHERE slug = %s"  # noqa: S608 - our own names
_PAUSED = "SELECT EXISTS (SELECT 1 FROM programmes_pause WHERE scope = ANY(%s) AND ended_at IS NULL)"


class ProgrammeUnknown(LookupError):
    """There is no programme with this slug."""


def get_programme(slug: str) -> Programme:
    """The programme with this slug.

    Raises:
        ProgrammeUnknown: there is none.
    """
    row = statements.first(_PROGRAMME, [slug])
    if row is None:
        raise ProgrammeUnknown(f"programme {slug!r}: there is none of this name")
    return Programme.from_db("default", _FIELDS, row)


def list_programmes() -> list[Programme]:
    """All programmes, the urgent ones first, by name."""
    return list(Programme.objects.order_by("-urgent", "name"))


def list_pauses() -> list[Pause]:
    """What is paused now, newest first."""
    return list(Pause.objects.filter(ended_at=None).order_by("-since"))


def is_paused(scopes: Iterable[str]) -> bool:
    """Whether any of the scopes is paused."""
    row = statements.first(_PAUSED, [list(scopes)])
    return bool(row and row[0])
