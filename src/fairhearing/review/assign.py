"""Handing out work: the next clip for somebody, with a lease.

Clips lie at random places on a ring; a reviewer goes round it. What they had lies behind them, so that the search
looks at a handful of rows whether ten thousand clips wait or a million. Disputed clips come first: they are few.
Now and then a clip comes whose answer is known (``known``), and a lead reviewer is given what others did not agree on.
Everything is one statement, and the row is locked with SKIP LOCKED: of many who ask at once, nobody waits and nobody
is given the same place twice.
"""

import math
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from fairhearing import ids, statements
from fairhearing.programmes.models import Asks, Programme
from fairhearing.review import known
from fairhearing.review.exposure import Counted
from fairhearing.review.models import Assignment, AssignmentState, Purpose

HELD_MOST = 2  # the clip in front of somebody, and the next one, fetched early
NONCE_BYTES = 16

_GIVEN = """
given AS (
    INSERT INTO review_assignment AS a
        (id, clip_id, account_id, programme_id, state, lease_ends_at, nonce, served_sha256, plays, purpose, unaided)
    SELECT %(id)s, picked.clip_id, %(account)s, %(programme)s, 'open',
           now() + make_interval(secs => %(lease)s::double precision), %(nonce)s, '', 0, %(purpose)s, %(unaided)s
    FROM picked
    ON CONFLICT (clip_id, account_id) DO UPDATE
        SET state = 'open', lease_ends_at = excluded.lease_ends_at, nonce = excluded.nonce,
            served_sha256 = '', plays = 0, purpose = excluded.purpose
        WHERE a.state = 'expired'  -- not where another window of theirs won
    RETURNING id, clip_id, lease_ends_at
)
"""
_TAKE = """
WITH picked AS (
    SELECT q.clip_id, q.place FROM review_queueitem q
    WHERE q.programme_id = %(programme)s AND q.wanted > 0 AND q.disputed = {disputed} AND NOT q.awaits_speaker
      AND q.purpose = %(purpose)s
      AND q.place > %(above)s::bigint AND q.place <= %(upto)s::bigint AND q.clip_id <> ALL(%(passed)s)
      AND NOT EXISTS (SELECT 1 FROM review_assignment a
                      WHERE a.clip_id = q.clip_id AND a.account_id = %(account)s AND a.state <> 'expired')
    ORDER BY q.place LIMIT 1 FOR UPDATE OF q SKIP LOCKED
), {given}, taken AS (
    UPDATE review_queueitem q SET wanted = q.wanted - 1 FROM given WHERE q.clip_id = given.clip_id
), moved AS (
    INSERT INTO review_ringposition (account_id, programme_id, place)
    SELECT %(account)s, %(programme)s, picked.place FROM picked WHERE NOT {disputed}
    ON CONFLICT (account_id, programme_id) DO UPDATE SET place = excluded.place
)
SELECT id, clip_id, lease_ends_at FROM given
"""

