"""Which recogniser an installation has for a language."""

from pathlib import Path

import pytest

from fairhearing.prepare import recognisers
from fairhearing.prepare.recognisers import Named, RecognisersInvalid


def test_each_language_has_its_model_and_its_error() -> None:
    found = recognisers.parse("en=vosk:/models/en@9.1, es=faster-whisper:/models/a@b/small@12,de=sherpa-onnx:/m")
    assert found == {
        "en": Named("vosk", Path("/models/en"), 9.1),
        "es": Named("faster-whisper", Path("/models/a@b/small"), 12.0),
        "de": Named("sherpa-onnx", Path("/m"), None),
    }
    assert recognisers.parse("") == {}


@pytest.mark.parametrize("text", ["en", "en=cloud:/x", "=vosk:/x", "en=vosk:", "en=vosk:/x@much", "en=vosk:/x@101"])
def test_what_cannot_be_read_is_shown(text: str) -> None:
    with pytest.raises(RecognisersInvalid, match="FAIRHEARING_RECOGNISERS: "):
        recognisers.parse(text)
