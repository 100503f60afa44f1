"""The law, against an oracle written from its words and not from its rules. Total, pure, closed; unknown is no."""

import ast
import os
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fairhearing.policy as package
from fairhearing.policy import (
    Act,
    Allow,
    Circumstances,
    Deny,
    DrillFacts,
    ExportFacts,
    Listener,
    PlayFacts,
    ProcessFacts,
    Reason,
    Rules,
    TraceFacts,
    decide,
)
from tests.policy import oracle
from tests.policy.oracle import MACHINES_LAW, RELEASES_LAW, REVIEWERS_LAW

REQUESTS = int(os.environ.get("POLICY_REQUESTS", "20000"))

GOOD_REVIEW = PlayFacts(
    found=True, listener=Listener.REVIEWER, reviewing_role=True, account_active=True, member=True,
    assigned_to_listener=True, assignment_open=True, lease_running=True, plays=0, plays_most=3, clip_ready=True,
    human_review=True, clip_agreed=True, withdrawn=False, minor=False, paused=False, neighbour_heard=False,
    recused=False, bucket_clips_most=5, skilled=True, distressing=False, distress_s_most=60,
)  # fmt: skip
GOOD_OWN = PlayFacts(found=True, listener=Listener.SPEAKER, own_channel=True, plays=0, plays_most=3)
GOOD_PROCESS = ProcessFacts(found=True, human_review=True, withdrawn=False, minor=False)
GOOD_EXPORT = ExportFacts(
    found=True, clip_ready=True, human_review=True, automatic_improvement=True, withdrawn=False, minor=False,
    paused=False,
)  # fmt: skip
GOOD_TRACE = TraceFacts(found=True, people=2)
GOOD_DRILL = DrillFacts(found=True, planted=True)


def check(facts: Any) -> None:
    """One decision against the oracle, and against itself."""
    decision = decide(facts)
    expected = oracle.grounds(facts)
    if expected:
        assert isinstance(decision, Deny), facts
        assert set(decision.rules) == oracle.house_rules(facts)
        assert {reason.value for reason in decision.reasons} == expected
        order = list(Reason)
        assert list(decision.reasons) == sorted(set(decision.reasons), key=order.index)
    else:
        assert isinstance(decision, Allow)
    assert decide(facts) == decision


def _any(kind: type, **fixed: Any) -> st.SearchStrategy[Any]:
    made: dict[str, st.SearchStrategy[Any]] = {}
    for field in fields(kind):
        if field.name in ("listener", "act"):
            made[field.name] = st.sampled_from(Listener if field.name == "listener" else Act)
        elif field.name == "circumstances":
            made[field.name] = st.builds(Circumstances, hour=st.integers(0, 23), vendor=st.text(max_size=9))
        elif field.name == "rules":
            made[field.name] = st.sampled_from(oracle.some_rules())
        elif field.name.startswith(("plays", "bucket_clips", "distress_s", "people")):
            made[field.name] = st.integers(0, 4)
        else:
            made[field.name] = st.booleans()
    return st.builds(kind, **{**made, **fixed})


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_thousand_random_requests_are_decided_as_the_law_says(seed: int) -> None:
    """Facts of every kind, with and without rules of a controller's, in five parts; POLICY_REQUESTS: of each part."""
    chance, rules = Random(seed), oracle.some_rules()
    yes = 0
    for _ in range(REQUESTS):
        facts = oracle.random_facts(chance, rules)
        yes += not oracle.grounds(facts)
        check(facts)
    assert 0.1 < yes / REQUESTS < 0.9, "both answers were asked for"


@settings(max_examples=300)
@given(facts=_any(PlayFacts) | _any(PlayFacts, found=st.just(True)))
def test_every_play_is_decided_as_the_law_says(facts: PlayFacts) -> None:
    check(facts)


def test_every_combination_of_a_machines_and_a_releases_facts_is_decided_as_the_law_says() -> None:
    for kind in (ProcessFacts, ExportFacts, TraceFacts, DrillFacts):
        names = [field.name for field in fields(kind) if field.type is bool]
        for values in product((False, True), repeat=len(names)):
            check(kind(**dict(zip(names, values, strict=True))))