_TAKE_DISPUTED = _TAKE.format(disputed="TRUE", given=_GIVEN)
_TAKE_NEXT = _TAKE.format(disputed="FALSE", given=_GIVEN)
_TAKE_KNOWN = f"""
WITH picked AS (
    SELECT k.clip_id FROM review_knownanswer k
    WHERE k.programme_id = %(programme)s AND k.place > %(above)s::bigint AND k.place <= %(upto)s::bigint
      AND k.clip_id <> ALL(%(passed)s)
      AND EXISTS (SELECT 1 FROM capture_clip c JOIN capture_channel h ON h.id = c.channel_id WHERE c.id = k.clip_id
                  AND NOT h.paused AND COALESCE(c.heard_by_people, %(asks_once)s::boolean))
      AND NOT EXISTS (SELECT 1 FROM review_assignment a WHERE a.clip_id = k.clip_id AND a.account_id = %(account)s)
    ORDER BY k.place LIMIT 1
), {_GIVEN}
SELECT id, clip_id, lease_ends_at FROM given
"""  # noqa: S608 - our own names
_PLACES = 1 << 62
_BANDS = 16
# Where they are on the ring, whether anything is disputed, and what they hold: no row, or one, or several.
_STANDING = """
SELECT p.place,
       EXISTS (SELECT 1 FROM review_queueitem WHERE programme_id = %(programme)s AND wanted > 0 AND disputed = TRUE
               AND NOT awaits_speaker AND purpose = 'judging'),
       held.id, held.clip_id, held.lease_ends_at
FROM (SELECT 1) AS always
LEFT JOIN review_ringposition p ON p.account_id = %(account)s AND p.programme_id = %(programme)s
LEFT JOIN (SELECT id, clip_id, lease_ends_at FROM review_assignment
           WHERE account_id = %(account)s AND programme_id = %(programme)s AND state = 'open' AND lease_ends_at > now()
           ORDER BY lease_ends_at LIMIT 3) held ON TRUE
ORDER BY held.lease_ends_at
"""
_PLAYED = """
WITH before AS (SELECT first_played_at IS NULL AS new FROM review_assignment WHERE id = %(assignment)s),
played AS (
    UPDATE review_assignment SET plays = plays + 1, first_played_at = COALESCE(first_played_at, statement_timestamp())
    WHERE id = %(assignment)s
)
INSERT INTO review_exposure AS e (digest, week, clips)
SELECT %(exposure)s::bytea, %(week)s::date, 1 FROM before WHERE new
ON CONFLICT (digest) DO UPDATE SET clips = e.clips + 1
"""
_DISTRESSED = """
INSERT INTO review_distress AS d (account_id, day, ms)
SELECT a.account_id, (now() AT TIME ZONE 'UTC')::date, (c."end" - c.start) / 16
FROM review_assignment a JOIN capture_clip c ON c.id = a.clip_id WHERE a.id = %s AND a.first_played_at IS NULL
ON CONFLICT (account_id, day) DO UPDATE SET ms = d.ms + excluded.ms
"""
_GIVE_BACK = """
WITH gone AS (
    UPDATE review_assignment SET state = 'expired' WHERE id = %s AND state = 'open' RETURNING clip_id, purpose
)
UPDATE review_queueitem q SET wanted = q.wanted + 1 FROM gone
WHERE q.clip_id = gone.clip_id AND q.purpose = gone.purpose
"""
_SERVED = "UPDATE review_assignment SET served_sha256 = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Assigned:
    """An open assignment."""

    id: str
    clip: str
    lease_ends_at: datetime


def place_for(worth: float) -> int:
    """A place on the ring, 1 to 2^62: random within a sixteenth that the clip's worth decides.

    ``worth`` is ``measure.listening.score``. Who goes round the ring hears first what tells most a second.
    """
    band = _BANDS - 1 if worth <= 0 else min(_BANDS - 1, max(0, round(-2 * math.log2(worth))))
    width = _PLACES // _BANDS
    return band * width + secrets.randbelow(width) + 1


def assign(
    *,
    account: str,
    programme: Programme,
    holding: frozenset[str] = frozenset(),
    passed: Sequence[str] = (),
    disputed_first: bool = True,
    lead: bool = False,
) -> Assigned | None:
    """The next clip for a reviewer, or None when nothing waits for them.

    What they hold already and do not name in ``holding`` (a reloaded page) is given again first. ``passed`` are clips
    that were tried just now and are not for them. A ``lead`` reviewer is given what waits for one before all else.
    """
    whose = {"account": account, "programme": programme.id}
    standing = statements.rows(_STANDING, whose)
    place, disputed = standing[0][0] or 0, standing[0][1]
    held = [Assigned(*row[2:]) for row in standing if row[2] is not None]
    lost = [assigned for assigned in held if assigned.id not in holding]
    if lost or len(held) >= HELD_MOST:
        return lost[0] if lost else held[0]
    parameters = {
        **whose,
        "id": ids.new("assignment"),
        "lease": programme.lease_seconds,
        "nonce": secrets.token_bytes(NONCE_BYTES),
        "passed": list(passed),
        "asks_once": programme.asks == Asks.ONCE,
    }
    for take, purpose, above, upto in _ways(account, programme, place, disputed and disputed_first, lead):
        # What is shown without candidates is decided anew for each assignment, whoever and whatever it is.
        unaided = purpose is not Purpose.LEAD and _happens(programme.unaided_share)
        more = {"purpose": purpose.value, "unaided": unaided, "above": above, "upto": upto}
        taken = statements.first(take, {**parameters, **more})
        if taken is not None:
            return Assigned(*taken)
    return None


