"""How far a programme is and how good its answers are: reads alone, of the last days (``docs/progress.md``).

No text is opened for it: what somebody answered is known by which answers were the same (``Likeness``), whether a
candidate was chosen, and how answers to known clips compare. Days and hours are UTC.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.utils import timezone

from fairhearing import statements
from fairhearing.measure.alpha import krippendorff_alpha
from fairhearing.measure.intervals import Interval, newcombe, wilson
from fairhearing.programmes.models import Programme
from fairhearing.review.kinds import kind_of

DAYS: Final = 14
DAYS_MOST: Final = 90
FEWEST: Final = 10  # answers, below which no share of a reviewer is told
REVIEWERS_MOST: Final = 200
CLIPS_MOST: Final = 20_000  # that alpha is computed of: the newest

# The answers that count: nobody took them back, and no later one replaced them.
_COUNTS = "NOT j.undone AND NOT EXISTS (SELECT 1 FROM review_judgement later WHERE later.supersedes_id = j.id)"
_JUDGED = f"""
SELECT date_trunc(%(step)s, j.at, 'UTC'), count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM j.at - a.first_played_at)),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM j.at - a.first_played_at))
FROM review_judgement j JOIN review_assignment a ON a.id = j.assignment_id
WHERE a.programme_id = %(programme)s AND j.at >= %(since)s AND {_COUNTS}
GROUP BY 1
"""  # noqa: S608 - our own names
_SETTLED = """
SELECT date_trunc(%(step)s, settled_at, 'UTC'), count(*) FROM review_supervision
WHERE programme_id = %(programme)s AND settled_at >= %(since)s GROUP BY 1
"""
_BEGUN = """
SELECT date_trunc(%(step)s, first_played_at, 'UTC'), count(*) FROM review_assignment
WHERE programme_id = %(programme)s AND first_played_at >= %(since)s GROUP BY 1
"""
_FLAGGED = f"""
SELECT date_trunc('day', j.at, 'UTC'), j.flag, count(*)
FROM review_judgement j JOIN review_assignment a ON a.id = j.assignment_id
WHERE a.programme_id = %(programme)s AND j.at >= %(since)s AND j.flag <> '' AND {_COUNTS}
GROUP BY 1, 2
"""  # noqa: S608 - our own names
_MISSED = "SELECT kind, count FROM review_misseddata WHERE programme_id = %(programme)s ORDER BY count DESC, kind"
_HOW = """
SELECT count(*), count(*) FILTER (WHERE agreed < judgements), count(*) FILTER (WHERE how = 'lead')
FROM review_supervision WHERE programme_id = %(programme)s AND settled_at >= %(since)s
"""
# Of each clip with two answers or more: the share of its pairs that agree, each clip counting alike.
_PAIRS = """
WITH groups AS (
    SELECT l.clip_id, l.number, count(*) AS n
    FROM review_supervision s JOIN review_likeness l ON l.clip_id = s.clip_id
    WHERE s.programme_id = %(programme)s AND s.settled_at >= %(since)s GROUP BY 1, 2
), clips AS (
    SELECT sum(n) AS answers, sum(n * (n - 1)) AS same FROM groups GROUP BY clip_id HAVING sum(n) > 1
)
SELECT count(*), avg(same / (answers * (answers - 1)))::float8 FROM clips
"""
_VALUES = """
SELECT l.clip_id, j.value FROM (
    SELECT clip_id FROM review_supervision
    WHERE programme_id = %(programme)s AND settled_at >= %(since)s ORDER BY settled_at DESC LIMIT %(most)s
) s JOIN review_likeness l ON l.clip_id = s.clip_id JOIN review_judgement j ON j.id = l.judgement_id
WHERE j.value IS NOT NULL ORDER BY l.clip_id
"""
_KNOWN = """
SELECT account_id, count(*) FILTER (WHERE "right"), count(*) FROM review_verdict
WHERE programme_id = %(programme)s AND at >= %(since)s GROUP BY 1 ORDER BY 3 DESC, 1
"""
# An answer counts here where another reviewer, who was shown candidates, chose one on the same clip; it goes along
# when it says the same as such a one. Asked alike of answers with and without candidates.
_SWAYED = """
WITH given AS (
    SELECT l.clip_id, l.number, a.unaided, (j.choice IS NOT NULL)::int AS chose
    FROM review_supervision s JOIN review_likeness l ON l.clip_id = s.clip_id
    JOIN review_judgement j ON j.id = l.judgement_id JOIN review_assignment a ON a.id = j.assignment_id
    WHERE s.programme_id = %(programme)s AND s.settled_at >= %(since)s
), counted AS (
    SELECT unaided, sum(chose) OVER (PARTITION BY clip_id) - chose AS others,
           sum(chose) OVER (PARTITION BY clip_id, number) - chose AS same
    FROM given
)
SELECT unaided, count(*) FILTER (WHERE same > 0), count(*) FROM counted WHERE others > 0 GROUP BY 1
"""
_OWN = f"""
SELECT date_trunc('day', j.at, 'UTC'), count(*), sum(j.reported_ms)::bigint
FROM review_judgement j WHERE j.account_id = %s AND j.at >= %s AND {_COUNTS} GROUP BY 1
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    number: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.number / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's, at 95 %; None of nothing."""
        return wilson(self.number, self.of) if self.of else None


