"""A process that fills a home with very many clips and times ``review.assign`` there."""

import json
import sys
import time
from typing import TYPE_CHECKING

from bench.machine import median, percentile
from bench.options import say
from fairhearing.home import Home
from fairhearing.startup import ready

if TYPE_CHECKING:
    from fairhearing.accounts.models import Account
    from fairhearing.programmes.models import Programme

REVIEWERS = 8
HISTORY = 500  # assignments of each reviewer before anything is timed
CALLS = 400
ROUNDS = 3
EXHAUSTED = 20_000
CLIPS_A_RECORDING = 10

_FILL = """
INSERT INTO vault_datakey (id, epoch, wrapped)
SELECT 'dek_' || r, '2026-W47', '\\x00' FROM generate_series(1, {recordings}) r;
INSERT INTO capture_recording (id, programme_id, product, region, state, reasons, received_hour, age_band, trigger,
    indicator, content_digest, duration_ms, cpu_ms, report)
SELECT 'rec_' || r, '{programme}', 'hearth', '', 'prepared', '[]', '2026-11-22T10:00:00Z', 'unknown', '', '',
       sha256(('c' || r)::bytea), 30000, 0, '{{}}' FROM generate_series(1, {recordings}) r;
INSERT INTO capture_channel (id, recording_id, number, handle, language, key_id, original_key_id, original_object,
    human_review, automatic_improvement, notice, method, consent_day, withdrawn)
SELECT 'chn_' || r, 'rec_' || r, 0, sha256(('h' || r)::bytea), 'en', 'dek_' || r, '', '', TRUE, TRUE,
       'people-listen-1', 'click', '2026-01-02', FALSE FROM generate_series(1, {recordings}) r;
INSERT INTO capture_clip (id, programme_id, channel_id, start, "end", object_name, state, peaks_sealed, worth)
SELECT 'clip_' || n, '{programme}', 'chn_' || (1 + n / {each}), (n % {each}) * 48000, (n % {each} + 1) * 48000,
       encode(sha256(('o' || n)::bytea), 'hex'), 'ready', '\\x00', 1.0 FROM generate_series(0, {clips} - 1) n;
INSERT INTO review_queueitem (clip_id, programme_id, place, wanted, disputed)
SELECT 'clip_' || n, '{programme}', 1 + (random() * 4611686018427387902)::bigint, {wanted}, FALSE
FROM generate_series(0, {clips} - 1) n;
"""


def main() -> None:
    """Fill, analyse, time; prints p50 and p95 in milliseconds, and how it is at the ring's end and its worn start."""
    clips = json.load(sys.stdin)["clips"]
    with ready.django(Home.from_environment()):
        programme, reviewers = _people()
        _fill(programme, clips)
        for reviewer in reviewers:
            _timed(programme, [reviewer], HISTORY)
        _statement("ANALYZE")
        rounds = [_timed(programme, reviewers, CALLS) for _ in range(ROUNDS)]
        found = {
            "p50": median((percentile(times, 50) for times in rounds), 3),
            "p95": median((percentile(times, 95) for times in rounds), 3),
            **_at_the_edges(programme, reviewers[0], clips),
        }
        print(json.dumps(found))


def _people() -> tuple["Programme", list["Account"]]:
    from fairhearing.accounts import actions as accounts
    from fairhearing.accounts.models import Role
    from fairhearing.programmes import actions as programmes
    from fairhearing.programmes.models import Task

    programme = programmes.create(slug="assistant", language="en", task=Task.TRANSCRIPTION, judgements_wanted=3)
    people = [
        accounts.create_account(email=f"r{number}@example.com", role=Role.REVIEWER) for number in range(REVIEWERS)
    ]
    return programme, people


def _fill(programme: "Programme", clips: int) -> None:
    say(f"making {clips:,} rows of each kind")
    script = _FILL.format(
        programme=programme.id,
        clips=clips,
        recordings=clips // CLIPS_A_RECORDING + 1,
        each=CLIPS_A_RECORDING,
        wanted=programme.judgements_wanted,
    )
    for statement in script.strip().split(";\n"):
        _statement(statement)
    _statement("ANALYZE")


def _statement(sql: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


def _timed(programme: "Programme", reviewers: list["Account"], calls: int) -> list[float]:
    """Reviewers in turn: a clip is handed out (this is timed) and marked as judged (this is not)."""
    from fairhearing.review import assign
    from fairhearing.review.models import Assignment

    times = []
    for call in range(calls):
        account = reviewers[call % len(reviewers)].id
        begun = time.perf_counter()
        taken = assign.assign(account=account, programme=programme)
        times.append(1000 * (time.perf_counter() - begun))
        if taken is None:
            raise RuntimeError(f"call {call}: nothing was handed out")
        Assignment.objects.filter(id=taken.id).update(state="judged")
    return times


def _at_the_edges(programme: "Programme", reviewer: "Account", clips: int) -> dict[str, float]:
    """Near the ring's end, where the search begins anew; and when what lies ahead was all judged by this reviewer."""
    from fairhearing.review.models import RingPosition

    mine = RingPosition.objects.filter(account=reviewer, programme=programme)
    mine.update(place=(1 << 62) - 1)
    wrap = _timed(programme, [reviewer], 1)
    worn = min(EXHAUSTED, clips // 2)
    _statement(
        "INSERT INTO review_assignment (id, clip_id, account_id, programme_id, state, lease_ends_at, nonce, "
        "served_sha256, plays) "
        f"SELECT 'asg_worn_' || clip_id, clip_id, '{reviewer.id}', programme_id, 'judged', now(), '\\x00', '', 1 "
        f"FROM review_queueitem WHERE wanted > 0 ORDER BY place LIMIT {worn} ON CONFLICT DO NOTHING"
    )
    _statement("ANALYZE review_assignment")
    mine.update(place=0)
    first = _timed(programme, [reviewer], 1)
    after = _timed(programme, [reviewer], 50)
    return {"wrap": round(wrap[0], 2), "worn_start_first": round(first[0], 2), "worn_start_after": median(after, 3)}


if __name__ == "__main__":
    main()
