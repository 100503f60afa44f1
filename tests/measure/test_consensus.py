import random
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.consensus import Candidate, Decision, Heard, Rules, Step, decide
from fairhearing.measure.text import normalise

OFF, OF, ON = "turn off the light", "turn of the light", "turn on the light"
SHOWN = [Candidate(OF, 2), Candidate(ON, 1)]
TEXTS = st.sampled_from([OFF, OF, ON, "Turn off the light.", "", "light"])
JUDGEMENTS = st.lists(
    st.builds(Heard, TEXTS, st.sampled_from([0.3, 0.6, 0.8, 0.95]), st.booleans(), st.booleans()), max_size=5
)
CANDIDATES = st.lists(st.builds(Candidate, TEXTS, st.integers(1, 4)), max_size=4)


def picked(text: str, right: float) -> Heard:
    return Heard(text, right, picked=True)


def test_one_stranger_alone_never_settles() -> None:
    found = decide([picked(OF, 1.0)], candidates=[Candidate(OF, 9)], rules=Rules())
    assert (found.step, found.text) == (Step.ONE_MORE, OF)


def test_nobody_heard_it() -> None:
    assert decide([], candidates=SHOWN) == Decision(Step.ONE_MORE, None, 0.0)


def test_two_who_wrote_the_same_settle() -> None:
    found = decide([Heard(OFF, 0.8), Heard(OFF, 0.8)], candidates=SHOWN)
    assert (found.step, found.text, found.by_words) == (Step.SETTLED, OFF, False)


def test_what_was_written_twice_is_surer_than_what_was_picked_twice() -> None:
    wrote = decide([Heard(OF, 0.8)] * 2, candidates=SHOWN)
    chose = decide([picked(OF, 0.8)] * 2, candidates=SHOWN)
    assert chose.probability < wrote.probability


def test_who_was_shown_nothing_is_believed_more_than_who_picked_it() -> None:
    alone = decide([Heard(OF, 0.8, aided=False), Heard(OF, 0.8)], candidates=SHOWN)
    lured = decide([picked(OF, 0.8), Heard(OF, 0.8)], candidates=SHOWN)
    assert alone.probability > lured.probability


def test_one_person_alone_is_as_sure_as_they_are_reliable() -> None:
    for right in (0.5, 0.8, 0.95):
        assert decide([Heard(OFF, right, aided=False)]).probability == pytest.approx(right, abs=0.02)


def test_two_careless_people_do_not_settle_what_two_careful_ones_do() -> None:
    assert decide([picked(OF, 0.95)] * 2, candidates=SHOWN).step == Step.SETTLED
    assert decide([picked(OF, 0.4)] * 2, candidates=SHOWN).step == Step.ONE_MORE


def test_the_reliable_one_is_believed_against_two_who_click_at_random() -> None:
    found = decide([Heard(OFF, 0.97), picked(OF, 0.1), picked(OF, 0.1)], candidates=SHOWN)
    assert found.text == OFF


def test_engines_that_agree_count() -> None:
    split = [Heard(OFF, 0.8), Heard(ON, 0.8)]
    assert decide(split, candidates=[Candidate(ON, 5), Candidate(OF, 1)]).text == ON
    assert decide(split, candidates=[Candidate(OFF, 5), Candidate(OF, 1)]).text == OFF


def test_words_decide_where_no_text_wins() -> None:
    slips = ["u b c d e f", "a v c d e f", "a b w d e f", "a b c x e f"]
    found = decide([Heard(text, 0.8) for text in slips])
    assert (found.text, found.by_words) == ("a b c d e f", True)


def test_a_lead_reviewer_is_asked_at_the_end_and_sees_the_best_text() -> None:
    texts = ["one thing", "another matter", "something else", "nothing like it"]
    found = decide([Heard(text, 0.5) for text in texts])
    assert found.step == Step.LEAD
    assert found.text is not None
    assert decide([Heard(text, 0.5) for text in texts], rules=Rules(most=5)).step == Step.ONE_MORE


def test_the_most_common_spelling_is_given_back() -> None:
    found = decide(
        [Heard("Turn off the light.", 0.9), Heard("turn off the light", 0.9), Heard("Turn off the light.", 0.9)]
    )
    assert found.text == "Turn off the light."


def test_nothing_was_said_can_be_settled_too() -> None:
    found = decide([Heard("", 0.9), Heard(" ", 0.9)], candidates=SHOWN)
    assert (found.step, found.text) == (Step.SETTLED, "")


def test_a_decision_is_plain_data() -> None:
    found = asdict(decide([Heard(OFF, 0.9)] * 2))
    assert found == {"step": "settled", "text": OFF, "probability": found["probability"], "by_words": False}


@given(st.text(min_size=1, max_size=20), st.integers(3, 6), CANDIDATES, st.booleans())
def test_unanimous_judgements_of_good_reviewers_settle(
    text: str, count: int, candidates: list[Candidate], chose: bool
) -> None:
    shown = [*candidates, Candidate(text)] if chose else candidates
    found = decide([Heard(text, 0.85, picked=chose)] * count, candidates=shown)
    assert found.step == Step.SETTLED
    assert normalise(found.text or "") == normalise(text)


@given(JUDGEMENTS, CANDIDATES, st.randoms())
def test_the_order_changes_nothing(judgements: list[Heard], candidates: list[Candidate], chance: random.Random) -> None:
    one = decide(judgements, candidates=candidates)
    other = decide(chance.sample(judgements, len(judgements)), candidates=chance.sample(candidates, len(candidates)))
    assert (one.step, one.by_words) == (other.step, other.by_words)
    assert one.probability == pytest.approx(other.probability)
    assert normalise(one.text or "") == normalise(other.text or "")


@given(JUDGEMENTS, CANDIDATES)
def test_a_decision_keeps_the_rules(judgements: list[Heard], candidates: list[Candidate]) -> None:
    rules = Rules(least=2, most=4, certain_at=0.9)
    found = decide(judgements, candidates=candidates, rules=rules)
    assert 0 <= found.probability <= 1
    assert (found.step == Step.SETTLED) == (len(judgements) >= 2 and found.probability >= 0.9)
    assert (found.step == Step.LEAD) == (len(judgements) >= 4 and found.step != Step.SETTLED)


@given(JUDGEMENTS, CANDIDATES, TEXTS)
def test_one_more_good_reviewer_who_writes_the_text_makes_it_no_less_probable(
    judgements: list[Heard], candidates: list[Candidate], text: str
) -> None:
    start = [Heard(text, 0.8), *judgements]
    before = decide(start, candidates=candidates)
    after = decide([*start, Heard(before.text or "", 0.95)], candidates=candidates)
    if normalise(after.text or "") == normalise(before.text or ""):
        assert after.probability >= before.probability - 1e-9


@pytest.mark.parametrize("rules", [Rules(least=0), Rules(least=5), Rules(certain_at=1.0), Rules(certain_at=0.0)])
def test_rules_that_contradict_themselves_are_refused(rules: Rules) -> None:
    with pytest.raises(ValueError, match="contradict themselves"):
        decide([], rules=rules)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"probability 1\.2"):
        decide([Heard(OFF, 1.2)])
    with pytest.raises(ValueError, match="0 engines"):
        decide([Heard(OFF, 0.9)], candidates=[Candidate(OFF, 0)])
