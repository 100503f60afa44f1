"""Programmes and pauses."""

from django.db import models


class Task(models.TextChoices):
    """What reviewers are asked."""

    TRANSCRIPTION = "transcription"
    TRANSLATION = "translation"
    ACTIVATION = "activation"
    RATING = "rating"
    COMPARISON = "comparison"


class Voice(models.TextChoices):
    """How much of the voice is taken away before anybody hears it (``deidentify.voice``)."""

    OFF = "off"
    CLEAR = "clear"
    STRONG = "strong"


class FreeSpeech(models.TextChoices):
    """What happens to free speech that only the embedded recogniser heard: names in it are not found reliably."""

    QUARANTINE = "quarantine"
    SERVE = "serve"


class Asks(models.TextChoices):
    """How often speakers are asked whether people may listen."""

    ONCE = "once"  # by their consent, for all that they say
    EVERY_CLIP = "every_clip"  # for each clip as well: no answer means no


class Programme(models.Model):
    """One question asked of many recordings."""

    id = models.CharField(primary_key=True, max_length=40)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12)
    task = models.CharField(max_length=20, choices=Task)
    target_language = models.CharField(max_length=12, blank=True)
    guideline = models.TextField(blank=True)
    question = models.CharField(max_length=200, blank=True)  # what is asked where the task itself does not say it
    scale_labels = models.TextField(blank=True)  # a rating's steps from the lowest to the highest, a line each
    help_text = models.TextField(blank=True)  # where reviewers find help, as the controller wrote it
    # What happens to a recording whose speaker did not agree to people listening: refused, or kept and never heard.
    keep_unheard = models.BooleanField(default=False)
    keep_original_days = models.PositiveSmallIntegerField(default=0)
    judgements_wanted = models.PositiveSmallIntegerField(default=2)
    judgements_most = models.PositiveSmallIntegerField(default=5)
    lease_seconds = models.PositiveIntegerField(default=900)
    grace_seconds = models.PositiveIntegerField(default=10)
    plays_most = models.PositiveSmallIntegerField(default=50)
    # How judgements are made to be worth more (``docs/judgements.md``). Shares are from 0 to 1.
    judgements_least = models.PositiveSmallIntegerField(default=0)  # that can settle a clip; 0: all that are wanted
    certain_at = models.FloatField(default=0.95)  # the probability of a text from which on nobody more is asked
    must_hear_share = models.FloatField(default=0.0)  # of a clip, before an answer counts; 0: that it was played
    known_share = models.FloatField(default=0.0)  # of clips whose answer is known, for somebody with a good record
    unaided_share = models.FloatField(default=0.0)  # of clips that are shown without candidates
    by_skill = models.BooleanField(default=False)  # only who knows the languages is asked (``vendors.Skill``)
    urgent = models.BooleanField(default=False)  # shown first to reviewers
    second_stage = models.BooleanField(default=False)  # a lead reviewer confirms what was settled
    sensitive_minutes_a_day = models.PositiveSmallIntegerField(default=30)  # of distressing content, for one reviewer
    # How recordings are de-identified. What is less than the strictest is written into the log (``set_rules``).
    voice = models.CharField(max_length=10, choices=Voice, default=Voice.CLEAR)
    free_speech = models.CharField(max_length=12, choices=FreeSpeech, default=FreeSpeech.QUARANTINE)
    commands = models.TextField(blank=True)  # the declared grammar: what is expected to be said, a phrase a line
    wake_words = models.TextField(blank=True)  # a phrase a line; none: a recording is not searched for one
    # Exposure budgets: into how many buckets a language's speakers fall (20 or more share one, so the buckets are few),
    # and how many clips of one bucket a reviewer hears in a week.
    exposure_buckets = models.PositiveSmallIntegerField(default=4)
    bucket_clips_a_week = models.PositiveIntegerField(default=250)
    # By which notices speakers must have been asked: any that the product names, or those that were checked here.
    registered_notices_only = models.BooleanField(default=False)
    asks = models.CharField(max_length=10, choices=Asks, default=Asks.ONCE, db_default=Asks.ONCE)
    made_for_children = models.BooleanField(default=False)  # who is not known to be an adult is taken for a child
    indicator_required = models.BooleanField(default=False)  # something told speakers that the microphone was open
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
            models.CheckConstraint(
                condition=models.Q(must_hear_share__range=(0, 1))
                & models.Q(known_share__range=(0, 1))
                & models.Q(unaided_share__range=(0, 1))
                & models.Q(certain_at__range=(0.5, 1)),
                name="programmes_programme_shares_make_sense",
                violation_error_message="a share is outside of 0 to 1, or a certainty outside of 0.5 to 1",
            ),
            models.CheckConstraint(
                condition=models.Q(judgements_least__lte=models.F("judgements_wanted")),
                name="programmes_programme_least_is_least",
                violation_error_message="judgements_least is more than the judgements that are wanted",
            ),
        )

    def __str__(self) -> str:
        return self.slug

    @property
    def judgements_first(self) -> int:
        """How many people are asked at first."""
        return self.judgements_least or self.judgements_wanted


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


class HouseRule(models.Model):
    """A controller's rule on top of the law: one ``forbid`` in Cedar. Its text never changes; it is ended, and kept."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=60)  # its @id
    reason = models.CharField(max_length=200)
    text = models.TextField()
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(ended_at=None), name="programmes_houserule_one_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
