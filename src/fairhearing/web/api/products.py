"""What a product asks for its speakers: a link to their page, withdrawal, erasure."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.operations import stores
from fairhearing.speakers import actions, links
from fairhearing.web import problems

router = Router(tags=["products"])


class Speaker(Schema):
    """A speaker, by their key: 64 hex digits."""

    speaker_key: str


class Erasing(Speaker):
    """What to erase; without ``recording`` everything of the speaker."""

    recording: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")] | None = None


class LinkOut(Schema):
    """A one-time link. The token is behind the #, where no server's log sees it."""

    url: str
    expires_at: str


class Done(Schema):
    """How many recordings, and the receipt to hand to the speaker."""

    recordings: int
    receipt: str


class StoreOut(Schema):
    """A place where the data lay, and the day (UTC) by whose end it is done there; see ``docs/erasure.md``."""

    store: str
    by: str


class Erased(Done):
    """Also every store, with its day."""

    stores: list[StoreOut]


@router.post("/speaker-links", response={201: LinkOut}, url_name="speaker-links", summary="A link to a speaker's page")
def speaker_links(request: HttpRequest, body: Speaker) -> Any:
    """Make a link; nothing of it is stored until it is used."""
    link = links.make(SpeakerKey.from_hex(body.speaker_key))
    url = f"{settings.BASE_URL}{reverse('speaker-link')}#{link.token}"
    return Status(201, {"url": url, "expires_at": link.expires_at.isoformat().replace("+00:00", "Z")})


@router.post("/withdrawals", response=Done, url_name="withdrawals", summary="End the consent to people listening")
def withdrawals(request: HttpRequest, body: Speaker) -> Any:
    """Nothing of the speaker is played after the answer."""
    receipt = actions.withdraw(key=SpeakerKey.from_hex(body.speaker_key))
    return {"recordings": receipt.recordings, "receipt": receipt.text()}


@router.post("/erasures", response=Erased, url_name="erasures", summary="Erase a recording, or all of a speaker's")
def erasures(request: HttpRequest, body: Erasing) -> Any:
    """Erased when this answers."""
    try:
        receipt = actions.erase(key=SpeakerKey.from_hex(body.speaker_key), recording=body.recording)
    except actions.NotYours as error:
        return problems.response(404, "No such recording", str(error), field="recording")
    left = [{"store": one.store, "by": one.by.isoformat()} for one in stores.after_erasing(timezone.now())]
    return {"recordings": receipt.recordings, "receipt": receipt.text(), "stores": left}
