"""The law, against an oracle written from its words and not from its code. Total, pure, closed; unknown is no."""

import ast
import inspect
from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fairhearing.policy as package
from fairhearing.policy import (
    Allow,
    Deny,
    ExportFacts,
    Listener,
    PlayFacts,
    ProcessFacts,
    Reason,
    decide,
)
from fairhearing.policy import decide as decide_function

GOOD_REVIEW = PlayFacts(
    found=True, listener=Listener.REVIEWER, reviewing_role=True, account_active=True, member=True,
    assigned_to_listener=True, assignment_open=True, lease_running=True, plays=0, plays_most=3, clip_ready=True,
    human_review=True, withdrawn=False, minor=False, paused=False,
)  # fmt: skip
GOOD_OWN = PlayFacts(found=True, listener=Listener.SPEAKER, own_channel=True, plays=0, plays_most=3)
GOOD_PROCESS = ProcessFacts(found=True, human_review=True, withdrawn=False, minor=False)
GOOD_EXPORT = ExportFacts(
    found=True, clip_ready=True, human_review=True, automatic_improvement=True, withdrawn=False, minor=False,
    paused=False,
)  # fmt: skip

# What each fact is when it speaks for hearing, and the ground when it does not.
REVIEWERS_LAW: dict[str, tuple[bool, str]] = {
    "reviewing_role": (True, "not_a_reviewer"),
    "account_active": (True, "account_closed"),
    "member": (True, "not_a_member"),
    "assigned_to_listener": (True, "not_yours"),
    "assignment_open": (True, "assignment_closed"),
    "lease_running": (True, "lease_expired"),
    "paused": (False, "paused"),
    "human_review": (True, "no_consent"),
    "withdrawn": (False, "withdrawn"),
    "minor": (False, "minor"),
    "clip_ready": (True, "not_ready"),
}
MACHINES_LAW = {name: REVIEWERS_LAW[name] for name in ("human_review", "withdrawn", "minor")}
RELEASES_LAW = {
    **MACHINES_LAW,
    "clip_ready": REVIEWERS_LAW["clip_ready"],
    "paused": REVIEWERS_LAW["paused"],
    "automatic_improvement": (True, "not_releasable"),
}


def oracle(facts: PlayFacts | ProcessFacts | ExportFacts) -> set[str]:
    """The grounds that speak against it; none means yes."""
    if not facts.found:
        return {"unknown"}
    if isinstance(facts, PlayFacts) and facts.listener is Listener.SPEAKER:
        grounds = set() if facts.own_channel else {"not_yours"}
        return grounds | ({"too_many_plays"} if facts.plays >= facts.plays_most else set())
    law = REVIEWERS_LAW
    grounds = set()
    if isinstance(facts, ProcessFacts):
        law = MACHINES_LAW
    elif isinstance(facts, ExportFacts):
        law = RELEASES_LAW
    elif facts.plays >= facts.plays_most:
        grounds.add("too_many_plays")
    return grounds | {ground for name, (good, ground) in law.items() if getattr(facts, name) is not good}


def check(facts: Any) -> None:
    """One decision against the oracle, and against itself."""
    decision = decide(facts)
    expected = oracle(facts)
    if expected:
        assert isinstance(decision, Deny)
        assert {reason.value for reason in decision.reasons} == expected
        order = list(Reason)
        assert list(decision.reasons) == sorted(set(decision.reasons), key=order.index)
    else:
        assert isinstance(decision, Allow)
    assert decide(facts) == decision


def _any(kind: type, **fixed: Any) -> st.SearchStrategy[Any]:
    made: dict[str, st.SearchStrategy[Any]] = {}
    for field in fields(kind):
        if field.name == "listener":
            made[field.name] = st.sampled_from(Listener)
        elif field.name.startswith("plays"):
            made[field.name] = st.integers(0, 4)
        else:
            made[field.name] = st.booleans()
    return st.builds(kind, **{**made, **fixed})


@settings(max_examples=1500)
@given(facts=_any(PlayFacts) | _any(PlayFacts, found=st.just(True)))
def test_every_play_is_decided_as_the_law_says(facts: PlayFacts) -> None:
    check(facts)


def test_every_combination_of_a_machines_and_a_releases_facts_is_decided_as_the_law_says() -> None:
    for kind in (ProcessFacts, ExportFacts):
        names = [field.name for field in fields(kind)]
        for values in product((False, True), repeat=len(names)):
            check(kind(**dict(zip(names, values, strict=True))))


def test_every_combination_of_a_reviewers_facts_is_decided_as_the_law_says() -> None:
    """All 2^11 of them, with plays left and without."""
    for values in product((False, True), repeat=len(REVIEWERS_LAW)):
        for plays in (0, 3, 4):
            check(replace(GOOD_REVIEW, plays=plays, **dict(zip(REVIEWERS_LAW, values, strict=True))))


@pytest.mark.parametrize("good", [GOOD_REVIEW, GOOD_OWN, GOOD_PROCESS, GOOD_EXPORT], ids=lambda facts: str(type(facts)))
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
    ):
        assert isinstance(decide(facts), Deny)


def test_a_reviewer_about_whom_nothing_is_known_is_told_every_ground() -> None:
    decision = decide(PlayFacts(found=True, listener=Listener.REVIEWER))
    assert isinstance(decision, Deny)
    told = {reason.value for reason in decision.reasons}
    assert told == {"too_many_plays", *(ground for _, ground in REVIEWERS_LAW.values())}


def test_own_ears_are_not_stopped_by_a_pause_or_by_taking_back() -> None:
    for name in ("paused", "withdrawn", "minor"):
        assert isinstance(decide(replace(GOOD_OWN, **{name: True})), Allow)


def test_plays_left_are_counted_down_to_none() -> None:
    left = [decide(replace(GOOD_REVIEW, plays=plays)) for plays in (0, 1, 2)]
    assert [one.obligations.plays_left for one in left if isinstance(one, Allow)] == [2, 1, 0]
    assert decide(replace(GOOD_REVIEW, plays=3)) == Deny((Reason.TOO_MANY_PLAYS,))


def test_every_reason_has_a_sentence_that_gives_nothing_away() -> None:
    sentences = [reason.sentence for reason in Reason]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence.endswith(".") and len(sentence) < 120 for sentence in sentences)


def test_the_law_has_no_clock_no_chance_and_no_world() -> None:
    """Pure, read from its source: it imports nothing but itself, enums and dataclasses."""
    assert decide_function is package.decide
    for module in ("decide", "facts", "reasons"):
        tree = ast.parse(inspect.getsource(__import__(f"fairhearing.policy.{module}", fromlist=["x"])))
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert {name for name in names if name and not name.startswith("fairhearing.policy")} <= {"dataclasses", "enum"}
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal)]
