"""A reviewer's settings of their page: keys, speed, what plays by itself. They go with the account."""

from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import ConfigDict

from fairhearing.accounts import actions as accounts
from fairhearing.web.access import account_of

router = Router(tags=["reviewers"])

MOST_BYTES: Final = 4096

Command = Annotated[str, Field(pattern=r"^[A-Za-z]{1,20}[1-9]?$")]
Key = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,40}$")]


class Preferences(Schema):
    """Each may be left out.

    ``keys``: a command and the keys for it, where they are not the usual ones; ``speed``: times; ``rewind``: seconds
    that a paused play goes back.
    """

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    keys: dict[Command, Annotated[list[Key], Field(max_length=6)]] | None = Field(default=None, max_length=60)
    speed: float | None = Field(default=None, ge=0.5, le=3)
    rewind: float | None = Field(default=None, ge=0, le=5)
    letter_keys: bool | None = Field(default=None, alias="letterKeys")
    autoplay: bool | None = None
    spell_check: bool | None = Field(default=None, alias="spellCheck")


@router.get("/preferences", response=dict[str, Any], url_name="review-preferences", summary="One's own settings")
def get_preferences(request: HttpRequest) -> dict[str, Any]:
    """What was kept last; empty where nothing ever was."""
    kept: dict[str, Any] = account_of(request).preferences
    return kept


@router.put("/preferences", response={204: None}, url_name="review-preferences", summary="Keep one's own settings")
def put_preferences(request: HttpRequest, body: Preferences) -> Any:
    """All of them, in the place of those before; at most 4,096 bytes."""
    if len(request.body) > MOST_BYTES:
        raise HttpError(413, f"preferences are {len(request.body)} bytes, expected at most {MOST_BYTES}")
    accounts.keep_preferences(account=account_of(request).id, preferences=body.dict(by_alias=True, exclude_none=True))
    return Status(204, None)