def test_every_combination_of_a_reviewers_facts_is_decided_as_the_law_says() -> None:
    """All 2^15 of them, every other one without plays left."""
    for values in product((False, True), repeat=len(REVIEWERS_LAW)):
        plays = 3 * (sum(values) % 2 == 0)  # with all fifteen in order there are plays left
        check(replace(GOOD_REVIEW, plays=plays, **dict(zip(REVIEWERS_LAW, values, strict=True))))


def test_who_has_played_enough_may_still_read() -> None:
    """They must be able to answer; everything else that forbids hearing forbids reading."""
    assert isinstance(decide(replace(GOOD_REVIEW, act=Act.READ, plays=3)), Allow)
    for name, (good, ground) in REVIEWERS_LAW.items():
        refused = decide(replace(GOOD_REVIEW, act=Act.READ, **{name: not good}))
        assert refused == Deny((Reason(ground),))


@pytest.mark.parametrize(
    "good",
    [GOOD_REVIEW, GOOD_OWN, GOOD_PROCESS, GOOD_EXPORT, GOOD_TRACE, GOOD_DRILL],
    ids=lambda facts: str(type(facts)),
)
def test_what_is_all_in_order_is_allowed_and_one_bad_fact_is_enough_to_deny(good: Any) -> None:
    assert isinstance(decide(good), Allow)
    denied_by = set()
    for field in fields(good):
        value = getattr(good, field.name)
        if isinstance(value, bool):
            decision = decide(replace(good, **{field.name: not value}))
            if isinstance(decision, Deny):
                denied_by.add(field.name)
    expected = {
        GOOD_REVIEW: {"found", *REVIEWERS_LAW},
        GOOD_OWN: {"found", "own_channel"},
        GOOD_PROCESS: {"found", *MACHINES_LAW},
        GOOD_EXPORT: {"found", *RELEASES_LAW},
        GOOD_TRACE: {"found"},
        GOOD_DRILL: {"found", "planted"},
    }[good]
    assert denied_by == expected


@pytest.mark.parametrize("found", [False, True])
def test_where_nothing_is_known_the_answer_is_no(found: bool) -> None:
    """Facts that nobody collected have the value that denies."""
    for facts in (
        PlayFacts(found=found, listener=Listener.REVIEWER),
        PlayFacts(found=found, listener=Listener.SPEAKER),
        ProcessFacts(found=found),
        ExportFacts(found=found),
        TraceFacts(found=found),
        DrillFacts(found=found),
    ):
        assert isinstance(decide(facts), Deny)


def test_a_reviewer_about_whom_nothing_is_known_is_told_every_ground() -> None:
    decision = decide(PlayFacts(found=True, listener=Listener.REVIEWER))
    assert isinstance(decision, Deny)
    told = {reason.value for reason in decision.reasons}
    assert told == {
        "too_many_plays",
        "bucket_spent",
        "distress_spent",
        *(ground for _, ground in REVIEWERS_LAW.values()),
    }


def test_a_bucket_that_is_spent_stops_the_next_clip_and_not_this_one() -> None:
    assert isinstance(decide(replace(GOOD_REVIEW, bucket_clips=4)), Allow)
    spent = replace(GOOD_REVIEW, bucket_clips=5)
    for act in Act:
        assert decide(replace(spent, act=act)) == Deny((Reason.BUCKET_SPENT,))
        assert isinstance(decide(replace(spent, act=act, heard_before=True)), Allow), "a replay is no clip more"


def test_distress_is_budgeted_and_other_clips_are_not() -> None:
    budget = replace(GOOD_REVIEW, distressing=True, distress_s=60, distress_s_most=61)
    assert isinstance(decide(budget), Allow)
    spent = replace(budget, distress_s=61)
    for act in Act:
        assert decide(replace(spent, act=act)) == Deny((Reason.DISTRESS_SPENT,))
        assert isinstance(decide(replace(spent, act=act, heard_before=True)), Allow), "it was heard already"
        assert isinstance(decide(replace(spent, act=act, distressing=False)), Allow)


def test_own_ears_are_not_stopped_by_a_pause_or_by_taking_back() -> None:
    for name in ("paused", "withdrawn", "minor"):
        assert isinstance(decide(replace(GOOD_OWN, **{name: True})), Allow)


