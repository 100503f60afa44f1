"""Every address, as everybody: classified, closed by default, and no sound without its entry in the log."""

import base64
import json
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Account
from fairhearing.audio.encode import to_pcm16
from fairhearing.capture.models import Clip
from fairhearing.consent.speaker_key import SpeakerKey
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import LogEntry, Record
from fairhearing.speakers import links
from fairhearing.web import access, urls
from tests.house import House, tone
from tests.probes import disguises, whole_log

VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
STRANGER = SpeakerKey(b"\x5a" * 32)  # has nothing here: what is done in their name changes nothing


@dataclass(frozen=True)
class Route:
    """One address: its name as ``access`` knows it, and its pattern."""

    name: str
    pattern: str


def routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    """Every route below a resolver, Django's and ninja's; one without a name has the empty one."""
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}" if entry.name else "", pattern)


def lists_of(name: str) -> list[str]:
    """In which of the four lists a name stands."""
    lists = {"OPEN": access.OPEN, "PRODUCT": access.PRODUCT, "SPEAKER": access.SPEAKER, "ROLES": access.ROLES}
    return [title for title, names in lists.items() if name in names]


def unclassified(resolver: URLResolver) -> list[Route]:
    """Routes that stand in none of the lists, or in more than one."""
    return [route for route in routes(resolver) if len(lists_of(route.name)) != 1]


def _leak(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"RIFF: a view that somebody forgot to classify")


def _with_forgotten_routes() -> types.ModuleType:
    """The addresses of today and two that nobody classified: one with a name, one without."""
    module = types.ModuleType("forgotten_routes")
    module.urlpatterns = [*urls.urlpatterns, path("leak", _leak, name="leak"), path("nameless", _leak)]
    module.handler404, module.handler500 = urls.handler404, urls.handler500
    return module


def test_every_route_stands_in_exactly_one_list() -> None:
    found = list(routes(get_resolver()))
    assert len(found) > 30, "the walk over the routes is broken"
    assert unclassified(get_resolver()) == []


def test_every_name_in_the_lists_is_a_route() -> None:
    named = {route.name for route in routes(get_resolver())}
    assert (access.OPEN | access.PRODUCT | access.SPEAKER | access.ROLES.keys()) - named == set()


def test_a_route_that_nobody_classified_is_found_and_is_closed_to_everybody(house: House) -> None:
    module = _with_forgotten_routes()
    with override_settings(ROOT_URLCONF=module):
        assert [route.pattern for route in unclassified(get_resolver())] == ["leak", "nameless"]
        clients = [house.client(name) for name in (None, *house.people)] + [house.speaker_client("robin")]
        for address in ("/leak", "/nameless"):
            for client in clients:
                answers = [client.generic(verb, address) for verb in VERBS]
                answers.append(client.get(address, **house.product()))
                assert {answer.status_code for answer in answers} == {404}
                assert not any(b"RIFF" in answer.content for answer in answers)


@dataclass
class Persona:
    """Somebody at the door, with everything that they were given so far."""

    name: str
    client: Client
    headers: dict[str, str] = field(default_factory=dict)
    keys: list[bytes] = field(default_factory=list)


@dataclass
class Stage:
    """A house in which a clip is in Alice's hands, and everything that an address can be made of."""

    house: House
    clip: Clip
    work: dict[str, Any]
    kept: str  # a recording that still has its original
    invitation: str
    windows: list[bytes]

    def address(self, route: Route) -> str:
        """A real address for a pattern: with what exists, so that a hole would show."""
        named = {
            "<assignment>": self.work["assignment"],
            "<str:clip>": self.clip.id,
            "<str:recording>": self.kept,
            "<str:token>": self.invitation,
            "<str:release>": "rel_none",
            "<slug:programme>": self.house.programme.slug,
            "<path:tile>": "entries/000.p/1",
            "<int:index>": "0",
            "<str:trace>": "tra_none",
            "<str:entry>": "0",
        }
        address = route.pattern.replace("^", "").replace("$", "")
        for pattern, value in named.items():
            address = address.replace(pattern, value)
        assert "<" not in address, f"{route.pattern}: say in this test what its address is made of"
        return f"/{address}"

    def body(self, persona: Persona) -> dict[str, Any]:
        """One body that fits every view, so far as it ends nothing that the walk still needs."""
        return {
            "programme": self.house.programme.slug,
            "assignment": self.work["assignment"],
            "choice": 9,
            "judgement": "jdg_none",
            "recording": "rec_none" if persona.name == "speaker robin" else self.clip.channel.recording_id,
            "speaker_key": STRANGER.sealed_form().hex(),
            "token": links.make(STRANGER).token if persona.name == "nobody" else "none",
            "scope": "region:ZZ",
            "clip": self.clip.id,
        }


