import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.listening import UNKNOWN_DISAGREEMENT, Hearable, disagreement, order, score

TEXTS = st.lists(st.sampled_from(["", "call mum", "call tom", "call mum now", "stop"]), max_size=4)


def test_candidates_that_disagree_more_are_heard_first() -> None:
    assert disagreement(["call mum", "Call Mum."]) == 0
    assert disagreement(["call mum", "call tom"]) == 0.5
    assert disagreement(["call mum", "stop it"]) == 1
    assert disagreement(["", ""]) == 0
    assert disagreement(["call mum", "call mum", "call tom"]) == pytest.approx(1 / 3)
    assert score(["call mum", "call tom"], 2) > score(["call mum", "call mum"], 2)


def test_of_two_that_disagree_alike_the_shorter_is_heard_first() -> None:
    assert score(["call mum", "call tom"], 2) > score(["call mum", "call tom"], 3)


def test_nothing_known_lies_between_agreement_and_discord() -> None:
    assert disagreement([]) == disagreement(["stop"]) == UNKNOWN_DISAGREEMENT


@given(TEXTS, st.randoms())
def test_disagreement_is_a_share_and_takes_no_side(texts: list[str], chance: random.Random) -> None:
    assert 0 <= disagreement(texts) <= 1
    assert disagreement(chance.sample(texts, len(texts))) == pytest.approx(disagreement(texts))


def test_the_order_is_always_the_same() -> None:
    clips = [
        Hearable("clip_b", 2.0, ("call mum", "call mum")),
        Hearable("clip_a", 2.0, ("call mum", "call mum")),
        Hearable("clip_c", 1.0, ("call mum", "call mum")),
        Hearable("clip_d", 9.0, ("call mum", "stop")),
        Hearable("clip_e", 1.0, ("call mum", "stop")),
    ]
    wanted = ["clip_e", "clip_d", "clip_c", "clip_a", "clip_b"]
    assert [clip.clip for clip in order(clips)] == wanted
    assert [clip.clip for clip in order(clips[::-1])] == wanted


@pytest.mark.parametrize("duration_s", [0.0, -1.0, float("nan")])
def test_a_clip_without_a_length_is_refused(duration_s: float) -> None:
    with pytest.raises(ValueError, match="expected more than 0"):
        score(["a", "b"], duration_s)