def test_a_trace_needs_as_many_people_as_it_says() -> None:
    assert decide(TraceFacts(found=True, people=1)) == Deny((Reason.ONE_PERSON,))
    assert isinstance(decide(TraceFacts(found=True, people=0, people_needed=0)), Allow), "no investigator is named here"
    assert decide(DrillFacts(found=True)) == Deny((Reason.NOT_A_CANARY,))


def test_plays_left_are_counted_down_to_none() -> None:
    left = [decide(replace(GOOD_REVIEW, plays=plays)) for plays in (0, 1, 2)]
    assert [one.obligations.plays_left for one in left if isinstance(one, Allow)] == [2, 1, 0]
    assert decide(replace(GOOD_REVIEW, plays=3)) == Deny((Reason.TOO_MANY_PLAYS,))


def test_every_reason_has_a_sentence_that_gives_nothing_away() -> None:
    sentences = [reason.sentence for reason in Reason]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") and len(sentence) < 120 for sentence in sentences)


@pytest.mark.parametrize(
    "spoilt",
    [
        replace(GOOD_REVIEW, plays=None),  # type: ignore[arg-type]
        replace(GOOD_REVIEW, plays=2**70),
        replace(GOOD_REVIEW, paused="no"),  # type: ignore[arg-type]
        replace(GOOD_REVIEW, circumstances=Circumstances(hour=None)),  # type: ignore[arg-type]
        replace(GOOD_REVIEW, circumstances=None),  # type: ignore[arg-type]
        replace(GOOD_PROCESS, withdrawn=[]),  # type: ignore[arg-type]
        replace(GOOD_REVIEW, act="listen"),  # type: ignore[arg-type]
        None,
    ],
    ids=str,
)
def test_what_cannot_be_decided_is_refused_and_says_so(spoilt: Any) -> None:
    assert decide(spoilt) == Deny((Reason.UNDECIDED,))


def test_a_rule_that_cannot_be_evaluated_refuses_although_cedar_would_skip_it() -> None:
    text = '@id("too-far") @reason("overflows") forbid (principal, action == Action::"play", resource) '
    rules = Rules(texts=(text + f"when {{ context.plays + {2**63 - 1} < 0 }};",))
    assert isinstance(decide(replace(GOOD_REVIEW, rules=rules)), Allow), "nothing to add yet"
    assert decide(replace(GOOD_REVIEW, plays=1, rules=rules)) == Deny((Reason.UNDECIDED,))
    both = replace(GOOD_REVIEW, plays=1, paused=True, rules=rules)
    assert decide(both) == Deny((Reason.PAUSED, Reason.UNDECIDED)), "what is known is told all the same"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "forbid (",
        '@id("x") @reason("y") permit (principal, action, resource);',
        '@id("x") @reason("y") forbid (principal, action, resource) when { context.unheard_of };',
        '@id("stop-means-now") @reason("y") forbid (principal, action, resource) when { context.hour < 0 };',
    ],
)
def test_rules_that_do_not_hold_are_never_left_out(text: str) -> None:
    """However one came to be in force: a rule that cannot be kept stops everything that it may have meant."""
    for good in (GOOD_REVIEW, GOOD_PROCESS, GOOD_EXPORT):
        decision = decide(replace(good, rules=Rules(texts=(text,))))
        assert isinstance(decision, Deny), text
    assert isinstance(decide(replace(GOOD_OWN, rules=Rules(texts=(text,)))), Allow), "own ears know no such rule"


def test_every_rule_of_the_house_has_a_name_and_a_ground_and_every_ground_a_rule() -> None:
    reasons = package.engine.house().reasons
    assert set(reasons.values()) - {"permitted"} == {reason.value for reason in Reason} - {"house_rule", "undecided"}
    words = (Path(package.__file__).parents[3] / "docs" / "policy.md").read_text()
    assert [name for name in reasons if f"`{name}`" not in words] == []


def test_the_law_has_no_clock_no_chance_and_no_world() -> None:
    """Pure, read from its source: it imports nothing but itself, Cedar and what reads its own files."""
    allowed = {"cedarpy", "collections.abc", "dataclasses", "enum", "functools", "json", "pathlib", "re", "typing"}
    for path in Path(package.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text())
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert {name for name in names if name and not name.startswith("fairhearing.policy")} <= allowed, path
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal)]
