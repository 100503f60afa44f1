"""Consent records: append-only, under a handle of speaker and purpose."""

from django.db import models


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
    """One answer of one speaker to one purpose. The newest by ``given_at`` holds; nothing is ever changed."""

    id = models.CharField(primary_key=True, max_length=40)
    handle = models.BinaryField(max_length=32)
    given = models.BooleanField()
    notice = models.CharField(max_length=80)
    method = models.CharField(max_length=12, choices=Method)
    given_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint("handle", "given_at", name="consent_record_once_a_moment"),)

    def __str__(self) -> str:
        return self.id
