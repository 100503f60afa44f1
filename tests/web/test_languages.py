"""Whose pages are in which language; and what is stored, logged or answered to programs is in none but English."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from fairhearing.accounts.models import Account, DataRequest
from fairhearing.ledger.models import Record
from fairhearing.web.languages import words_of_scripts
from tests.house import PASSWORD, House
from tests.probes import dump
from tests.speakers.test_take_away import known, taken

CHOSEN = {"en-GB": "Sign in", "es": "Iniciar sesión", "de": "Anmelden", "ar": "تسجيل الدخول"}
ARABIC = re.compile("[\u0600-\u06ff]")


def page(client: Client, path: str = "/sign-in", **headers: str) -> tuple[str, str]:
    """The language and direction that a page says it has."""
    answer = client.get(path, headers=headers)
    found = re.search(r'<html lang="([\w-]+)" dir="(\w+)">', answer.content.decode())
    assert found, answer.content[:200]
    assert answer.headers["Content-Language"] == found[1]
    return found[1], found[2]


def choose(client: Client, language: str, **form: str) -> Any:
    return client.post("/language", {"language": language, **form})


def test_nobody_chooses_for_somebody_else(house: House) -> None:
    stranger = Client(enforce_csrf_checks=True, headers={"Accept-Language": "es"})
    refused = choose(stranger, "de")
    assert refused.status_code == 403, "another site's page has no token"
    assert "language" not in refused.cookies
    for language in ("fr", "", "../de", "de\0", "DE"):
        assert choose(house.client(), language).status_code == 404
    assert house.client().get("/language").status_code == 405
    assert choose(house.client("alice"), "de").status_code == 302
    assert dict(Account.objects.exclude(language="").values_list("email", "language")) == {"alice@example.com": "de"}
    assert page(house.client("bob"), "/review/") == ("en-GB", "ltr")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "given"),
    [
        ("", "en-GB"),
        ("de", "de"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("ar-EG", "ar"),
        ("fr, de;q=0.3", "de"),
        ("fr", "en-GB"),
        ("en-US, de;q=0.9", "en-GB"),
        ("x" * 600, "en-GB"),
    ],
)
def test_the_browser_says_which_language_it_likes(accepted: str, given: str) -> None:
    headers = {"Accept-Language": accepted}
    assert page(Client(), **headers) == (given, "rtl" if given == "ar" else "ltr")
    answer = Client().get("/sign-in", headers=headers)
    assert f"<h1>{CHOSEN[given]}</h1>" in answer.content.decode()
    assert {"Accept-Language", "Cookie"} <= set(re.split(r",\s*", answer.headers["Vary"]))
    assert "language" not in answer.cookies, "only a choice sets it"


@pytest.mark.django_db
def test_a_choice_counts_more_than_the_browser_and_leads_back() -> None:
    client = Client(headers={"Accept-Language": "es"})
    answer = choose(client, "ar", next="/sign-in?next=/review/")
    assert (answer.status_code, answer.url) == (302, "/sign-in?next=/review/")
    cookie = answer.cookies["language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("ar", True, "Lax")
    assert page(client) == ("ar", "rtl")
    assert choose(client, "de", next="https://elsewhere.example/").url == "/"
    client.cookies["language"] = "xx"
    assert page(client)[0] == "es", "what is no language of ours is passed over"
    # An answer to a form has no address to come back to: the form's own counts.
    failed = client.post("/sign-in", {"email": "x"}, headers={"Referer": "http://testserver/sign-in?next=/log/"})
    assert 'name="next" value="http://testserver/sign-in?next=/log/"' in failed.content.decode()


def test_an_accounts_choice_goes_with_it_to_another_browser(house: House) -> None:
    alice = house.people["alice"]
    alice.set_password(PASSWORD)
    alice.save()
    choose(house.client("alice"), "de")
    other = Client(headers={"Accept-Language": "es"})
    assert page(other)[0] == "es"
    other.post("/sign-in", {"email": alice.email, "password": PASSWORD})
    assert page(other, "/review/")[0] == "de"
    assert 'aria-current="true">Deutsch<' in other.get("/review/").content.decode()
    choose(other, "en-gb")
    assert page(other, "/review/")[0] == "en-GB"
    assert other.get("/review/me/data.json").json()["account"]["language"] == "en-gb"


@pytest.mark.parametrize(("name", "path"), [("owner", "/controller/"), ("auditor", "/auditor/")])
def test_the_houses_own_pages_are_wholly_english(house: House, name: str, path: str) -> None:
    english = house.client(name).get(path).content
    choose(client := house.client(name), "ar")
    assert page(client, path) == ("en-GB", "ltr")
    assert not ARABIC.search(client.get(path).content.decode())
    assert len(client.get(path).content) == len(english)
    assert 'action="/language"' not in english.decode(), "nothing is offered that would do nothing"


def test_programs_are_answered_in_english(house: House) -> None:
    arabic = {"Accept-Language": "ar", "Authorization": f"Bearer {house.api_key}"}
    client = Client(headers={"Accept-Language": "ar"})
    answers = [
        client.get("/api/v1/nothing"),
        client.post("/api/v1/withdrawals", {}, content_type="application/json"),
        client.post("/api/v1/withdrawals", {}, content_type="application/json", headers=arabic),
        client.get("/log/proof/9"),
        client.get("/health"),
        client.get("/api/v1/openapi.json"),
    ]
    for answer in answers:
        assert not ARABIC.search(answer.content.decode())
        assert "Content-Language" not in answer.headers or b"<html" in answer.content
        assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_what_the_portal_shows_of_a_refusal_is_in_the_reviewers_language(house: House) -> None:
    house.clip()
    work = house.next("alice")
    house.clip("wren")
    bob = house.client("bob")
    choose(bob, "de")
    sent = {"assignment": work["assignment"]}
    refused = bob.post("/api/v1/review/plays", sent, content_type="application/json").json()
    assert (refused["reasons"], refused["detail"]) == (["unknown"], "Unter diesem Namen gibt es nichts für Sie.")
    refused = bob.post("/api/v1/review/judgements", {**sent, "choice": 1}, content_type="application/json").json()
    assert (refused["reasons"], refused["title"]) == (["not_yours"], "Nicht angenommen")
    choose(bob, "es")
    assert house.next("bob", bob)["language_name"] == "Inglés"
    for _ in range(5):
        bob.post("/review/me/requests", {"kind": "access"})
    assert "5 solicitudes" in bob.post("/review/me/requests", {"kind": "access"}).content.decode()


def test_nothing_that_is_kept_is_ever_translated(house: House) -> None:
    for speaker in ("robin", "robin", "wren"):
        house.clip(speaker)
    alice, robin = house.client("alice"), house.speaker_client("robin")
    choose(alice, "ar")
    choose(robin, "ar")
    work = house.next("alice", alice)
    for call, more in (("plays", {}), ("judgements", {"choice": 9}), ("judgements", {"flag": "too_sensitive"})):
        body = {"assignment": work["assignment"], **more}
        alice.post(f"/api/v1/review/{call}", body, content_type="application/json")
    alice.post("/review/me/requests", {"kind": "access", "words": "all of it"})
    robin.get("/speaker/recordings/rec_none/audio")
    robin.post("/speaker/withdraw")
    robin.post("/speaker/erase", {"all": "yes"})
    assert DataRequest.objects.get().kind == "access"
    assert {record.kind for record in Record.objects.all()} >= {"played", "heard", "withdrawn", "erased"}
    assert [name for name, content in dump().items() if ARABIC.search(content.decode())] == []
    assert ARABIC.search(alice.get("/review/me/").content.decode())
    data = alice.get("/review/me/data.json").content.decode()
    assert not ARABIC.search(data)


def test_pages_in_german_hold_numbers_that_scripts_and_pictures_can_read(house: House) -> None:
    house.clip("robin")
    house.judge("alice", choice=1)
    alice, robin = house.client("alice"), house.speaker_client("robin")
    for client, path in ((alice, "/review/me/"), (alice, "/review/assistant/"), (robin, "/speaker/")):
        text = client.get(path, headers={"Accept-Language": "de"}).content.decode()
        assert '<html lang="de"' in text
        assert re.findall(r'[\w-]+="-?\d+,\d+"', text) == []
    assert "1,0 Sekunden" in text


def test_what_a_speaker_takes_away_is_told_in_their_language(house: House) -> None:
    house.clip("robin")
    robin = house.speaker_client("robin")
    choose(robin, "ar")
    archive = taken(robin)
    text = archive.read("your-data.html").decode()
    assert '<html lang="ar" dir="rtl">' in text
    assert ARABIC.search(text)
    assert not ARABIC.search(archive.read("your-data.json").decode())
    assert known(archive)["format"] == "fairhearing/take-away"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "expected"), [("en-gb", False), ("de", True), ("ar", True)])
def test_the_scripts_words_stand_in_the_page_where_it_is_not_english(language: str, expected: bool) -> None:
    text = Client(headers={"Accept-Language": language}).get("/sign-in").content.decode()
    block = re.search(r'<script type="application/json" id="words">([^<>&]*)</script>', text)
    assert (block is not None) is expected
    if block:
        assert json.loads(block[1]) == words_of_scripts(language)
