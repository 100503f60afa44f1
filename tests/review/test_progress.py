"""The controller's numbers against a plain count over the same rows, made at random."""

import random
import secrets
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import fmean
from typing import Any

import pytest

from fairhearing import ids
from fairhearing.capture.models import Clip
from fairhearing.measure.alpha import krippendorff_alpha
from fairhearing.programmes import actions as programmes
from fairhearing.programmes.models import Programme, Task
from fairhearing.review import progress
from fairhearing.review.models import (
    Assignment,
    AssignmentState,
    Flag,
    Judgement,
    Likeness,
    MissedData,
    Supervision,
    Verdict,
)
from tests.house import House

NOW = datetime(2026, 5, 20, 15, 30, tzinfo=UTC)
PEOPLE = ("alice", "bob", "charlie", "lead")


class Rows:
    """Assignments, answers and what they came to, at random times of 20 days; each kept as it was made."""

    def __init__(self, house: House, seed: int, task: Task = Task.TRANSCRIPTION) -> None:
        self.house, self.chance = house, random.Random(seed)
        self.answers: list[dict[str, Any]] = []
        self.settled: list[dict[str, Any]] = []
        self.verdicts: list[tuple[str, bool, datetime]] = []
        self.valued = task is Task.RATING
        for _ in range(self.chance.randint(6, 12)):
            self._clip(house.clip(speaker=self.chance.choice(("robin", "sam", "wren"))))

    def _clip(self, clip: Clip) -> None:
        begun = NOW - timedelta(seconds=self.chance.uniform(60, 20 * 86_400))
        answers = [self._answer(clip, name, begun) for name in self.chance.sample(PEOPLE, self.chance.randint(0, 4))]
        counting = [one for one in answers if one["counts"] and not one["flag"]]
        if counting and self.chance.random() < 0.8:
            self._settle(clip, counting)

    def _answer(self, clip: Clip, name: str, begun: datetime) -> dict[str, Any]:
        account = self.house.people[name]
        unaided, took = self.chance.random() < 0.4, self.chance.uniform(1, 40)
        played = begun + timedelta(seconds=self.chance.uniform(0, 20))
        assignment = Assignment.objects.create(
            id=ids.new("assignment"), clip=clip, account=account, programme=self.house.programme, unaided=unaided,
            state=AssignmentState.JUDGED, lease_ends_at=begun, nonce=secrets.token_bytes(16), first_played_at=played,
        )  # fmt: skip
        flag = self.chance.choice(("", "", "", "", *Flag.values))
        choice = None if flag or unaided or self.valued or self.chance.random() < 0.3 else self.chance.randint(1, 2)
        value = self.chance.randint(1, 3) if self.valued and not flag else None
        fields = {"assignment": assignment, "clip": clip, "account": account}
        made = Judgement.objects.create(
            id=ids.new("judgement"), choice=choice, value=value, flag=flag, reported_ms=1500, **fields
        )
        at = min(played + timedelta(seconds=took), NOW)
        Judgement.objects.filter(id=made.id).update(at=at)
        counts = self.chance.random() < 0.85
        if not counts:  # taken back
            Judgement.objects.create(id=ids.new("judgement"), undone=True, supersedes=made, **fields)
        answer = {
            "id": made.id, "clip": clip.id, "account": account, "at": at, "played": played, "flag": flag,
            "choice": choice, "value": value, "unaided": unaided, "counts": counts, "number": self.chance.randint(0, 2),
        }  # fmt: skip
        self.answers.append(answer)
        if counts and not flag and self.chance.random() < 0.3:
            self._verdict(made, answer)
        return answer

    def _verdict(self, made: Judgement, answer: dict[str, Any]) -> None:
        right = self.chance.random() < 0.7
        row = Verdict.objects.create(
            judgement=made, clip=made.clip, account=made.account, programme=self.house.programme, right=right
        )
        Verdict.objects.filter(judgement=row.judgement).update(at=answer["at"])
        self.verdicts.append((made.account_id, right, answer["at"]))

    def _settle(self, clip: Clip, counting: list[dict[str, Any]]) -> None:
        at = max(one["at"] for one in counting)
        how = self.chance.choice(("agreed", "words", "lead"))
        agreed = self.chance.randint(0, len(counting))
        row = Supervision.objects.create(
            id=ids.new("supervision"), clip=clip, programme=self.house.programme, sealed_text=b"-", agreed=agreed,
            judgements=len(counting), how=how,
        )  # fmt: skip
        Supervision.objects.filter(id=row.id).update(settled_at=at)
        for one in counting:
            Likeness.objects.create(
                judgement_id=one["id"], clip=clip, account=one["account"], programme=self.house.programme,
                number=one["number"],
            )  # fmt: skip
        self.settled.append({"at": at, "how": how, "agreed": agreed, "answers": counting})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_count_is_what_a_plain_count_finds(house: House, seed: int) -> None:
    rows = Rows(house, seed)
    found = progress.of(house.programme, days=14, now=NOW)
    first = datetime(2026, 5, 7, tzinfo=UTC)
    assert [one.begins for one in found.days] == [first + timedelta(days=at) for at in range(14)]
    for one in found.days:
        judged = [row for row in rows.answers if row["counts"] and row["at"].date() == one.begins.date()]
        assert one.judgements == len(judged)
        assert one.settled == sum(row["at"].date() == one.begins.date() for row in rows.settled)
        assert one.listens == sum(row["played"].date() == one.begins.date() for row in rows.answers)
        assert one.flags == {kind: n for kind in Flag.values if (n := sum(row["flag"] == kind for row in judged))}
        took = sorted((row["at"] - row["played"]).total_seconds() for row in judged)
        assert _near(one.median_s, _quantile(took, 0.5))
        assert _near(one.ninetieth_s, _quantile(took, 0.9))
    assert len(found.hours) == 16
    today = [row for row in rows.answers if row["counts"] and row["at"] >= NOW.replace(hour=0, minute=0)]
    assert sum(one.judgements for one in found.hours) == len(today)


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_agreement_and_sway_are_what_a_plain_count_finds(house: House, seed: int) -> None:
    rows = Rows(house, seed)
    found = progress.of(house.programme, days=14, now=NOW)
    settled = [one for one in rows.settled if one["at"] >= datetime(2026, 5, 7, tzinfo=UTC)]
    disputed = sum(one["agreed"] < len(one["answers"]) for one in settled)
    assert (found.agreement.disputed.number, found.agreement.disputed.of) == (disputed, len(settled))
    assert found.agreement.lead.number == sum(one["how"] == "lead" for one in settled)
    shares = [
        fmean(one["number"] == other["number"] for one, other in combinations(clip["answers"], 2))
        for clip in settled
        if len(clip["answers"]) > 1
    ]
    assert found.agreement.clips == len(shares)
    assert _near(found.agreement.pairwise, fmean(shares) if shares else None)
    assert found.agreement.alpha is None  # a text has no choices that mean the same on every clip
    counted: dict[bool, list[bool]] = {True: [], False: []}
    for clip in settled:
        for one in clip["answers"]:
            chosen = [other["number"] for other in clip["answers"] if other is not one and other["choice"] is not None]
            if chosen:
                counted[one["unaided"]].append(one["number"] in chosen)
    for share, plain in ((found.sway.shown, counted[False]), (found.sway.unaided, counted[True])):
        assert (share.number, share.of) == (sum(plain), len(plain))


