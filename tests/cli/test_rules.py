"""How a programme's recordings are de-identified: set by command, on record, and used when they are prepared."""

import json
from pathlib import Path

import pytest

from fairhearing.capture.models import Clip, Recording, RecordingState
from fairhearing.ledger.models import Record
from fairhearing.prepare import prepare
from fairhearing.programmes.models import Programme
from tests.cli import recordings
from tests.cli.calling import Call
from tests.house import House


def test_a_programme_is_strict_until_somebody_says_why_not(call: Call, house: House) -> None:
    before = Programme.objects.get(slug="assistant")
    assert (before.voice, before.free_speech) == ("clear", "quarantine")
    entries = Record.objects.count()
    value = call(
        "programme", "rules", "assistant", "--reason", "read prose only", "--free-speech", "serve",
        "--voice", "strong", "--command", "turn on|off the lights", "--wake-word", "hey computer", "--json",
    ).value  # fmt: skip
    assert value == {
        "programme": before.id,
        "voice": "strong",
        "free_speech": "serve",
        "commands": ["turn on|off the lights"],
        "wake_words": ["hey computer"],
        "exposure_buckets": 4,
        "bucket_clips_a_week": 250,
        "judging": {
            "question": "",
            "scale_labels": "",
            "judgements_least": 0,
            "certain_at": 0.95,
            "must_hear_share": 0.0,
            "known_share": 0.0,
            "unaided_share": 0.0,
            "second_stage": False,
            "by_skill": False,
            "urgent": False,
            "sensitive_minutes_a_day": 30,
        },
        "asking": {
            "registered_notices_only": False,
            "made_for_children": False,
            "indicator_required": False,
            "asks": "once",
        },
    }
    assert Record.objects.count() == entries + 1
    said = Record.objects.order_by("-index").first()
    assert said is not None
    assert said.kind == "rules_set"
    after = Programme.objects.get(slug="assistant")
    assert (after.voice, after.free_speech, after.wake_words) == ("strong", "serve", "hey computer")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--command", "turn (on the lights"], "turn (on the lights"),
        (["--wake-word", "1234"], "1234"),
    ],
)
def test_what_nobody_could_listen_for_is_refused_and_nothing_is_changed(
    call: Call, house: House, options: list[str], named: str
) -> None:
    entries = Record.objects.count()
    sentence = call("programme", "rules", "assistant", "--reason", "a test", "--voice", "off", *options).sentence
    assert named in sentence
    assert Programme.objects.get(slug="assistant").voice == "clear"
    assert Record.objects.count() == entries


def test_rules_of_no_programme_and_no_rules_are_said(call: Call, house: House) -> None:
    assert "there is none" in call("programme", "rules", "nobody", "--reason", "x", "--voice", "off").sentence
    assert call("programme", "rules", "assistant", "--reason", "x").code == 2


def test_lists_can_be_cleared(call: Call, house: House) -> None:
    call("programme", "rules", "assistant", "--reason", "one", "--wake-word", "hey computer")
    value = call("programme", "rules", "assistant", "--reason", "none", "--wake-word", "", "--json").value
    assert value["wake_words"] == []


def test_preparing_follows_the_rules(call: Call, house: House, tmp_path: Path) -> None:
    """Prose without word times: set aside as the programme stands, served in another voice once its owner says so."""
    ((_, sound),) = recordings.spoken(1)
    (tmp_path / "a.flac").write_bytes(sound)

    def imported(user: str) -> Recording:
        line = recordings.line(user) | {"audio_filepath": "a.flac", "external_id": user}
        line.pop("hypotheses", None)
        manifest = tmp_path / f"{user}.jsonl"
        manifest.write_text(json.dumps(line) + "\n")
        known = set(Recording.objects.values_list("id", flat=True))
        assert call("import", str(manifest), "--programme", "assistant", "--json").value["accepted"] == 1
        made = Recording.objects.exclude(id__in=known).get()
        prepare.prepare(recording=made.id)
        made.refresh_from_db()
        return made

    strict = imported("first")
    assert (strict.state, strict.reasons) == (RecordingState.QUARANTINED, ["free_speech"])
    call("programme", "rules", "assistant", "--reason", "a test", "--free-speech", "serve")
    lowered = imported("second")
    assert lowered.state == RecordingState.PREPARED
    transforms = [one["name"] for one in lowered.report["0"]["transforms"]]
    assert "voice/phone-posteriors" in transforms
    assert Clip.objects.filter(channel__recording=lowered).exists()
    assert "categories" not in json.dumps(lowered.report), "what was talked about is not kept"


def test_what_is_asked_of_judgements_is_set_and_logged(call: Call, house: House) -> None:
    before = Record.objects.count()
    value = call(
        "programme", "rules", "assistant", "--reason", "a pilot", "--must-hear", "0.8", "--known-share", "0.05",
        "--no-candidate-share", "0.1", "--second-stage", "--scale-label", "poor", "--scale-label", "good",
        "--question", "How good is it?", "--judgements-least", "1", "--certain-at", "0.9", "--json",
    ).value  # fmt: skip
    assert value["judging"] == {
        "question": "How good is it?",
        "scale_labels": "poor\ngood",
        "judgements_least": 1,
        "certain_at": 0.9,
        "must_hear_share": 0.8,
        "known_share": 0.05,
        "unaided_share": 0.1,
        "second_stage": True,
        "by_skill": False,
        "urgent": False,
        "sensitive_minutes_a_day": 30,
    }
    assert value["voice"] == "clear", "what was not named stays"
    assert Record.objects.count() == before + 1
    assert call("programme", "rules", "assistant", "--reason", "x", "--must-hear", "1.2").code == 2
    refused = call("programme", "rules", "assistant", "--reason", "x", "--judgements-least", "3").sentence
    assert "judgements_least" in refused
    value = call("programme", "rules", "assistant", "--reason", "over", "--known-share", "0", "--json").value
    assert (value["judging"]["known_share"], value["judging"]["must_hear_share"]) == (0.0, 0.8)
