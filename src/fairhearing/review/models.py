"""The queue, who has what, and what they answered."""

from django.db import models

from fairhearing.accounts.models import Account
from fairhearing.capture.models import Clip
from fairhearing.programmes.models import Programme


class QueueItem(models.Model):
    """A clip that still wants judgements. ``place`` is a random point on a ring that reviewers go round."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    place = models.BigIntegerField()
    wanted = models.PositiveSmallIntegerField()  # judgements still wanted, less those that somebody is working on
    disputed = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(
                fields=["programme", "place"],
                name="review_queue_ring",
                condition=models.Q(wanted__gt=0, disputed=False),
            ),
            models.Index(
                fields=["programme", "place"],
                name="review_queue_disputed",
                condition=models.Q(wanted__gt=0, disputed=True),
            ),
            models.Index(fields=["clip"], name="review_queue_answered", condition=models.Q(wanted=0)),
        )

    def __str__(self) -> str:
        return f"{self.clip_id} wants {self.wanted}"


class RingPosition(models.Model):
    """How far round the ring somebody is in a programme: what they had lies behind them and is not looked at again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE)
    place = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "programme"], name="review_ringposition_once"),)

    def __str__(self) -> str:
        return f"{self.account_id} at {self.place}"


class AssignmentState(models.TextChoices):
    """What became of an assignment."""

    OPEN = "open"
    JUDGED = "judged"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    ENDED = "ended"  # by a pause, a withdrawal or an off-boarding


class Assignment(models.Model):
    """This clip, this reviewer, until then."""

    id = models.CharField(primary_key=True, max_length=40)
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.OPEN)
    lease_ends_at = models.DateTimeField()
    nonce = models.BinaryField(max_length=16)
    served_sha256 = models.CharField(max_length=64, blank=True)
    plays = models.PositiveSmallIntegerField(default=0)
    first_played_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            # A clip is heard once by a reviewer; an undone judgement opens the same assignment again.
            models.UniqueConstraint(fields=["clip", "account"], name="review_assignment_clip_once_a_reviewer"),
        )
        indexes = (
            models.Index(
                fields=["account", "programme"],
                name="review_assignment_open",
                condition=models.Q(state="open"),
            ),
            models.Index(fields=["lease_ends_at"], name="review_assignment_lease", condition=models.Q(state="open")),
        )

    def __str__(self) -> str:
        return self.id


class Flag(models.TextChoices):
    """Why a clip should not be judged."""

    PERSONAL_DATA = "personal_data"
    NOT_FOR_DEVICE = "not_for_device"
    TOO_SENSITIVE = "too_sensitive"
    KNOWN_PERSON = "known_person"


class Judgement(models.Model):
    """One reviewer's immutable answer. ``supersedes`` names the answer that this one takes back or replaces."""

    id = models.CharField(primary_key=True, max_length=40)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT)
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    choice = models.PositiveSmallIntegerField(null=True)
    sealed_text = models.BinaryField(null=True)
    flag = models.CharField(max_length=20, choices=Flag, blank=True)
    undone = models.BooleanField(default=False)  # this row takes the superseded answer back
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    reported_ms = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["clip"], name="review_judgement_clip"),)

    def __str__(self) -> str:
        return self.id


class Supervision(models.Model):
    """The settled reference for a clip, sealed under its channel's key."""

    id = models.CharField(primary_key=True, max_length=40)
    clip = models.OneToOneField(Clip, on_delete=models.PROTECT)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    sealed_text = models.BinaryField()
    agreed = models.PositiveSmallIntegerField()
    judgements = models.PositiveSmallIntegerField()
    settled_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class Exposure(models.Model):
    """How many clips of an exposure bucket a reviewer heard in a week; whose and which, the key file alone tells."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    week = models.DateField()  # its Monday
    clips = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=["week"], name="review_exposure_week"),)

    def __str__(self) -> str:
        return f"{self.clips} clips in the week of {self.week}"


class Recusal(models.Model):
    """Somebody knows a person of an exposure bucket, as they said; who and which, the key file alone tells."""

    digest = models.BinaryField(primary_key=True, max_length=32)

    def __str__(self) -> str:
        return "a recusal"
