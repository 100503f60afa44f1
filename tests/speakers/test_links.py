"""The one-time link: opens one page once, for its speaker, for a quarter of an hour; the cookie for an hour."""

import base64
import time
from typing import Any

import pytest
from django.test import Client

from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.speakers import links
from fairhearing.speakers.links import LinkInvalid
from fairhearing.speakers.models import UsedLink
from tests.house import House
from tests.probes import at_once, disguises, dump

KEY = SpeakerKey(bytes(range(100, 132)))


def _later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    now = time.time()
    monkeypatch.setattr(links.time, "time", lambda: now + seconds)


@pytest.mark.django_db
def test_a_link_opens_once_and_for_its_speaker() -> None:
    token = links.make(KEY).token
    assert links.use(token) == KEY
    for _ in range(2):
        with pytest.raises(LinkInvalid):
            links.use(token)
    assert links.use(links.make(KEY).token) == KEY, "a new link is a new link"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_link_at_once_one_comes_in() -> None:
    token = links.make(KEY).token

    def use() -> bool:
        try:
            return links.use(token) == KEY
        except LinkInvalid:
            return False

    assert sum(at_once([use for _ in range(8)])) == 1


@pytest.mark.django_db
def test_a_link_that_has_expired_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.make(KEY).token
    with monkeypatch.context() as still:
        _later(still, links.LINK_LIVES_S - 2)
        fresh = links.make(KEY).token
        assert links.use(token) == KEY
    _later(monkeypatch, 2 * links.LINK_LIVES_S + 1)
    with pytest.raises(LinkInvalid):
        links.use(fresh)


@pytest.mark.django_db
def test_a_used_link_does_not_open_again_when_its_use_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses are kept until the link would have expired anyway, and no longer."""
    token = links.make(KEY).token
    links.use(token)
    assert UsedLink.objects.count() == 1
    _later(monkeypatch, links.LINK_LIVES_S + 1)
    with pytest.raises(LinkInvalid):
        links.use(token)


@pytest.mark.django_db
def test_a_link_in_which_a_single_sign_was_changed_opens_nothing() -> None:
    token = links.make(KEY).token
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(LinkInvalid):
            links.use(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    wrong: list[str] = ["", "x", token[:-4], token + "AAAA", "é" * 20, "\0", "A" * 5000, KEY.sealed_form().hex()]
    for one in wrong:
        with pytest.raises(LinkInvalid):
            links.use(one)
        assert links.from_cookie(one) is None
    assert not UsedLink.objects.exists()


@pytest.mark.django_db
def test_a_link_is_no_cookie_and_a_cookie_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    token, cookie = links.make(KEY).token, links.cookie(KEY)
    assert links.from_cookie(cookie) == KEY
    assert links.from_cookie(token) is None
    with pytest.raises(LinkInvalid):
        links.use(cookie)
    _later(monkeypatch, links.SESSION_LIVES_S + 1)
    assert links.from_cookie(cookie) is None


def test_neither_link_nor_cookie_shows_the_key_and_nothing_of_them_is_kept(house: House) -> None:
    client = Client()
    made = client.post(
        "/api/v1/speaker-links", {"speaker_key": KEY.sealed_form().hex()}, content_type="application/json",
        **house.product(),
    ).json()  # fmt: skip
    address, _, token = made["url"].partition("#")
    assert token, "the token is behind the #, where no server's log sees it"
    assert "?" not in address
    assert not UsedLink.objects.exists(), "nothing of a link is stored until it is used"
    entered = client.post("/speaker/link", {"token": token})
    cookie = entered.cookies["speaker"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/speaker")
    assert cookie["max-age"] <= 3600
    content = b"".join(dump().values())
    sealed = [base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)) for value in (token, cookie.value)]
    for secret in (KEY.sealed_form(), *sealed, token.encode(), cookie.value.encode()):
        assert not any(form in content for form in disguises(secret))
    assert not any(form in raw for form in disguises(KEY.sealed_form()) for raw in (*sealed, token.encode()))


def test_a_page_that_was_left_or_never_entered_is_closed(house: House) -> None:
    house.clip("robin")
    robin = house.speaker_client("robin")
    assert robin.get("/speaker/").status_code == 200
    assert robin.post("/speaker/leave").status_code == 302
    strangers: list[Any] = [robin, Client()]
    forged = Client()
    forged.cookies["speaker"] = links.cookie(KEY)[:-2] + "AA"
    strangers.append(forged)
    for client in strangers:
        assert client.get("/speaker/").status_code == 401
        assert client.post("/speaker/erase", {"all": "yes"}).status_code == 401
