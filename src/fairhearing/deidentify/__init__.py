"""Find and remove what identifies a speaker: timed words, spoken personal data, cuts, clips.

Owns the step from one speaker's channel and the product's texts to something that may be reviewed. Pure: no
Django, no database, no network, no downloads. It promises that

* sound and every text are cut at the same places, and the sound keeps its length to the sample;
* nothing of the original is left inside a cut;
* what cannot be placed, heard or split is not served: the verdict is ``quarantine`` or ``discard``, the
  reasons are a closed set, and the result then holds nothing to serve;
* the report holds no personal text, and names every transform with its parameters and version.

A first version: what is not done yet is the voice itself, accidental activations, sensitive content, and
names and addresses said as words where only the embedded recogniser heard them (see ``Options.free_speech``).
"""

from fairhearing.deidentify.clips import ClipSpan
from fairhearing.deidentify.cut import Finding
from fairhearing.deidentify.pipeline import Options, deidentify
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
    "Word",
    "deidentify",
    "split_text",
]
