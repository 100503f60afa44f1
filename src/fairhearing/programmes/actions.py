"""Making programmes; pausing and resuming."""

from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.ledger import entries
from fairhearing.ledger import log as ledger
from fairhearing.programmes import scopes
from fairhearing.programmes.models import Pause, Programme, Task


def create(
    *,
    slug: str,
    language: str,
    task: Task,
    target_language: str = "",
    name: str = "",
    guideline: str = "",
    keep_unheard: bool = False,
    keep_original_days: int = 0,
    judgements_wanted: int = 2,
    grace_seconds: int = 10,
) -> Programme:
    """Make a programme.

    Raises:
        django.core.exceptions.ValidationError: the slug is taken or a field does not fit.
    """
    programme = Programme(
        id=ids.new("programme"),
        slug=slug,
        name=name or slug.replace("-", " ").capitalize(),
        language=language,
        task=Task(task),
        target_language=target_language,
        guideline=guideline,
        keep_unheard=keep_unheard,
        keep_original_days=keep_original_days,
        judgements_wanted=judgements_wanted,
        grace_seconds=grace_seconds,
        judgements_most=max(5, judgements_wanted),
    )
    programme.full_clean()
    programme.save(force_insert=True)
    return programme


@transaction.atomic
def pause(*, scope: str, reason: str, by: str) -> Pause:
    """Stop a scope. When this returns, no play is in flight in it and none begins.

    Raises:
        scopes.ScopeInvalid: no such kind of scope.
    """
    scope = scopes.parse(scope)
    scopes.hold_alone()
    known = Pause.objects.filter(scope=scope, ended_at=None).first()
    if known is not None:
        return known
    made = Pause.objects.create(id=ids.new("pause"), scope=scope, reason=reason)
    ledger.append(entries.NewEntry(kind=entries.Kind.PAUSED, account=by, detail={"scope": scope, "reason": reason}))
    return made


@transaction.atomic
def resume(*, scope: str, by: str) -> bool:
    """Let a scope go on; False when it was not paused."""
    scope = scopes.parse(scope)
    scopes.hold_alone()
    ended = Pause.objects.filter(scope=scope, ended_at=None).update(ended_at=timezone.now())
    if ended:
        ledger.append(entries.NewEntry(kind=entries.Kind.RESUMED, account=by, detail={"scope": scope}))
    return bool(ended)
