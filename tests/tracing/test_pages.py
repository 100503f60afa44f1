"""The investigator's pages: closed to everybody else, and from asking to the answer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from fairhearing.accounts import actions as accounts
from fairhearing.accounts.models import Role
from fairhearing.tracing import actions
from fairhearing.tracing.models import Trace
from tests.house import House
from tests.tracing.test_trace import clips, heard, wav
from tests.watermark.sounds import babbling


def _file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("leak.wav", content, content_type="audio/wav")


@pytest.fixture
def two(house: House) -> tuple[Client, Client]:
    for name in ("ines", "ivo"):
        house.people[name] = accounts.create_account(email=f"{name}@example.com", role=Role.INVESTIGATOR)
    return house.client("ines"), house.client("ivo")


def test_these_pages_are_there_for_investigators_alone(house: House, two: tuple[Client, Client]) -> None:
    asked = actions.ask(leak=b"leak", reason="seen", account=house.people["ines"])
    addresses = ["/traces/", f"/traces/{asked.id}/"]
    posts = ["/traces/", f"/traces/{asked.id}/approve", f"/traces/{asked.id}/answer"]
    for name in ("alice", "controller", "auditor", "owner", "manager"):
        client = house.client(name)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert {client.post(address, {"reason": "x"}).status_code for address in posts} == {404}
    assert Client().get("/traces/").status_code == 302
    assert house.speaker_client("robin").get("/traces/").status_code == 302
    assert Trace.objects.count() == 1
    assert not Trace.objects.get().approved_by
    for client in two:
        assert {client.get(address).status_code for address in addresses} == {200}
        assert client.get("/traces/tra_none/").status_code == 404


def test_one_asks_another_approves_and_the_answer_names_the_copy(house: House, two: tuple[Client, Client]) -> None:
    ines, ivo = two
    clips(house, 2)
    clip, sound, listens = heard(house, "alice")
    leak = wav(sound)
    page = ines.post("/traces/", {"leak": _file(leak), "reason": "a post on a forum"}, follow=True)
    asked = Trace.objects.get()
    assert b"Another investigator has to approve" in page.content
    assert ines.post(f"/traces/{asked.id}/approve").status_code == 400
    assert ines.post(f"/traces/{asked.id}/answer", {"leak": _file(leak)}).status_code == 400
    assert ivo.post(f"/traces/{asked.id}/approve").status_code == 302
    other = ivo.post(f"/traces/{asked.id}/answer", {"leak": _file(leak[:-2])})
    assert other.status_code == 400
    assert b"another file" in other.content
    answered = ines.post(f"/traces/{asked.id}/answer", {"leak": _file(leak)}, follow=True).content.decode()
    for told in (house.people["alice"].id, clip, *listens, "not who passed it on"):
        assert told in answered
    assert "1 named" in ivo.get("/traces/").content.decode()


def test_what_is_no_sound_and_what_is_no_file_is_told(house: House, two: tuple[Client, Client]) -> None:
    ines, ivo = two
    assert b"Choose the leaked file" in ines.post("/traces/", {"reason": "seen"}).content
    assert b"Say why" in ines.post("/traces/", {"leak": _file(b"x"), "reason": " "}).content
    assert not Trace.objects.exists()
    ines.post("/traces/", {"leak": _file(b"no sound at all"), "reason": "seen"})
    asked = Trace.objects.get()
    ivo.post(f"/traces/{asked.id}/approve")
    refused = ivo.post(f"/traces/{asked.id}/answer", {"leak": _file(b"no sound at all")})
    assert refused.status_code == 400
    assert b"could not be read" in refused.content


def test_a_file_that_would_not_stay_in_memory_is_not_taken(house: House, two: tuple[Client, Client]) -> None:
    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = two[0].post("/traces/", {"leak": _file(wav(babbling(1, 1.0))), "reason": "seen"})
    assert answer.status_code == 400
    assert b"25 MB at most" in answer.content
    assert not Trace.objects.exists()
