"""Releases: marked by recipient, or saying that they are not; and told from a reviewer's copy of the same clip."""

import json
from pathlib import Path

import pytest
import soundfile

from fairhearing.audio.encode import to_pcm16
from fairhearing.datasets import release
from fairhearing.datasets.models import Release
from fairhearing.review import settle
from fairhearing.tracing import actions, queries
from tests.house import House
from tests.tracing.test_trace import clips, heard, wav


def _released(house: House, out: Path, recipient: str) -> tuple[str, Path]:
    written = release.release(programme=house.programme, format="lhotse", out=out, recipient=recipient)
    assert written.rows == 1
    (sound,) = (out / "audio").iterdir()
    return written.release, sound


@pytest.fixture
def settled(house: House) -> House:
    clips(house, 1)
    heard(house, "alice")
    heard(house, "bob")
    settle.settle_due()
    return house


def test_a_marked_release_is_traced_to_its_recipient_and_to_no_reviewer(settled: House, tmp_path: Path) -> None:
    one, sound = _released(settled, tmp_path / "one", "Larkspur Labs")
    other, _ = _released(settled, tmp_path / "other", "Fen Institute")
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert (manifest["marked"], manifest["recipient"]) == (True, "Larkspur Labs")
    found = queries.list_findings(actions.answer(leak=sound.read_bytes()))
    assert [(copy.release, copy.recipient, copy.reviewer) for copy in found] == [(one, "Larkspur Labs", None)]
    assert other != one
    assert set(Release.objects.values_list("recipient", flat=True)) == {"Larkspur Labs", "Fen Institute"}


def test_a_reviewers_copy_is_not_taken_for_a_release(house: House, tmp_path: Path) -> None:
    clips(house, 1)
    _, sound, listens = heard(house, "alice")
    heard(house, "bob")
    settle.settle_due()
    _released(house, tmp_path / "one", "Larkspur Labs")
    (copy,) = queries.list_findings(actions.answer(leak=wav(sound)))
    assert (copy.reviewer, copy.release, copy.listens) == (house.people["alice"].id, None, listens)


def test_a_release_without_a_recipient_says_that_it_is_not_marked_and_names_nobody(
    settled: House, tmp_path: Path
) -> None:
    _, sound = _released(settled, tmp_path / "one", "")
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert (manifest["marked"], manifest["recipient"]) == (False, None)
    samples, _ = soundfile.read(sound, dtype="float32")
    assert len(to_pcm16(samples)) == 4 * 16000
    assert queries.list_findings(actions.answer(leak=sound.read_bytes())) == []
