"""A call as a product sends it: what is stored of a channel is its own party's alone."""

import json
from typing import Any

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairhearing.audio.decode import decode
from fairhearing.audio.encode import flac_bytes
from fairhearing.capture.models import Channel
from fairhearing.capture.queries import list_hypotheses
from fairhearing.gate.process import process
from tests.deidentify import calls
from tests.deidentify.calls import RATE, between, energy
from tests.house import House, consent
from tests.probes import counts

ECHO_DB = -20.0


def _send(house: House, sound: Any, *, agreed: tuple[bool, bool], hypotheses: Any = ()) -> Any:
    parties = [
        {"speaker_key": house.speaker(name).sealed_form().hex(), "consent": consent(human_review=yes)}
        for name, yes in zip(("robin", "wren"), agreed, strict=True)
    ]
    line = {"language": "en", "channels": parties, "indicator": "beep", "hypotheses": list(hypotheses)}
    file = SimpleUploadedFile("call.flac", flac_bytes(sound, RATE), "audio/flac")
    return Client().post("/api/v1/recordings", {"metadata": json.dumps(line), "audio": file}, **house.product())


def _stored(channel: Channel) -> Any:
    return decode(process(channel=channel.id, purpose="prepare")).samples[0]


def test_who_did_not_agree_is_not_on_the_other_partys_channel_either(house: House) -> None:
    call = calls.call()
    answer = _send(house, call.sound(ECHO_DB), agreed=(False, True))
    assert answer.status_code == 201, answer.content
    _, wren = answer.json()["silenced"]
    assert wren["seconds"] > call.first_alone[1] - call.first_alone[0] + call.both[1] - call.both[0] - 0.5
    first, second = Channel.objects.order_by("number")
    assert first.original_object == ""
    kept = _stored(second)
    echo = call.echo(ECHO_DB)
    assert energy(echo * (kept != 0)) < 0.005 * energy(echo)
    assert energy(between(kept, call.second_alone)) > 0.9 * energy(between(call.second, call.second_alone))


def test_a_withdrawal_of_one_leaves_nothing_of_them_with_the_other(house: House) -> None:
    call = calls.call()
    assert _send(house, call.sound(ECHO_DB), agreed=(True, True)).status_code == 201
    first, second = (_stored(one) for one in Channel.objects.order_by("number"))
    echo = call.echo(ECHO_DB)
    assert energy(echo * (second != 0)) < 0.005 * energy(echo)
    assert energy(between(first, call.first_alone)) > 0.99 * energy(between(call.first, call.first_alone))


def test_what_a_machine_wrote_of_the_other_party_goes_too(house: House) -> None:
    call = calls.call()
    theirs, own = call.first_alone, call.second_alone
    timed = [
        {"word": "harvest", "start_s": theirs[0] + 0.5, "end_s": theirs[0] + 0.9},
        {"word": "she", "start_s": own[0] + 0.5, "end_s": own[0] + 0.7},
        {"word": "walked", "start_s": own[0] + 0.7, "end_s": own[0] + 1.0},
    ]
    foreign = [{"word": "barns", "start_s": theirs[0] + 1.0, "end_s": theirs[0] + 1.4}]
    hypotheses = [
        {"text": "Harvest she walked", "engine": "timed", "channel": 1, "words": timed},
        {"text": "barns", "engine": "foreign", "channel": 1, "words": foreign},
        {"text": "the harvest she walked", "engine": "untimed", "channel": 1},
        {"text": "the harvest", "engine": "untimed", "channel": 0},
    ]
    answer = _send(house, call.sound(ECHO_DB), agreed=(True, True), hypotheses=hypotheses)
    assert [one["texts"] for one in answer.json()["silenced"]] == [0, 3]
    first, second = Channel.objects.order_by("number")
    assert [one.text for one in list_hypotheses(first)] == ["the harvest"]
    assert [(one.engine, one.text) for one in list_hypotheses(second)] == [("timed", "she walked")]


def test_a_call_without_echo_keeps_its_texts(house: House) -> None:
    call = calls.call()
    hypotheses = [{"text": "she walked along the river", "engine": "untimed", "channel": 1}]
    answer = _send(house, call.sound(), agreed=(True, True), hypotheses=hypotheses)
    assert [one["texts"] for one in answer.json()["silenced"]] == [0, 0]
    second = Channel.objects.get(number=1)
    assert [one.text for one in list_hypotheses(second)] == ["she walked along the river"]
    sent = decode(flac_bytes(call.sound(), RATE)).samples[1]
    pcm, came = (np.round(between(one, call.second_alone) * 32768) for one in (_stored(second), sent))
    assert np.array_equal(pcm, came), "to the bit"


def test_two_people_on_both_channels_are_refused_and_nothing_stays(house: House) -> None:
    call = calls.call()
    mixed = call.first + call.second
    before = counts()
    answer = _send(house, np.stack([mixed, np.roll(mixed, 160)]), agreed=(True, True))
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["field"], problem["expected"]) == (
        "channels",
        "each party's own voice; a mono recording of several people is refused",
    )
    assert counts() == before


def test_a_speakers_page_says_that_it_is_a_call(house: House) -> None:
    call = calls.call()
    house.recording("finch")
    assert _send(house, call.sound(ECHO_DB), agreed=(False, True)).status_code == 201
    sentence = "this is your side alone"
    assert sentence in house.speaker_client("wren").get("/speaker/").content.decode()
    assert sentence not in house.speaker_client("finch").get("/speaker/").content.decode()
