"""Notices, immutable once published; consent records: append-only, under a handle of speaker and purpose."""

from django.db import models

from fairhearing.consent.states import State


class Purpose(models.TextChoices):
    """What a speaker can agree to: a closed vocabulary, version 1."""

    SERVICE = "service"
    AUTOMATIC_IMPROVEMENT = "automatic_improvement"
    HUMAN_REVIEW = "human_review"


class Method(models.TextChoices):
    """How they were asked."""

    CLICK = "click"
    VOICE = "voice"
    PAPER = "paper"
    CONTRACT = "contract"
    DASHBOARD = "dashboard"


class ConsentRecord(models.Model):
    """One answer of one speaker to one purpose. The newest by ``given_at`` holds; nothing is ever changed.

    ``given``: whether the state that was written allows the purpose. ``valid_until``: ask again from then on.
    """

    id = models.CharField(primary_key=True, max_length=40)
    handle = models.BinaryField(max_length=32)
    given = models.BooleanField()
    notice = models.CharField(max_length=80)
    method = models.CharField(max_length=12, choices=Method)
    given_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State])
    valid_until = models.DateTimeField(null=True)
    language = models.CharField(max_length=12, blank=True)  # in which the notice was shown, if that was said

    class Meta:
        constraints = (models.UniqueConstraint("handle", "given_at", name="consent_record_once_a_moment"),)

    def __str__(self) -> str:
        return self.id


class SpeakerPause(models.Model):
    """A speaker lets nobody listen for a while: what comes in meanwhile is paused too. Tied to no recording."""

    handle = models.BinaryField(primary_key=True, max_length=32)
    until = models.DateField(null=True)  # people may listen again from that day on; none: when the speaker says so

    def __str__(self) -> str:
        return "a pause"


class FormerMarks(models.Model):
    """What is known again of a speaker's earlier keys, sealed under the present one (``consent.former``)."""

    handle = models.BinaryField(primary_key=True, max_length=32)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "marks of earlier keys"


class Notice(models.Model):
    """One version of a notice in one language, as it was published. A changed text is a new version."""

    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=12)
    content = models.JSONField()  # everything of ``notices.Text``
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["name", "version", "language"], name="consent_notice_version_once"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What a consent names: ``hearth-review-2``."""
        return f"{self.name}-{self.version}"


class InvalidNotice(models.Model):
    """A notice, registered or not, under which no consent holds any more."""

    reference = models.CharField(primary_key=True, max_length=80)
    reason = models.CharField(max_length=500)
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