def _ways(
    account: str, programme: Programme, place: int, disputed: bool, lead: bool
) -> Iterator[tuple[str, Purpose, int, int]]:
    """The ways to a clip, in the order in which they are tried: statement, purpose, and a piece of the ring."""
    if lead:
        yield _TAKE_DISPUTED, Purpose.LEAD, 0, _PLACES
    if programme.known_share and _happens(known.rate(account=account, programme=programme)):
        somewhere = secrets.randbelow(_PLACES)
        yield _TAKE_KNOWN, Purpose.KNOWN, somewhere, _PLACES
        yield _TAKE_KNOWN, Purpose.KNOWN, 0, somewhere
    if disputed:
        yield _TAKE_DISPUTED, Purpose.JUDGING, 0, _PLACES
    yield _TAKE_NEXT, Purpose.JUDGING, place, _PLACES
    yield _TAKE_NEXT, Purpose.JUDGING, 0, place


def _happens(share: float) -> bool:
    """True in so many of all cases, 0 to 1; nobody can tell before."""
    return share > 0 and secrets.randbelow(1_000_000) < share * 1_000_000


def give_back(*, assignment: str) -> None:
    """End an open assignment that nobody may use; its clip waits for others again, or for another day."""
    statements.rows(_GIVE_BACK, [assignment])


def lease_of(*, assignment: str) -> datetime:
    """Until when an assignment is somebody's."""
    return Assignment.objects.values_list("lease_ends_at", flat=True).get(id=assignment)


def note_served(*, assignment: str, sha256: str) -> None:
    """Keep the hash of the sealed copy that was handed out. The gate calls it."""
    statements.rows(_SERVED, [sha256, assignment])


def note_play(*, assignment: str, counted: Counted | None, distressing: bool = False) -> None:
    """Count a play, and the first one of a clip to the reviewer's exposure and their day's distress.

    The gate calls it.
    """
    if counted is None:
        raise ValueError(f"a play of {assignment} that counts nowhere: expected its exposure")
    if distressing:
        statements.rows(_DISTRESSED, [assignment])
    statements.rows(_PLAYED, {"assignment": assignment, "exposure": counted.digest, "week": counted.week})


@transaction.atomic
def renew(*, assignment: str, account: str) -> datetime | None:
    """Begin the lease anew while somebody is working; None when it is theirs no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE review_assignment a SET lease_ends_at = now() + make_interval(secs => g.lease_seconds) "
            "FROM programmes_programme g WHERE g.id = a.programme_id AND a.id = %s AND a.account_id = %s "
            "AND a.state = 'open' AND a.lease_ends_at > now() RETURNING a.lease_ends_at",
            [assignment, account],
        )
        row = cursor.fetchone()
    return row[0] if row else None


@transaction.atomic
def expire_leases() -> int:
    """Give back what nobody finished in time; gives how many. The worker calls it every few seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS (SELECT id, clip_id, purpose FROM review_assignment "
            "             WHERE state = 'open' AND lease_ends_at <= now() FOR UPDATE SKIP LOCKED), "
            "ended AS (UPDATE review_assignment a SET state = 'expired' FROM due WHERE a.id = due.id), "
            "back AS (SELECT clip_id, purpose, count(*) AS number FROM due GROUP BY clip_id, purpose) "
            "UPDATE review_queueitem q SET wanted = q.wanted + back.number FROM back "
            "WHERE q.clip_id = back.clip_id AND q.purpose = back.purpose "
            "RETURNING back.number"
        )
        return sum(row[0] for row in cursor.fetchall())


def end_open(**which: object) -> int:
    """End open assignments (``clip_id__in=…``, ``account=…``); their plays are refused from now on."""
    return Assignment.objects.filter(state=AssignmentState.OPEN, **which).update(state=AssignmentState.ENDED)
