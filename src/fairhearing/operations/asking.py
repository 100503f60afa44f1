"""How speakers are asked, and what they said of single clips: the answer, the queue and the log in one transaction.

A no meets the plays in flight at the lock of the scopes, as an erasure does (``operations.erase``): when the answer is
there, nobody is hearing the clip by a key that left later, and nobody begins to. A yes stops nothing and waits for
nothing.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from fairhearing.capture import actions as capture
from fairhearing.capture import queries as captured
from fairhearing.home.stop_journal import Stop
from fairhearing.operations import journal, receipts
from fairhearing.operations.deadlocks import again_after_deadlock
from fairhearing.programmes import actions as programmes
from fairhearing.programmes import scopes
from fairhearing.programmes.models import Programme
from fairhearing.review import asking as review
from fairhearing.webhooks import actions as webhooks
from fairhearing.webhooks.actions import EventType


@again_after_deadlock
@transaction.atomic
def set_rules(*, slug: str, asking: programmes.Asking | None = None, **rules: Any) -> Programme:
    """``programmes.actions.set_rules``; where it changes how often speakers are asked, the queue follows.

    With ``every_clip`` no clip is assigned or played from then on without a yes to it. What is assigned ends.

    Raises:
        Programme.DoesNotExist, django.core.exceptions.ValidationError: as there.
    """
    changes = asking is not None and asking.asks is not None
    if changes:
        scopes.hold_alone()
    programme = programmes.set_rules(slug=slug, asking=asking, **rules)
    if changes:
        review.follow_rule(programme=programme.id)
    return programme


@again_after_deadlock
@transaction.atomic
def answer(*, answers: Mapping[str, bool]) -> receipts.Receipt:
    """Keep what their speaker said of clips (by id): whether people may hear them. The newest answer holds.

    Call with clips that are the speaker's own. One entry in the log, over all of them, which links none.
    """
    refused = [clip for clip, agreed in answers.items() if not agreed]
    if refused:
        scopes.hold_alone()
        journal.write_marks(Stop.NOT_AGREED, refused)
    webhooks.emit(event=EventType.ANSWERED, recordings=lambda: captured.by_product(captured.recordings_of(answers)))
    recordings = capture.answer_clips(answers=answers)
    review.follow_speakers(clips=list(answers))
    return receipts.append_answers(answers, recordings)
