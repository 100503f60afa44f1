"""Was this recording meant for the device? By the wake phrase, by who is near, and by what is said.

``discard`` is for what is surely unmeant: ``meant`` is then false. Where it is ``None``, nothing here
decides, and the recording goes on as if it had been meant; its reasons are in the report.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Literal

from fairhearing.deidentify.activation import levels, wake
from fairhearing.deidentify.activation.sounds import BadPhrase, check_phrase
from fairhearing.deidentify.words import RATE, Samples, Word, check_samples

__all__ = ["Activation", "ActivationReason", "BadPhrase", "Trigger", "check_phrase", "judge"]

Trigger = Literal["wake_word", "push_to_talk", "call"]

LEAST_SPEECH = RATE * 15 // 100
LATEST_SPEECH = RATE * 5  # push to talk: who presses a button speaks soon
LONGEST_COMMAND = RATE * 20
LEAST_AFTER = RATE * 25 // 100
TALKED_ABOUT = frozenset({"he", "she", "him", "her", "his", "they", "them", "himself", "herself"})
_COMMANDS = """
add alarm answer ask book buy call cancel change check close connect count create decrease delete dim find forward
give go help how increase is list lock make message mute navigate next open order pause play please read record
remind repeat reply resume ring search send set show shuffle skip snooze spell start stop switch take tell text timer
translate turn undo unlock unmute update volume weather what when where which who yes you your
"""
COMMANDS = frozenset(_COMMANDS.split())


class ActivationReason(StrEnum):
    """Why a recording is taken as meant or not."""

    NO_SPEECH = "no_speech"
    WAKE_WORD_HEARD = "wake_word_heard"
    WAKE_WORD_IN_WORDS = "wake_word_in_words"
    WAKE_WORD_ABSENT = "wake_word_absent"
    WAKE_WORD_UNSURE = "wake_word_unsure"
    NO_WAKE_WORD_GIVEN = "no_wake_word_given"
    NOTHING_AFTER = "nothing_after_wake_word"
    MANY_VOICES = "many_voices"
    FAR = "far_speech"
    BACKGROUND = "background_voices"
    LATE = "speech_begins_late"
    LONG = "longer_than_a_command"
    COMMAND_WORDS = "command_words"
    TALKED_ABOUT = "talk_about_others"
    CALL = "call"


@dataclass(frozen=True)
class Activation:
    """``meant``: true, surely not (false: discard), or unsure (``None``: goes on).

    ``score`` is the wake phrase's (0 where none was listened for; higher is surer, see
    :mod:`~fairhearing.deidentify.activation.wake`). ``background`` are voices far below the main one, as
    (start, end) samples, to be cut or counted; ``background_s`` their seconds; ``far_s`` the seconds of
    speech where all of it is hardly above the noise. ``transform`` goes into the report.
    """

    meant: bool | None
    score: float
    reasons: tuple[ActivationReason, ...]
    background: tuple[tuple[int, int], ...]
    background_s: float
    far_s: float
    transform: dict[str, Any] = field(default_factory=dict)


def judge(
    samples: Samples,
    speech: Sequence[tuple[int, int]],
    *,
    trigger: Trigger,
    wake_words: Sequence[str] = (),
    words: Sequence[Word] = (),
) -> Activation:
    """Return whether a recording, mono float32 of shape (n,) at 16 kHz, was meant for the device.

    ``speech`` are its regions of speech, ``wake_words`` the phrases that open the device ("hey computer"),
    of which any one counts, ``words`` what a recogniser heard, where there is one. A call is never unmeant for
    lack of a wake word. Raises ``BadPhrase`` for a wake phrase that cannot be listened for (check it when it is
    configured: :func:`check_phrase`) and ``ValueError`` for samples of another kind.
    """
    check_samples(samples)
    spoken = sum(end - start for start, end in speech)
    if trigger == "wake_word":
        for phrase in wake_words:
            check_phrase(phrase)
    if spoken < LEAST_SPEECH:
        return _answer(trigger, False, [ActivationReason.NO_SPEECH], levels.Levels((), 0.0, False), 0, 0.0)
    heard = levels.measure(samples, speech)
    score = 0.0
    if trigger == "call":
        meant: bool | None = True
        reasons = [ActivationReason.CALL]
    elif trigger == "wake_word":
        meant, score, reasons = _by_wake_word(samples, speech, wake_words, words, heard)
    else:
        meant, reasons = _by_button(speech, words, heard, samples.size)
    return _answer(trigger, meant, reasons, heard, spoken, score)


def _by_wake_word(
    samples: Samples,
    speech: Sequence[tuple[int, int]],
    phrases: Sequence[str],
    words: Sequence[Word],
    heard: levels.Levels,
) -> tuple[bool | None, float, list[ActivationReason]]:
    if not phrases:
        return None, 0.0, [ActivationReason.NO_WAKE_WORD_GIVEN]
    best = max((wake.listen(samples, speech, phrase) for phrase in phrases), key=lambda one: one.score)
    reasons: list[ActivationReason] = []
    if heard.many_voices:
        reasons.append(ActivationReason.MANY_VOICES)
    needed = wake.PRESENT + (wake.BABBLE_ADDS if heard.many_voices else 0.0)
    if best.score >= needed:
        after = sum(max(0, end - max(start, best.end)) for start, end in speech)
        if after >= LEAST_AFTER:
            return True, best.score, [*reasons, ActivationReason.WAKE_WORD_HEARD]
        return None, best.score, [*reasons, ActivationReason.WAKE_WORD_HEARD, ActivationReason.NOTHING_AFTER]
    if any(_in_words(phrase, words) for phrase in phrases):
        return True, best.score, [*reasons, ActivationReason.WAKE_WORD_IN_WORDS]
    if best.score < needed - wake.UNSURE:
        return False, best.score, [*reasons, ActivationReason.WAKE_WORD_ABSENT]
    return None, best.score, [*reasons, ActivationReason.WAKE_WORD_UNSURE]


def _in_words(phrase: str, words: Sequence[Word]) -> bool:
    wanted = list(check_phrase(phrase))
    first = [word.text.lower() for word in words[: len(wanted) + 3]]
    return any(first[at : at + len(wanted)] == wanted for at in range(4))


def _by_button(
    speech: Sequence[tuple[int, int]], words: Sequence[Word], heard: levels.Levels, size: int
) -> tuple[bool | None, list[ActivationReason]]:
    """Weigh what speaks against a pressed button having been meant; two such things and no command: unmeant."""
    against: list[ActivationReason] = []
    if heard.many_voices:
        against.append(ActivationReason.MANY_VOICES)
    if heard.above_noise_db < levels.FAR_DB:
        against.append(ActivationReason.FAR)
    if speech[0][0] > LATEST_SPEECH:
        against.append(ActivationReason.LATE)
    if size > LONGEST_COMMAND:
        against.append(ActivationReason.LONG)
    said = [word.text.lower() for word in words]
    commands = any(word in COMMANDS for word in said[:6])
    if not commands and sum(word in TALKED_ABOUT for word in said) >= 2:
        against.append(ActivationReason.TALKED_ABOUT)
    if commands:
        return (None if against else True), [ActivationReason.COMMAND_WORDS, *against]
    if len(against) >= 2:
        return False, against
    return (None if against else True), against


def _answer(
    trigger: str,
    meant: bool | None,
    reasons: list[ActivationReason],
    heard: levels.Levels,
    spoken: int,
    score: float,
) -> Activation:
    far = spoken if spoken and heard.above_noise_db < levels.FAR_DB else 0
    if far and ActivationReason.FAR not in reasons:
        reasons.append(ActivationReason.FAR)
    if heard.background:
        reasons.append(ActivationReason.BACKGROUND)
    transform = {
        "name": "activation",
        "version": f"1, pocketsphinx {version('pocketsphinx')}",
        "parameters": {
            "trigger": trigger,
            "present": wake.PRESENT,
            "unsure": wake.UNSURE,
            "background_db": levels.BACKGROUND_DB,
            "far_db": levels.FAR_DB,
        },
    }
    background_s = sum(end - start for start, end in heard.background) / RATE
    return Activation(
        meant, score, tuple(reasons), heard.background, round(background_s, 2), round(far / RATE, 2), transform
    )
