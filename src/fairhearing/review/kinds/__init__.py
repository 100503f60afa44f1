"""Kinds of work: what is asked, what can be answered, and when answers to one clip are the same. A folder each.

A new kind is a folder here with its ``KIND``, a line in ``_KINDS``, a member of ``programmes.models.Task``, and a
folder of the same name in ``frontend/src/reviewer/kinds``.
"""

from typing import Final

from fairhearing.programmes.models import Programme, Task
from fairhearing.review.kinds import activation, comparison, rating, transcription, translation
from fairhearing.review.kinds.kind import Kind, Option, Scale

_KINDS: Final = {
    Task.TRANSCRIPTION: transcription.KIND,
    Task.TRANSLATION: translation.KIND,
    Task.ACTIVATION: activation.KIND,
    Task.RATING: rating.KIND,
    Task.COMPARISON: comparison.KIND,
}

__all__ = ["Kind", "Option", "Scale", "kind_of", "question_of"]


def kind_of(task: str) -> Kind:
    """The kind of a programme's task."""
    return _KINDS[Task(task)]


def question_of(programme: Programme) -> str:
    """What is asked: in the controller's words where there are any, else in the kind's own."""
    return programme.question or kind_of(programme.task).asks
