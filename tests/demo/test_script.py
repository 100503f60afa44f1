import re
from collections import Counter

from fairhearing.demo.script import Programme, Scene

DIGITS = {
    word: str(value)
    for words in (
        "zero one two three four five six seven eight nine",
        "cero uno dos tres cuatro cinco seis siete ocho nueve",
    )
    for value, word in enumerate(words.split())
}
# 555-01xx; Ofcom's numbers for drama; a test card; counting upwards.
FICTION = re.compile(r"55501\d\d|02079460\d{3}|07700900\d{3}|(4242){4}|12345678|000")


def said(programmes: dict[str, Programme]) -> list[str]:
    scenes = [scene for programme in programmes.values() for scene in programme.scenes]
    return [turn.say for scene in scenes for turn in scene.turns]


def refused(scene: Scene) -> bool:
    return not all(user.human_review for user in scene.users)


def test_the_cast_is_as_the_demo_needs_it(programmes: dict[str, Programme]) -> None:
    assistant, translator = programmes["assistant"], programmes["translator"]
    kinds = Counter(scene.kind for scene in assistant.scenes)
    assert kinds["accidental"] == 6
    assert kinds["personal"] >= 10
    assert kinds["plain"] >= 8
    assert assistant.speaker is not None
    assert sum(assistant.speaker in scene.users for scene in assistant.scenes) >= 6
    assert len(assistant.scenes) + len(translator.scenes) == 38
    assert sum(map(refused, assistant.scenes)) == sum(map(refused, translator.scenes)) == 1
    assert len({user.voice for scene in assistant.scenes for user in scene.users}) >= 6


def test_every_channel_of_a_call_has_two_or_three_translations(programmes: dict[str, Programme]) -> None:
    for scene in programmes["translator"].scenes:
        assert len(scene.users) == len(scene.translations) == 2
        assert {turn.channel for turn in scene.turns} == {0, 1}
        assert all(2 <= len(texts) <= 3 for texts in scene.translations)
        assert all(len(set(texts)) == len(texts) for texts in scene.translations)


def test_numbers_belong_to_nobody(programmes: dict[str, Programme]) -> None:
    found = 0
    for text in said(programmes):
        words = re.findall(r"\w+", text.lower())
        digits = "".join(DIGITS.get(word, " ") for word in words)
        for run in re.findall(r"\d{3,}", digits):
            assert FICTION.fullmatch(run), text
            found += 1
    assert found >= 8


def test_mail_goes_to_the_example_domain(programmes: dict[str, Programme]) -> None:
    spoken = [text for text in said(programmes) if re.search(r"\b(arroba|dot com|punto com)\b", text)]
    assert len(spoken) >= 2
    assert all(re.search(r"example (dot|punto) com", text) for text in spoken)
