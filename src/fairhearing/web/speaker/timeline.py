"""What became of a recording, step by step in plain words, and which recordings are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from fairhearing.speakers.queries import Heard, OwnRecording


@dataclass(frozen=True)
class Wish:
    """Which recordings a speaker wants to see; what is empty does not matter. ``month``: such as 2026-03."""

    product: str = ""
    state: str = ""
    month: str = ""
    heard: str = ""  # yes: by a reviewer; no: by none

    @property
    def asks(self) -> bool:
        """Whether anything matters."""
        return self != Wish()

    def fits(self, recording: OwnRecording) -> bool:
        """Whether a recording is one of them."""
        return (
            self.product in ("", recording.product)
            and self.state in ("", recording.state)
            and self.month in ("", recording.collected[:7])
            and self.heard in ("", "yes" if _heard(recording) else "no")
        )


def read_wish(given: Mapping[str, str]) -> Wish:
    """What an address asks for (``product``, ``state``, ``month``, ``heard``)."""
    return Wish(**{name: given.get(name, "").strip() for name in ("product", "state", "month", "heard")})


def choices(own: Sequence[OwnRecording]) -> dict[str, list[str]]:
    """What there is to choose from; nothing where there is only one recording."""
    if len(own) < 2:
        return {}
    return {
        "products": sorted({one.product for one in own}),
        "states": sorted({one.state for one in own}),
        "months": sorted({one.collected[:7] for one in own}, reverse=True),
    }


def steps(recording: OwnRecording, state_words: str) -> list[str]:
    """What happened to a recording, the oldest first."""
    told = [gettext("Collected by %(product)s on %(day)s") % {"product": recording.product, "day": recording.collected}]
    number = len(recording.clips)
    if number:
        made = ngettext("De-identified: %(number)s clip was made", "De-identified: %(number)s clips were made", number)
        told.append(made % {"number": number})
        told.append(gettext("Put in the queue of its programme: first comes what tells most in the fewest seconds"))
    else:
        told.append(state_words)
    told += [
        gettext("%(when)s: heard by a reviewer of %(vendor)s in %(country)s, %(seconds)s s")
        % {"when": one.when, "vendor": one.vendor or "–", "country": one.country or "–", "seconds": one.seconds}
        for one in _heard(recording)
    ]
    told += [gettext("In the dataset %(name)s") % {"name": name} for name in recording.releases]
    if recording.paused:
        told.append(gettext("Paused: nobody hears it for now"))
    if recording.withdrawn:
        told.append(gettext("Taken back: nobody hears it any more"))
    return told


def _heard(recording: OwnRecording) -> list[Heard]:
    listens = [one for clip in recording.clips for one in clip.heard if one.role == "reviewer"]
    return sorted(listens, key=lambda one: one.index)
