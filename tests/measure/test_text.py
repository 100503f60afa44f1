import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.measure.text import characters, normalise, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Call Mum.", "call  mum"),
        ("don't stop", "Don’t stop!"),
        ("well-known", "well known"),
        ("STRASSE", "straße"),
        ("ﬁve ｆｉｖｅ", "five five"),
        ("caf\u00e9", "cafe\u0301"),
        ("¿Qué tal?", "qué tal"),
        ("50%", "50 %"),
        ("مَرْحَبًا، كيف؟", "مرحبا كيف"),
        ("مرحـــبا", "مرحبا"),
        ("\u200fabc\u200e", "abc"),
        ("ΟΔΟΣ", "οδος"),
        ("((…)) yes", "(( )) Yes"),
        ("[Noise] yes", "[noise]yes"),
        ("((I, think))", "((i think))"),
        ("( aside )", "aside"),
        ("[]", ""),
        ("\n\t ", ""),
    ],
)
def test_spelling_habits_make_no_difference(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("si", "sí"),
        ("ano", "año"),
        ("[noise]", "noise"),
        ("((maybe))", "maybe"),
        ("5 €", "5"),
        ("к", "k"),
        ("a b", "ab"),
    ],
)
def test_what_tells_words_apart_is_kept(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


def test_a_tag_is_one_token_and_one_character() -> None:
    assert tokens("so ((I think)) [door slams], yes") == ["so", "((i think))", "[door slams]", "yes"]
    assert characters("no [noise]") == ["n", "o", " ", "[noise]"]


@given(st.text(max_size=30) | st.text(alphabet="(([]))' aA.é\u0301ـَ…%", max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=30))
def test_case_and_composition_make_no_difference(text: str) -> None:
    assert normalise(text.casefold()) == normalise(text)
