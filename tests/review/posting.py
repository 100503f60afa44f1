"""The reviewer's calls over HTTP, as a page makes them."""

from typing import Any

from fairhearing.programmes.models import Programme
from fairhearing.review.models import Supervision
from fairhearing.vault import keys, writer
from tests.house import House


def post(house: House, name: str, call: str, **body: Any) -> Any:
    """One call by one of the people."""
    return house.client(name).post(f"/api/v1/review/{call}", body, content_type="application/json")


def play(house: House, name: str, assignment: str) -> None:
    """Hear what was handed out."""
    assert post(house, name, "plays", assignment=assignment).status_code == 200


def heard(house: House, name: str) -> dict[str, Any]:
    """The next clip, played."""
    work = house.next(name)
    play(house, name, work["assignment"])
    return work


def refused(answer: Any, status: int, reason: str) -> None:
    """That an answer was not taken, and why."""
    assert (answer.status_code, answer.json()["reasons"]) == (status, [reason]), answer.content


def rules(house: House, **changes: Any) -> None:
    """Set fields of the house's programme, as a controller's command would leave them."""
    Programme.objects.filter(id=house.programme.id).update(**changes)
    house.programme.refresh_from_db()


def reference(clip: str) -> str:
    """The text of a clip's reference."""
    supervision = Supervision.objects.select_related("clip__channel").get(clip_id=clip)
    secret = keys.unwrap(supervision.clip.channel.key_id)
    return writer.open_text(secret, f"supervision|{supervision.id}", bytes(supervision.sealed_text))