def stage_of(house: House) -> Stage:
    """Robin's clip in Alice's hands, another speaker's beside it, and one recording that still has its original."""
    clip = Clip.objects.select_related("channel").get(id=house.clip("robin").id)
    work = house.next("alice")
    house.clip("wren")
    kept = house.recording("robin").id
    sounds = [to_pcm16(tone(1.0, 200.0 + number)).astype("<i2").tobytes() for number in (1, 2, 3)]
    windows = [form for sound in sounds for at in (1000, 9000, 20000) for form in disguises(sound[at : at + 24])]
    invited = accounts.invite(account=house.people["manager"])
    return Stage(house, clip, work, kept, invited, windows)


def personas(house: House) -> list[Persona]:
    """Everybody of the law: nobody, reviewers of both vendors, the house's own people, speakers, the product."""
    product = Persona("product", house.client(), {"Authorization": f"Bearer {house.api_key}"})
    names = ("alice", "bob", "charlie", "controller", "auditor", "owner")
    people = [Persona(name, house.client(name)) for name in names]
    speakers = [Persona(f"speaker {name}", house.speaker_client(name)) for name in ("robin", "wren")]
    return [Persona("nobody", house.client()), *people, *speakers, product]


def sounds_in(stage: Stage, persona: Persona, content: bytes) -> bool:
    """Whether an answer is sound to who got it: plain, in disguise, or by any key that they hold."""
    if any(magic in content for magic in (b"RIFF", b"fLaC", b"OggS")) or any(part in content for part in stage.windows):
        return True
    return any(_opens(key, content, stage.work["assignment"]) for key in persona.keys)


def _opens(key: bytes, sealed: bytes, assignment: str) -> bool:
    try:
        AESGCM(key).decrypt(sealed[:12], sealed[12:], assignment.encode())
    except (InvalidTag, ValueError):
        return False
    return True


def ask(stage: Stage, persona: Persona, verb: str, address: str) -> HttpResponse:
    """One request with a body that fits: JSON for the API, a form for pages."""
    persona.client.raise_request_exception = False
    body = stage.body(persona)
    headers = persona.headers
    if verb in ("GET", "HEAD", "OPTIONS"):
        return persona.client.generic(verb, address, headers=headers)
    if address.startswith("/api/"):
        return persona.client.generic(verb, address, json.dumps(body), content_type="application/json", headers=headers)
    form = "&".join(f"{name}={value}" for name, value in body.items())
    return persona.client.generic(
        verb, address, form, content_type="application/x-www-form-urlencoded", headers=headers
    )


def test_no_address_gives_sound_without_its_entry_to_anybody(house: House) -> None:
    stage = stage_of(house)
    addresses = [stage.address(route) for route in routes(get_resolver())]
    # Sign-out ends the persona, so it comes last.
    addresses.sort(key=lambda address: address in ("/sign-out", "/speaker/leave"))
    heard: list[tuple[str, str]] = []
    entries = taken = 0
    for persona in personas(house):
        for address in addresses:
            for verb in VERBS:
                answer = ask(stage, persona, verb, address)
                content = b"".join(answer) if answer.streaming else bytes(answer.content)
                assert answer.status_code != 500, (persona.name, verb, address, content)
                key = b"" if answer.streaming else _key_in(answer)
                if key:
                    persona.keys.append(key)
                before, entries = entries, Record.objects.filter(kind=Kind.PLAYED).count()
                listens = entries - before
                before, taken = taken, Record.objects.filter(kind=Kind.EXPORTED, role="speaker").count()
                if key or sounds_in(stage, persona, content):
                    heard.append((persona.name, address))
                    sounds = (0, content.count(b"RIFF")) if taken > before else (1, 0)
                    assert (listens, taken - before) == sounds, (persona.name, verb, address, "sound without its entry")
                    _is_of_exactly_this_release(stage, persona, taken > before)
                else:
                    assert (listens, taken - before) == (0, 0), (persona.name, verb, address, "an entry of nothing")
    assert set(heard) == {
        ("alice", "/api/v1/review/plays"),
        ("speaker robin", f"/speaker/clips/{stage.clip.id}/audio"),
        ("speaker robin", f"/speaker/recordings/{stage.kept}/audio"),
        ("speaker robin", "/speaker/take-away"),
        ("speaker wren", "/speaker/take-away"),  # of their own
    }
    whole_log()


def _key_in(answer: HttpResponse) -> bytes:
    if not answer.headers.get("Content-Type", "").startswith("application/json"):
        return b""
    body = json.loads(answer.content or b"null")
    return base64.b64decode(body["key"]) if isinstance(body, dict) and "key" in body else b""


def _is_of_exactly_this_release(stage: Stage, persona: Persona, taken: bool) -> None:
    record = Record.objects.filter(kind=Kind.EXPORTED if taken else Kind.PLAYED).latest("index")
    assert LogEntry.objects.filter(index=record.index).exists()
    if taken:
        assert (record.role, record.account, record.purpose) == ("speaker", None, "access")
        return
    assert (record.recording, record.clip) in ((stage.kept, None), (stage.clip.channel.recording_id, stage.clip.id))
    if persona.name.startswith("speaker"):
        assert (record.role, record.account, record.purpose) == ("speaker", None, "own_ears")
    else:
        assert (record.role, record.account) == ("reviewer", stage.house.people[persona.name].id)


