"""Faults at each step of a play, in pairs: failed and not kept, failed but kept.

After each: no byte without its entry, the entry that was kept is seen, and the whole log still verifies.
"""

import json
import socket
import struct
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from pytest_django.live_server_helper import LiveServer

from fairhearing.capture.models import Clip
from fairhearing.gate import facts, keys, play, wav
from fairhearing.ledger import appender, log, signing, soundness, tiles
from fairhearing.ledger import queries as ledger
from fairhearing.ledger.appender import Appender, LedgerUnavailable
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.ledger.models import Record
from fairhearing.review import assign
from fairhearing.speakers import actions as speakers
from fairhearing.vault import reader
from fairhearing.web.api.urls import api
from tests.gate import broken
from tests.gate.broken import assert_silent, assert_works_again, counted, own_ears, played, press_play, reviewer
from tests.house import House
from tests.probes import PATIENCE_S, Running, whole_log

REVIEWER, SPEAKER = "reviewer", "speaker"

# What is done before the entry is durable, and whose play it belongs to.
BEFORE_THE_ENTRY = [
    (REVIEWER, facts, "of_assignment"),
    (SPEAKER, facts, "of_own_clip"),
    (REVIEWER, play, "decide"),
    (SPEAKER, play, "decide"),
    (REVIEWER, play, "_entry"),
    (SPEAKER, play, "_entry"),
    (REVIEWER, log, "compose"),
    (REVIEWER, soundness, "read"),
    (REVIEWER, signing, "signer"),
    (REVIEWER, log, "_row"),
    (REVIEWER, log, "append_with"),
    (SPEAKER, log, "append_with"),
]
# What is done after it, before the answer is on its way.
AFTER_THE_ENTRY = [
    (REVIEWER, assign, "note_play"),
    (REVIEWER, play, "Permit"),
    (SPEAKER, play, "Permit"),
    (REVIEWER, keys, "sealed_copy"),
    (SPEAKER, reader, "open"),
    (SPEAKER, wav, "of_pcm16"),
]


def _named(steps: list[tuple[str, Any, str]]) -> list[str]:
    return [f"{whose}-{step}" for whose, _, step in steps]


def _ask(whose: str, house: House, work: dict[str, Any], clip: Clip) -> Any:
    return press_play(reviewer(house), work) if whose == REVIEWER else own_ears(house, clip)


@pytest.mark.parametrize(("whose", "where", "step"), BEFORE_THE_ENTRY, ids=_named(BEFORE_THE_ENTRY))
def test_what_fails_before_the_entry_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, whose: str, where: object, step: str
) -> None:
    clip = house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    for breaks in broken.PAIR:
        with monkeypatch.context() as fault:
            fault.setattr(where, step, breaks(getattr(where, step)))
            assert_silent(_ask(whose, house, work, clip))
        assert (tiles.size(), counted()) == (before, (0, False)), breaks
    assert_works_again(house, work)


@pytest.mark.parametrize(("whose", "where", "step"), AFTER_THE_ENTRY, ids=_named(AFTER_THE_ENTRY))
def test_what_fails_after_the_entry_leaves_an_entry_without_bytes(
    house: House, monkeypatch: pytest.MonkeyPatch, whose: str, where: object, step: str
) -> None:
    """Allowed, and visible; and it does not count as heard."""
    clip = house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    for entries, breaks in enumerate(broken.PAIR, 1):
        with monkeypatch.context() as fault:
            fault.setattr(where, step, breaks(getattr(where, step)))
            assert_silent(_ask(whose, house, work, clip))
        assert (tiles.size(), counted()) == (before + entries, (0, False)), breaks
        assert [one.role for one in ledger.list_heard(clips=[clip.id])] == [whose] * entries
    assert_works_again(house, work)


# --- The entry -------------------------------------------------------------------------------------------------------


def _not_kept(_self: Appender, batch: list[tuple[NewEntry, Future[log.Appended]]]) -> None:
    for _, future in batch:
        future.set_exception(LedgerUnavailable("the disk is full"))


def _kept_but_unanswered(commit: Callable[..., None]) -> Callable[..., None]:
    def committed(self: Appender, batch: list[tuple[NewEntry, Future[log.Appended]]]) -> None:
        shadows: list[tuple[NewEntry, Future[log.Appended]]] = [(facts, Future()) for facts, _ in batch]
        commit(self, shadows)
        assert all(shadow.exception() is None for _, shadow in shadows)
        for _, future in batch:
            future.set_exception(LedgerUnavailable("the connection broke after the commit"))

    return committed


COMMITS = [(_not_kept, 0), (_kept_but_unanswered(Appender._commit), 1)]  # and how many entries it leaves


@pytest.mark.parametrize("whose", [REVIEWER, SPEAKER])
def test_an_entry_whose_writing_failed_releases_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    """Kept although it failed, it is an entry without bytes: allowed, and visible. Nobody heard it."""
    clip = house.clip("robin")
    work = house.next("alice")
    for commit, kept in COMMITS:
        with monkeypatch.context() as fault:
            fault.setattr(Appender, "_commit", commit)
            answer = _ask(whose, house, work, clip)
            assert_silent(answer)
            assert answer.status_code in (500, 503)
        assert (played(), counted()) == (kept, (0, False))
    assert_works_again(house, work)


