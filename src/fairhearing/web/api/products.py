"""What a product asks for its speakers: a link to their page, withdrawal."""

from datetime import date
from typing import Annotated, Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Router, Schema, Status

from fairhearing.capture.incoming import FieldInvalid
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.speakers import actions, links, rotate

router = Router(tags=["products"])

PAIRS_MOST: Final = 100  # in one request


class Speaker(Schema):
    """A speaker, by their key: 64 hex digits."""

    speaker_key: str


class LinkOut(Schema):
    """A one-time link. The token is behind the #, where no server's log sees it."""

    url: str
    expires_at: str


class Done(Schema):
    """How many recordings, and the receipt to hand to the speaker."""

    recordings: int
    receipt: str


@router.post("/speaker-links", response={201: LinkOut}, url_name="speaker-links", summary="A link to a speaker's page")
def speaker_links(request: HttpRequest, body: Speaker) -> Any:
    """Make a link; nothing of it is stored until it is used."""
    link = links.make(SpeakerKey.from_hex(body.speaker_key))
    url = f"{settings.BASE_URL}{reverse('speaker-link')}#{link.token}"
    return Status(201, {"url": url, "expires_at": link.expires_at.isoformat().replace("+00:00", "Z")})


class Pausing(Speaker):
    """``until``: the day (UTC) from which on people may listen again; null: when the speaker says so."""

    until: date | None


@router.post("/pauses", response=Done, url_name="pauses", summary="Let nobody listen for a while")
def pauses(request: HttpRequest, body: Pausing) -> Any:
    """Nothing of the speaker is played after the answer until that day, nor what comes in meanwhile."""
    try:
        receipt = actions.pause(key=SpeakerKey.from_hex(body.speaker_key), until=body.until)
    except actions.PauseRefused as error:
        raise FieldInvalid("until", *error.got_and_expected) from None
    return {"recordings": receipt.recordings, "receipt": receipt.text()}


@router.post("/pauses/end", response=Done, url_name="pauses-end", summary="End such a pause")
def pauses_end(request: HttpRequest, body: Speaker) -> Any:
    """People may listen again, as far as the speaker agreed to it."""
    receipt = actions.end_pause(key=SpeakerKey.from_hex(body.speaker_key))
    return {"recordings": receipt.recordings, "receipt": receipt.text()}


@router.post("/withdrawals", response=Done, url_name="withdrawals", summary="End the consent to people listening")
def withdrawals(request: HttpRequest, body: Speaker) -> Any:
    """Nothing of the speaker is played after the answer."""
    receipt = actions.withdraw(key=SpeakerKey.from_hex(body.speaker_key))
    return {"recordings": receipt.recordings, "receipt": receipt.text()}


class Pair(Schema):
    """A speaker's key before and after the product's secret changed: 64 hex digits each."""

    speaker_key: str
    new_speaker_key: str


class Rotating(Schema):
    """Speakers whose keys changed."""

    pairs: Annotated[list[Pair], Field(min_length=1, max_length=PAIRS_MOST)]


class RotatedOut(Schema):
    """Of how many of the speakers something was kept, and how many recordings they have."""

    speakers: int
    recordings: int


@router.post("/rotations", response=RotatedOut, url_name="rotations", summary="Put what is kept under new speaker keys")
def rotations(request: HttpRequest, body: Rotating) -> Any:
    """From the answer on the old keys find nothing. The same request again changes nothing."""
    keys = [(SpeakerKey.from_hex(pair.speaker_key), SpeakerKey.from_hex(pair.new_speaker_key)) for pair in body.pairs]
    try:
        rotated = rotate.rotate(pairs=keys)
    except rotate.KeysAreEqual as error:
        raise FieldInvalid("pairs", str(error), "two keys") from None
    return {"speakers": rotated.speakers, "recordings": rotated.recordings}