@pytest.mark.parametrize("name", ["bob", "charlie", "nomad"])
def test_who_was_not_given_a_clip_can_do_nothing_with_its_assignment(house: House, name: str) -> None:
    """A colleague, another vendor's reviewer and one without a vendor, by every call: answered as for nothing."""
    stage = stage_of(house)
    alice, other = house.client("alice"), house.client(name)
    mine, nothing = stage.work["assignment"], "asg_" + "a" * 26
    assert alice.post("/api/v1/review/plays", {"assignment": mine}, content_type="application/json").status_code == 200
    before = Record.objects.filter(kind=Kind.PLAYED).count()
    calls = [
        ("plays", {}),
        ("leases", {}),
        ("judgements", {"choice": 1}),
        ("judgements", {"text": "mine now"}),
        ("judgements", {"flag": "personal_data"}),
        ("judgements", {"skip": True}),
    ]
    for call, more in calls:
        answers = [
            other.post(f"/api/v1/review/{call}", {"assignment": which, **more}, content_type="application/json")
            for which in (mine, nothing)
        ]
        assert answers[0].status_code in (403, 404, 409), (call, answers[0].content)
        assert _same(answers, mine, nothing), (call, [answer.content for answer in answers])
    sealed = [other.get(f"/api/v1/review/sealed/{which}") for which in (mine, nothing)]
    assert sealed[0].status_code == 403
    assert _same(sealed, mine, nothing), [answer.content for answer in sealed]
    judged = alice.post(
        "/api/v1/review/judgements", {"assignment": mine, "choice": 1}, content_type="application/json"
    ).json()["judgement"]
    undone = [
        other.post("/api/v1/review/undo", {"judgement": which}, content_type="application/json")
        for which in (judged, "jdg_" + "a" * 26)
    ]
    assert undone[0].status_code == 404
    assert _same(undone, judged, "jdg_" + "a" * 26)
    assert Record.objects.filter(kind=Kind.PLAYED).count() == before


def _same(answers: list[HttpResponse], exists: str, does_not: str) -> bool:
    """Whether two answers are one, apart from the name that was asked for."""
    bodies = [
        answer.content.replace(name.encode(), b"X") for answer, name in zip(answers, (exists, does_not), strict=True)
    ]
    return bodies[0] == bodies[1] and answers[0].status_code == answers[1].status_code


def test_what_is_another_speakers_answers_like_what_does_not_exist(house: House) -> None:
    clip = Clip.objects.select_related("channel").get(id=house.clip("robin").id)
    recording, nothing = clip.channel.recording_id, "rec_" + "a" * 26
    house.clip("wren")
    wren = house.speaker_client("wren")
    names = (clip.id, "clip_" + "a" * 26)
    heard = [wren.get(f"/speaker/clips/{name}/audio") for name in names]
    assert heard[0].status_code == 404
    assert [_unnamed(answer, name) for answer, name in zip(heard, names, strict=True)] == [
        _unnamed(heard[1], names[1])
    ] * 2
    erased = [wren.post("/speaker/erase", {"recording": name}) for name in (recording, nothing)]
    assert erased[0].status_code == 404
    assert _unnamed(erased[0], recording) == _unnamed(erased[1], nothing)
    key = house.speaker("wren").sealed_form().hex()
    over_api = [
        Client().post(
            "/api/v1/erasures",
            {"speaker_key": key, "recording": name},
            content_type="application/json",
            **house.product(),
        )
        for name in (recording, nothing)
    ]
    assert over_api[0].status_code == 404
    assert _same(over_api, recording, nothing)
    assert Clip.objects.filter(id=clip.id).exists()


def _unnamed(answer: HttpResponse, name: str) -> bytes:
    """The page without what was asked for, and without the token of its form, which is new each time."""
    content = re.sub(rb'(name="csrfmiddlewaretoken" value=)"\w+"', rb"\1", bytes(answer.content))
    return content.replace(name.encode(), b"X")


def test_an_api_key_alone_opens_nothing_that_sounds(house: House) -> None:
    """Not the reviewers' calls, not the speaker's page, not by a link that was not followed by its speaker."""
    stage = stage_of(house)
    product = Client(raise_request_exception=False)
    for address in (stage.work["sealed_url"], f"/speaker/clips/{stage.clip.id}/audio", "/speaker/"):
        assert product.get(address, **house.product()).status_code == 401
    plays = product.post(
        "/api/v1/review/plays", stage.body(Persona("product", product)), content_type="application/json",
        **house.product(),
    )  # fmt: skip
    assert plays.status_code == 401
    assert not Record.objects.filter(kind=Kind.PLAYED).exists()


def test_an_account_that_was_closed_is_nobody_at_once(house: House) -> None:
    stage = stage_of(house)
    alice = house.client("alice")
    Account.objects.filter(id=house.people["alice"].id).update(is_active=False)
    assert alice.get(stage.work["sealed_url"]).status_code == 401
    body = {"assignment": stage.work["assignment"]}
    assert alice.post("/api/v1/review/plays", body, content_type="application/json").status_code == 401
