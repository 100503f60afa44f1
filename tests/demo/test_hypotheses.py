from collections import Counter

import numpy as np
import pytest

from fairhearing.demo.hypotheses import Hypothesis, PocketSphinx, joined
from fairhearing.demo.stage import RATE, Performance
from fairhearing.demo.voices import TimedWord


@pytest.fixture(scope="module")
def recogniser() -> PocketSphinx:
    return PocketSphinx()


def test_the_recognisers_times_agree_with_the_synthesisers(
    recogniser: PocketSphinx, performances: dict[str, Performance]
) -> None:
    """Two witnesses of the word times: events of espeak-ng, and an alignment that never saw them."""
    performance = performances["a28"]
    words = [word for turn in performance.turns for word in turn.words]
    once = Counter(word.word.lower() for word in words)
    spoken = {word.word.lower(): word for word in words if once[word.word.lower()] == 1}
    best = recogniser.hypotheses(performance.samples[0])[0]
    shared = [(word, spoken[word.word]) for word in best.words or [] if word.word in spoken]
    assert len(shared) >= 5
    assert all(abs(heard.start_s - said.start_s) < 0.05 for heard, said in shared)


def test_answers_do_not_depend_on_what_was_heard_before(
    recogniser: PocketSphinx, performances: dict[str, Performance]
) -> None:
    sound = performances["a03"].samples[0]
    first = recogniser.hypotheses(sound)
    recogniser.hypotheses(performances["a07"].samples[0])
    assert recogniser.hypotheses(sound) == first
    assert first[0].words
    assert first[0].words[-1].end_s <= len(sound) / RATE
    assert first[0].score is not None
    assert 0 < first[0].score <= 1


def test_silence_gives_at_most_nonsense_and_never_fails(recogniser: PocketSphinx) -> None:
    found = recogniser.hypotheses(np.zeros(RATE, dtype=np.float32))
    assert len(found) <= 3
    assert recogniser.hypotheses(np.zeros(0, dtype=np.float32)) == []


def test_turns_are_joined_with_their_times() -> None:
    early = [Hypothesis("a b", "e, best", 0.5, [TimedWord("a", 0.1, 0.2), TimedWord("b", 0.2, 0.3)])]
    late = [Hypothesis("c", "e, best", 0.8, [TimedWord("c", 0.0, 0.5)]), Hypothesis("d", "e, alternative 2")]
    best, other = joined([(0.0, early), (3.0, []), (7.0, late)])
    assert best.text == "a b c"
    assert best.words is not None
    assert best.words[-1] == TimedWord("c", 7.0, 7.5)
    assert best.score == pytest.approx(0.6)
    assert (other.text, other.engine, other.words) == ("a b d", "e, alternative 2", None)
    assert joined([(0.0, [])]) == []
