"""Measuring transcripts: how wrong they are, whether people agree on them, and what to hear next.

Owns the comparable form of a text, error rates, agreement, confidence intervals and the order of hearing; how reliable
reviewers are, and what their answers on one clip come to (``docs/consensus.md``).
Promises pure functions with one answer each: the same input gives the same output, on any machine.
"""

from fairhearing.measure.agreement import pairwise_agreement, settle
from fairhearing.measure.errors import ErrorRate, character_error_rate, word_error_rate
from fairhearing.measure.intervals import Interval, wilson
from fairhearing.measure.text import normalise

__all__ = [
    "ErrorRate",
    "Interval",
    "character_error_rate",
    "normalise",
    "pairwise_agreement",
    "settle",
    "wilson",
    "word_error_rate",
]