def test_a_refusal_that_cannot_be_logged_is_no_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the no: who asks without a log is told to ask again."""
    house.clip("robin")
    work = house.next("alice")
    speakers.withdraw(key=house.speaker("robin"))
    refused = Record.objects.filter(kind=Kind.REFUSED)
    for commit, kept in COMMITS:
        with monkeypatch.context() as fault:
            fault.setattr(Appender, "_commit", commit)
            answer = press_play(reviewer(house), work)
            assert_silent(answer)
            assert answer.status_code == 503
        assert refused.count() == kept
    assert press_play(reviewer(house), work).status_code == 403
    assert (refused.count(), played(), counted()) == (2, 0, (0, False))
    assert whole_log().size == tiles.size()


def test_the_database_refuses_the_entry_and_the_log_stays_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writing itself breaks, halfway through: nothing of it stays."""
    house.clip()
    work = house.next("alice")

    def halfway(cursor: log.Cursor, batch: list[NewEntry]) -> list[log.Appended]:
        whole(cursor, batch)
        cursor.execute("SELECT 1 / 0")
        raise AssertionError("not reached")

    whole, before = log.append_with, tiles.size()
    with monkeypatch.context() as fault:
        fault.setattr(log, "append_with", halfway)
        assert press_play(reviewer(house), work).status_code == 503
    assert (played(), tiles.size()) == (0, before)
    assert_works_again(house, work)


def test_the_entry_that_is_not_committed_releases_nothing(house: House) -> None:
    """All of it was written, and signed; COMMIT fails."""
    house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    client = reviewer(house)
    for breaks in (broken.refused_at_commit, broken.cut_at_commit):
        with breaks("ledger_logentry"):
            answer = press_play(client, work)
            assert_silent(answer)
            assert answer.status_code == 503
        assert (tiles.size(), counted()) == (before, (0, False)), breaks
    assert_works_again(house, work)


def test_the_log_that_does_not_answer_in_time_releases_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too late is failed but kept: the entry is written after the listener was turned away."""
    house.clip()
    work = house.next("alice")
    monkeypatch.setattr(appender, "ANSWER_WITHIN_S", 0.05)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [log._LOCK])
        late = Running(lambda: press_play(reviewer(house), work))
        late.start()
        answer = late.result()
        assert answer.status_code == 503
        assert b"key" not in answer.content
    monkeypatch.setattr(appender, "ANSWER_WITHIN_S", PATIENCE_S)
    assert press_play(reviewer(house), work).status_code == 200
    assert played() == 2
    assert counted() == (1, True)
    assert_works_again(house, work)


def test_the_connection_of_the_log_is_lost_and_found(house: House) -> None:
    house.clip()
    work = house.next("alice")
    assert_works_again(house, work)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert press_play(reviewer(house), work).status_code == 503
    assert played() == 1
    assert_works_again(house, work)


# --- The play's own transaction, which began before the entry and ends after it --------------------------------------


def test_a_play_that_is_not_committed_keeps_its_key(house: House) -> None:
    """The entry is durable and the key is computed; COMMIT fails, and nothing counts but the entry."""
    house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    client = reviewer(house)
    for entries, breaks in enumerate((broken.refused_at_commit, broken.cut_at_commit), 1):
        with breaks("review_assignment"):
            assert_silent(press_play(client, work))
        assert (tiles.size(), played(), counted()) == (before + entries, entries, (0, False)), breaks
    assert_works_again(house, work)


def test_a_play_that_is_committed_and_not_answered_keeps_its_key(house: House) -> None:
    """It counts as heard: that errs on the speaker's side."""
    clip = house.clip("robin")
    work, before = house.next("alice"), tiles.size()
    client = reviewer(house)
    with broken.unanswered_at_commit():
        assert_silent(press_play(client, work))
    assert (tiles.size(), played(), counted()) == (before + 1, 1, (1, True))
    robin = house.speaker_client("robin")
    robin.raise_request_exception = False
    with broken.unanswered_at_commit():
        assert_silent(robin.get(f"/speaker/clips/{clip.id}/audio"))
    assert played() == 2
    assert_works_again(house, work)


def test_an_answer_that_cannot_be_composed_is_an_entry_without_bytes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.clip("robin")
    work = house.next("alice")
    for entries, breaks in enumerate(broken.PAIR, 1):
        with monkeypatch.context() as fault:
            fault.setattr(api, "create_response", breaks(api.create_response))
            assert_silent(press_play(reviewer(house), work))
        assert (played(), counted()) == (entries, (entries, True))
    assert_works_again(house, work)


def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(house: House, live_server: LiveServer) -> None:
    """A second entry: the log cannot know that the first key never arrived, and says what it knows."""
    house.clip("robin")
    work = house.next("alice")
    _ask_and_hang_up(live_server.url, house, work)
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.02)):
        if counted() == (1, True):
            break
        pause.wait(0.02)
    assert (played(), counted()) == (1, (1, True))
    assert_works_again(house, work)
    assert (played(), counted()) == (2, (2, True))


def _ask_and_hang_up(origin: str, house: House, work: dict[str, Any]) -> None:
    """Send a play and reset the connection before a byte of the answer is read."""
    parts = urlsplit(origin)
    session = house.client("alice").cookies[settings.SESSION_COOKIE_NAME].value
    body = json.dumps({"assignment": work["assignment"]})
    lines = [
        "POST /api/v1/review/plays HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets
        asking.sendall("\r\n".join([*lines, "", body]).encode())
