"""Requests to trace a leaked file, and what was found."""

from django.db import models


class Trace(models.Model):
    """One leaked file, by its hash. The file itself is never kept: who wants an answer brings it."""

    id = models.CharField(primary_key=True, max_length=40)
    leak_sha256 = models.CharField(max_length=64, db_index=True)
    reason = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=40, blank=True)  # empty: whoever runs the platform, at the command line
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    clips = models.PositiveIntegerField(default=0)  # that the leak was compared with
    candidates = models.PositiveIntegerField(default=0)  # copies of these clips that there are
    threshold = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return self.id


class Finding(models.Model):
    """A copy that the leak holds: a reviewer's, or a release's. After an erasure the clip and its listens are gone."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="findings")
    clip = models.CharField(max_length=40, blank=True, db_index=True)
    holder = models.CharField(max_length=40)  # an account, or a release
    recipient = models.CharField(max_length=200, blank=True)  # of the release
    listens = models.JSONField(default=list)
    score = models.FloatField()
    p_false = models.FloatField()

    class Meta:
        ordering = ("-score",)

    def __str__(self) -> str:
        return f"{self.holder} in {self.trace_id}"