@dataclass(slots=True)
class Step:
    """What happened in a day or an hour. Seconds are from the first play to the judgement."""

    begins: datetime
    judgements: int = 0
    settled: int = 0
    listens: int = 0
    median_s: float | None = None
    ninetieth_s: float | None = None
    flags: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the clips that were settled: pairs that agree (0 to 1), alpha (-1 to 1), disputed, decided by a lead."""

    clips: int  # with two answers or more
    pairwise: float | None
    alpha: float | None  # of kinds of work whose choices mean the same on every clip
    disputed: Share
    lead: Share


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One reviewer's answers to known clips."""

    account: str
    right: Share

    @property
    def told(self) -> bool:
        """Whether there are enough answers to speak of a share."""
        return self.right.of >= FEWEST


@dataclass(frozen=True, slots=True)
class Sway:
    """Answers that say what another reviewer's chosen candidate says, with candidates shown and without."""

    shown: Share
    unaided: Share

    @property
    def difference(self) -> Interval | None:
        """Of the share with candidates less that without, at 95 %; None where one is of nothing."""
        if not self.shown.of or not self.unaided.of:
            return None
        return newcombe((self.shown.number, self.shown.of), (self.unaided.number, self.unaided.of))


@dataclass(frozen=True, slots=True)
class OwnDay:
    """One reviewer's day: answers that count, and seconds of speech that their page reported as heard."""

    begins: datetime
    judgements: int
    reported_s: float


@dataclass(frozen=True, slots=True)
class Progress:
    """All of it, since the beginning of the first day."""

    days: list[Step]
    hours: list[Step]  # of today
    missed: list[tuple[str, int]]  # since the programme began: of no day
    agreement: Agreement
    known: Share
    reviewers: list[Reviewer]  # those with the most answers
    sway: Sway


def of(programme: Programme, *, days: int = DAYS, now: datetime | None = None) -> Progress:
    """A programme's numbers of so many days (1 to 90), today included.

    Raises:
        ValueError: too few or too many days.
    """
    if not 1 <= days <= DAYS_MOST:
        raise ValueError(f"{days} days, expected 1 to {DAYS_MOST}")
    now = now or timezone.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    of_days = _steps(programme.id, "day", since, timedelta(days=1), days)
    asked = {"programme": programme.id, "since": since}
    for begins, flag, number in _within(of_days, statements.rows(_FLAGGED, asked)):
        of_days[begins].flags[flag] = number
    reviewers = [Reviewer(account, Share(right, answers)) for account, right, answers in statements.rows(_KNOWN, asked)]
    swayed = {unaided: Share(same, answers) for unaided, same, answers in statements.rows(_SWAYED, asked)}
    return Progress(
        days=list(of_days.values()),
        hours=list(_steps(programme.id, "hour", today, timedelta(hours=1), now.hour + 1).values()),
        missed=[(kind, number) for kind, number in statements.rows(_MISSED, asked)],
        agreement=_agreement(programme, asked),
        known=Share(sum(one.right.number for one in reviewers), sum(one.right.of for one in reviewers)),
        reviewers=reviewers[:REVIEWERS_MOST],
        sway=Sway(swayed.get(False, Share(0, 0)), swayed.get(True, Share(0, 0))),
    )


def own_days(account: str, *, days: int = DAYS, now: datetime | None = None) -> list[OwnDay]:
    """A reviewer's last days (UTC) over all programmes, today included, the oldest first."""
    today = (now or timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    found = {row[0]: (row[1], row[2] / 1000) for row in statements.rows(_OWN, [account, since])}
    steps = [since + timedelta(days=at) for at in range(days)]
    return [OwnDay(begins, *found.get(begins, (0, 0.0))) for begins in steps]


def _steps(programme: str, step: str, since: datetime, length: timedelta, number: int) -> dict[datetime, Step]:
    steps = {since + length * at: Step(since + length * at) for at in range(number)}
    asked = {"programme": programme, "step": step, "since": since}
    for begins, judgements, median, ninetieth in _within(steps, statements.rows(_JUDGED, asked)):
        one = steps[begins]
        one.judgements, one.median_s, one.ninetieth_s = judgements, median, ninetieth
    for begins, settled in _within(steps, statements.rows(_SETTLED, asked)):
        steps[begins].settled = settled
    for begins, listens in _within(steps, statements.rows(_BEGUN, asked)):
        steps[begins].listens = listens
    return steps


def _within(steps: dict[datetime, Step], rows: Iterable[Any]) -> list[Any]:
    """What came after ``now`` was read is of no step yet."""
    return [row for row in rows if row[0] in steps]


def _agreement(programme: Programme, asked: dict[str, Any]) -> Agreement:
    clips, pairwise = statements.first(_PAIRS, asked)
    settled, disputed, lead = statements.first(_HOW, asked)
    rows: Sequence[Any] = []
    if not kind_of(programme.task).texts:
        rows = statements.rows(_VALUES, {**asked, "most": CLIPS_MOST})
    answers = [[value for _, value in group] for _, group in groupby(rows, key=lambda row: row[0])]
    return Agreement(clips, pairwise, krippendorff_alpha(answers), Share(disputed, settled), Share(lead, settled))
