"""Processes killed hard at random points, by the machinery of ``bench crash``; and that it would see a loss."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django.live_server_helper import LiveServer

from bench import claims, crash
from bench.claims import Claims
from fairhearing.ledger import queries as ledger
from fairhearing.ledger import signing, soundness, tiles
from fairhearing.review.models import Judgement
from fairhearing.tlog import Checkpoint
from fairhearing.tlog import checkpoint as checkpoints
from tests.house import House

KILLS = 24  # two lives of ``run``; the bench has hundreds
HURRIED = 0.5  # more often than the bench: half of the kills come before the last one was recovered from
NOTHING = ("unlogged", "unopened", "lost", "double", "unsound", "ahead", "unpublished", "left_over")


def test_kills_at_any_moment_lose_nothing_double_nothing_and_let_nobody_hear_in_secret() -> None:
    """``KILLS_SEED`` repeats the choices of a run that failed; its seed stands in the figures and in what was said."""
    seed = int(os.environ.get("KILLS_SEED") or secrets.randbelow(2**32))
    found = crash.storm(kills=KILLS, seed=seed, hurried=HURRIED)
    assert {name: found[name] for name in NOTHING} == dict.fromkeys(NOTHING, 0), found
    assert found["refused"] == [], found
    assert found["killed"] == KILLS
    assert set(found["kills"]) == {*crash.LIFE, "everything"}
    assert found["listens"] > KILLS
    assert found["verified"] > KILLS // 4, found


# --- It would see a loss ---------------------------------------------------------------------------------------------


@pytest.fixture
def told(house: House, live_server: LiveServer) -> Claims:
    """What alice was told about one clip, all of it true so far."""
    house.clip("robin")
    work = house.judge("alice", choice=1)
    given = connection.get_connection_params()
    parameters = {name: given[name] for name in ("host", "port", "dbname", "user", "password") if name in given}
    found = Claims(
        home=Path(settings.HOME.root),
        log=urlsplit(live_server.url).netloc,
        database=make_conninfo(**parameters),
        vkey=ledger.vkey(),
    )
    found.listens.append((work["listen"], work["assignment"]))
    found.judgements.append((work["judgement"], work["assignment"]))
    soundness.memory().unlink(missing_ok=True)
    found.check()
    assert (found.found.wrong, found.found.verified, found.size) == (0, 1, tiles.size())
    return found


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _a_key_without_an_entry(told: Claims) -> None:
    told.listens.append(("lis_never", told.listens[0][1]))


def _an_entry_of_another_clip(told: Claims) -> None:
    _sql("UPDATE ledger_record SET clip = 'clip_another' WHERE kind = 'played'")


def _a_play_that_was_not_counted(told: Claims) -> None:
    _sql("UPDATE review_assignment SET plays = 0")


def _a_judgement_that_is_gone(told: Claims) -> None:
    Judgement.objects.all().delete()


def _a_judgement_twice(told: Claims) -> None:
    (first,) = Judgement.objects.all()
    Judgement.objects.create(
        id="jud_twice", assignment_id=first.assignment_id, clip_id=first.clip_id, account_id=first.account_id, choice=1
    )


def _an_entry_that_was_changed(told: Claims) -> None:
    _sql("UPDATE ledger_logentry SET body = '{}'")


def _a_log_that_was_rolled_back(told: Claims) -> None:
    signer = signing.signer()
    soundness.remember(checkpoints.sign(Checkpoint(signer.name, told.size + 1, bytes(32)), signer))


@pytest.mark.parametrize(
    ("harm", "seen"),
    [
        (_a_key_without_an_entry, "unlogged"),
        (_an_entry_of_another_clip, "unlogged"),
        (_a_play_that_was_not_counted, "lost"),
        (_a_judgement_that_is_gone, "lost"),
        (_a_judgement_twice, "double"),
        (_an_entry_that_was_changed, "unsound"),
        (_a_log_that_was_rolled_back, "ahead"),
    ],
)
def test_what_is_lost_is_seen(told: Claims, harm: Callable[[Claims], Any], seen: str) -> None:
    harm(told)
    try:
        told.check(whole=True)
    finally:
        soundness.memory().unlink(missing_ok=True)
    assert getattr(told.found, seen) > 0, told.found


def test_a_record_that_says_something_else_than_its_entry_is_seen(told: Claims) -> None:
    listens = [listen for listen, _ in told.listens]
    assert claims.count_unopened(listens) == 0
    _sql("UPDATE ledger_record SET country = 'XX' WHERE kind = 'played'")
    assert claims.count_unopened(listens) == 1
    assert claims.count_unopened(["lis_never"]) == 1