def test_known_answers_are_counted_by_reviewer_and_few_have_no_share(house: House) -> None:
    rows = Rows(house, 7)
    found = progress.of(house.programme, days=14, now=NOW)
    plain: dict[str, list[bool]] = defaultdict(list)
    for account, right, at in rows.verdicts:
        if at >= datetime(2026, 5, 7, tzinfo=UTC):
            plain[account].append(right)
    assert plain
    assert {one.account: (one.right.number, one.right.of) for one in found.reviewers} == {
        account: (sum(rights), len(rights)) for account, rights in plain.items()
    }
    assert (found.known.number, found.known.of) == (
        sum(sum(rights) for rights in plain.values()),
        sum(len(rights) for rights in plain.values()),
    )
    assert all(one.told == (one.right.of >= 10) for one in found.reviewers)


def test_alpha_is_told_where_choices_mean_the_same_on_every_clip(house: House) -> None:
    Programme.objects.filter(id=house.programme.id).update(task=Task.RATING)
    house.programme.refresh_from_db()
    rows = Rows(house, 8, Task.RATING)
    since = datetime(2026, 5, 7, tzinfo=UTC)
    plain = krippendorff_alpha([[a["value"] for a in one["answers"]] for one in rows.settled if one["at"] >= since])
    assert plain is not None
    assert _near(progress.of(house.programme, days=14, now=NOW).agreement.alpha, plain)


def test_another_programme_has_none_of_it(house: House) -> None:
    Rows(house, 9)
    other = programmes.create(slug="other", language="en", task=Task.TRANSCRIPTION)
    MissedData.objects.create(programme=house.programme, kind="name", count=3)
    assert progress.of(house.programme, now=NOW).missed == [("name", 3)]
    found = progress.of(other, days=20, now=NOW)
    assert sum(one.judgements + one.settled + one.listens for one in found.days) == 0
    assert (found.missed, found.reviewers, found.agreement.pairwise) == ([], [], None)
    assert (found.sway.difference, found.known.value, found.known.interval) == (None, None, None)


@pytest.mark.parametrize("days", [0, 91, -3])
def test_a_strange_number_of_days_is_refused(house: House, days: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 90"):
        progress.of(house.programme, days=days)


def test_own_days_are_ones_own(house: House) -> None:
    rows = Rows(house, 10)
    mine = house.people["alice"]
    found = progress.own_days(mine.id, days=30, now=NOW)
    plain = [row for row in rows.answers if row["account"] == mine and row["counts"]]
    assert plain
    assert sum(one.judgements for one in found) == len(plain)
    assert sum(one.reported_s for one in found) == pytest.approx(1.5 * len(plain))


def _quantile(ordered: list[float], share: float) -> float | None:
    """By linear interpolation between the two nearest."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return float(one) == pytest.approx(other, abs=1e-4)
