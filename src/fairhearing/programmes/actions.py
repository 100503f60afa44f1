"""Making programmes, setting how their recordings are de-identified; pausing and resuming."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.ledger import entries
from fairhearing.ledger import log as ledger
from fairhearing.programmes import scopes
from fairhearing.programmes.models import Asks, FreeSpeech, Pause, Programme, Task, Voice

RESERVED = frozenset({"me", "help"})  # addresses beside the programmes' own


@dataclass(frozen=True, slots=True)
class Judging:
    """What a programme asks of judgements (``Programme`` says what each means); what is None stays as it is."""

    question: str | None = None
    scale_labels: str | None = None
    judgements_least: int | None = None
    certain_at: float | None = None
    must_hear_share: float | None = None
    known_share: float | None = None
    unaided_share: float | None = None
    second_stage: bool | None = None
    by_skill: bool | None = None
    urgent: bool | None = None
    sensitive_minutes_a_day: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """How speakers are asked (``Programme`` says what each means); what is None stays as it is."""

    registered_notices_only: bool | None = None
    made_for_children: bool | None = None
    indicator_required: bool | None = None
    asks: Asks | None = None


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
    if slug in RESERVED:
        raise ValidationError({"slug": f"{slug} is a page's own name: choose another"})
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
def set_rules(
    *,
    slug: str,
    by: str,
    reason: str,
    voice: Voice | None = None,
    free_speech: FreeSpeech | None = None,
    commands: Sequence[str] | None = None,
    wake_words: Sequence[str] | None = None,
    exposure_buckets: int | None = None,
    bucket_clips_a_week: int | None = None,
    judging: Judging | None = None,
    asking: Asking | None = None,
) -> Programme:
    """Set how a programme's recordings are de-identified from now on, how much of one bucket of speakers a reviewer
    hears, what is asked of judgements, and how speakers are asked; what is None stays as it is.

    The log gets an entry with every rule as it then is and who set it, whether they were loosened or not. Clips
    that were made before stay as they were made.

    Raises:
        Programme.DoesNotExist: no such programme.
        django.core.exceptions.ValidationError: a rule does not fit.
    """
    programme = Programme.objects.select_for_update().get(slug=slug)
    rules = {
        "voice": voice,
        "free_speech": free_speech,
        "commands": None if commands is None else _lines(commands),
        "wake_words": None if wake_words is None else _lines(wake_words),
        "exposure_buckets": exposure_buckets,
        "bucket_clips_a_week": bucket_clips_a_week,
        **(asdict(judging) if judging else {}),
        **(asdict(asking) if asking else {}),
    }
    for name, rule in rules.items():
        if rule is not None:
            setattr(programme, name, rule)
    _check_phrases(programme)
    programme.full_clean()
    programme.save(update_fields=[name for name, rule in rules.items() if rule is not None])
    detail: dict[str, str | int] = {
        "programme": programme.slug,
        "reason": reason,
        "voice": programme.voice,
        "free_speech": programme.free_speech,
        "commands": len(programme.commands.splitlines()),
        "wake_words": len(programme.wake_words.splitlines()),
        "exposure_buckets": programme.exposure_buckets,
        "bucket_clips_a_week": programme.bucket_clips_a_week,
        **{name: str(rule) for name, rule in asdict(judging or Judging()).items() if rule is not None},
        **{name: str(rule) for name, rule in asdict(asking or Asking()).items() if rule is not None},
    }
    ledger.append(entries.NewEntry(kind=entries.Kind.RULES_SET, account=by, detail=detail))
    return programme


def _check_phrases(programme: Programme) -> None:
    """Refuse phrases that no recogniser could listen for, here and not when the first recording comes."""
    from fairhearing.deidentify import activation, declared  # late: the web server loads no recogniser otherwise

    try:
        if programme.commands:
            declared.DeclaredGrammar(programme.commands.splitlines())
        for phrase in programme.wake_words.splitlines():
            activation.check_phrase(phrase)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _lines(phrases: Sequence[str]) -> str:
    return "\n".join(phrase.strip() for phrase in phrases if phrase.strip())


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
