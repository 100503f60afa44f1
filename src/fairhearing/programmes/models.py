"""Programmes and pauses."""

from django.db import models


class Task(models.TextChoices):
    """What reviewers are asked."""

    TRANSCRIPTION = "transcription"
    TRANSLATION = "translation"


class Programme(models.Model):
    """One question asked of many recordings."""

    id = models.CharField(primary_key=True, max_length=40)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12)
    task = models.CharField(max_length=20, choices=Task)
    target_language = models.CharField(max_length=12, blank=True)
    guideline = models.TextField(blank=True)
    # What happens to a recording whose speaker did not agree to people listening: refused, or kept and never heard.
    keep_unheard = models.BooleanField(default=False)
    keep_original_days = models.PositiveSmallIntegerField(default=0)
    judgements_wanted = models.PositiveSmallIntegerField(default=2)
    judgements_most = models.PositiveSmallIntegerField(default=5)
    lease_seconds = models.PositiveIntegerField(default=900)
    grace_seconds = models.PositiveIntegerField(default=10)
    plays_most = models.PositiveSmallIntegerField(default=50)
    erased = models.PositiveIntegerField(default=0)  # recordings erased so far: all that is left of them here
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(judgements_wanted__gte=1)
                & models.Q(judgements_most__gte=models.F("judgements_wanted")),
                name="programmes_programme_judgements_make_sense",
            ),
            models.CheckConstraint(
                condition=~models.Q(task=Task.TRANSLATION) | ~models.Q(target_language=""),
                name="programmes_programme_translation_has_target",
            ),
        )

    def __str__(self) -> str:
        return self.slug


class Pause(models.Model):
    """A scope in which nobody hears anything, until it is resumed."""

    id = models.CharField(primary_key=True, max_length=40)
    scope = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["scope"], condition=models.Q(ended_at=None), name="programmes_pause_one_a_scope"
            ),
        )

    def __str__(self) -> str:
        return self.scope
