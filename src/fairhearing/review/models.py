"""The queue, who has what, and what they answered."""

from django.db import models

from fairhearing.accounts.models import Account
from fairhearing.capture.models import Clip
from fairhearing.programmes.models import Programme


class Purpose(models.TextChoices):
    """What somebody is asked about a clip for. The page looks the same, whichever it is."""

    JUDGING = "judging"  # an independent, blind judgement
    KNOWN = "known"  # its answer is known: how well somebody hears
    LEAD = "lead"  # a lead reviewer decides, who sees what was answered


class QueueItem(models.Model):
    """A clip that still wants judgements. ``place`` is a random point on a ring that reviewers go round."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    place = models.BigIntegerField()
    wanted = models.PositiveSmallIntegerField()  # judgements still wanted, less those that somebody is working on
    disputed = models.BooleanField(default=False)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.JUDGING, db_default=Purpose.JUDGING)
    awaits_speaker = models.BooleanField(default=False, db_default=False)  # a yes to it, or a pause's end

    class Meta:
        indexes = (
            models.Index(
                fields=["programme", "place"],
                name="review_queue_ring",
                condition=models.Q(wanted__gt=0, disputed=False, awaits_speaker=False),
            ),
            models.Index(
                fields=["programme", "purpose", "place"],
                name="review_queue_disputed",
                condition=models.Q(wanted__gt=0, disputed=True, awaits_speaker=False),
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
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.JUDGING, db_default=Purpose.JUDGING)
    unaided = models.BooleanField(default=False, db_default=False)  # shown without candidates

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
    value = models.PositiveSmallIntegerField(null=True)  # one of a kind's options
    adequacy = models.PositiveSmallIntegerField(null=True)
    fluency = models.PositiveSmallIntegerField(null=True)
    flag = models.CharField(max_length=20, choices=Flag, blank=True)
    undone = models.BooleanField(default=False)  # this row takes the superseded answer back
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    reported_ms = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["clip"], name="review_judgement_clip"),)

    def __str__(self) -> str:
        return self.id


class How(models.TextChoices):
    """How a reference came about."""

    AGREED = "agreed"  # so many gave it independently that it is certain
    WORDS = "words"  # put together word by word from several answers
    LEAD = "lead"  # a lead reviewer decided, or confirmed it
    SPEAKER = "speaker"  # the speaker corrected it, and a controller saw that it fits


class Supervision(models.Model):
    """The settled reference for a clip, sealed under its channel's key."""

    id = models.CharField(primary_key=True, max_length=40)
    clip = models.OneToOneField(Clip, on_delete=models.PROTECT)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    sealed_text = models.BinaryField()
    agreed = models.PositiveSmallIntegerField()
    judgements = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=10, choices=How, default=How.AGREED, db_default=How.AGREED)
    probability = models.FloatField(null=True)  # that it is right, by the reviewers' reliabilities; none: not estimated
    settled_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class KnownAnswer(models.Model):
    """A clip whose answer is known, to be mixed in unseen. Sealed under the channel's key: it goes with the clip."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE)
    sealed_text = models.BinaryField(null=True)
    value = models.PositiveSmallIntegerField(null=True)
    place = models.BigIntegerField()  # random: from where a reviewer begins to look for one
    made_by = models.CharField(max_length=40)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["programme", "place"], name="review_known_ring"),)

    def __str__(self) -> str:
        return f"the answer to {self.clip_id} is known"


class Verdict(models.Model):
    """How an answer to a known clip compares; its reviewer can dispute it, and a person rules on that."""

    judgement = models.OneToOneField(Judgement, on_delete=models.CASCADE, primary_key=True)
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE)
    right = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)
    disputed_at = models.DateTimeField(null=True)
    sealed_dispute = models.BinaryField(null=True)  # what the reviewer says, under the channel's key
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["account", "programme", "at"], name="review_verdict_record"),
            models.Index(
                fields=["programme", "disputed_at"],
                name="review_verdict_disputed",
                condition=models.Q(disputed_at__isnull=False, ruled_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.judgement_id} is {'right' if self.right else 'wrong'}"


class Likeness(models.Model):
    """Which answers to one clip are the same: equal numbers, and nothing of what they say. Written when it is settled.

    Reliabilities are estimated from these rows alone, so no text is opened again for them.
    """

    judgement = models.OneToOneField(Judgement, on_delete=models.CASCADE, primary_key=True)
    clip = models.ForeignKey(Clip, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE)
    number = models.PositiveSmallIntegerField()  # 0: as the known or the lead's answer, where there is one

    class Meta:
        indexes = (models.Index(fields=["programme", "clip"], name="review_likeness_clip"),)

    def __str__(self) -> str:
        return f"{self.judgement_id} is of group {self.number}"


class Reliability(models.Model):
    """How often a reviewer's answers in a programme are right, as far as all answers tell (Dawid and Skene, 1979)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE)
    right = models.FloatField()  # a probability
    spread = models.FloatField()  # its standard deviation
    judgements = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "programme"], name="review_reliability_once"),)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.right:.2f}"


class MissedData(models.Model):
    """Personal data that the machine missed and a reviewer heard: how often, by kind. Of no clip and of nobody."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["programme", "kind"], name="review_misseddata_once"),)

    def __str__(self) -> str:
        return f"{self.count} × {self.kind}"


class Distress(models.Model):
    """How much of what can distress somebody heard on a day (UTC): it has a budget, and nobody is asked why."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    day = models.DateField()
    ms = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "day"], name="review_distress_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.ms} ms on {self.day}"


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
