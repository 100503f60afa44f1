"""Find and remove what identifies a speaker: their voice, what they said about who they are, what was not meant.

Owns the step from one speaker's channel and the product's texts to something that may be reviewed. Pure: no
Django, no database, no network, no downloads. It promises that

* sound and every text are cut at the same places, and the sound keeps its length to the sample;
* nothing of the original is left inside a cut, and of the voice what ``docs/models/voice.md`` measures;
* what cannot be placed, heard, split, re-voiced or promised is not served: the verdict is ``quarantine`` or
  ``discard``, the reasons are a closed set, and the result then holds nothing to serve;
* the report holds no personal text unless it is asked for, and names every transform with its parameters.
"""

from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.options import Options, VoiceKey
from fairhearing.deidentify.pipeline import deidentify
from fairhearing.deidentify.result import Reason, Result
from fairhearing.deidentify.texts import GivenText, RedactedText, split_text
from fairhearing.deidentify.words import RATE, Recogniser, Samples, Word

__all__ = [
    "RATE",
    "ClipSpan",
    "Finding",
    "GivenText",
    "Options",
    "Reason",
    "Recogniser",
    "RedactedText",
    "Result",
    "Samples",
    "VoiceKey",
    "Word",
    "deidentify",
    "split_text",
]
