"""What was captured, and what was made of it."""

from django.db import models

from fairhearing import ids
from fairhearing.programmes.models import Programme


class RecordingState(models.TextChoices):
    """Where a recording stands."""

    RECEIVED = "received"  # waiting to be prepared
    UNHEARD = "unheard"  # kept, but nobody agreed to people listening
    PREPARED = "prepared"  # has clips
    QUARANTINED = "quarantined"  # could not be promised to be de-identified; nobody hears it
    DISCARDED = "discarded"  # not meant for the device, or nothing said


class AgeBand(models.TextChoices):
    """What the product knows of the speaker's age."""

    ADULT = "adult"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Recording(models.Model):
    """The captured original. Times are coarse: no two recordings are linked by the second they came in."""

    id = models.CharField(primary_key=True, max_length=40)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    product = models.SlugField(max_length=60)
    region = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=12, choices=RecordingState)
    reasons = models.JSONField(default=list)
    captured_day = models.DateField(null=True)
    received_hour = models.DateTimeField()
    age_band = models.CharField(max_length=8, choices=AgeBand, default=AgeBand.UNKNOWN)
    trigger = models.CharField(max_length=20, blank=True)
    indicator = models.CharField(max_length=80, blank=True)
    planted = models.BooleanField(default=False, db_default=False)  # a canary: no speaker stands behind it
    # Keyed digests (HMAC under the key file): of the product's own id, of the Idempotency-Key, of speaker and sound.
    external_digest = models.BinaryField(max_length=32, null=True, unique=True)
    idempotency_digest = models.BinaryField(max_length=32, null=True, unique=True)
    content_digest = models.BinaryField(max_length=32, unique=True)
    duration_ms = models.PositiveIntegerField(default=0)
    cpu_ms = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["programme", "state"], name="capture_recording_state"),)

    def __str__(self) -> str:
        return self.id


class Channel(models.Model):
    """One party's track, with what its speaker agreed to. The handle finds it; only the speaker's key makes handles."""

    id = models.CharField(primary_key=True, max_length=40)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="channels")
    number = models.PositiveSmallIntegerField()
    handle = models.BinaryField(max_length=32, unique=True)
    language = models.CharField(max_length=12)
    key_id = models.CharField(max_length=40)
    original_key_id = models.CharField(max_length=40, blank=True)
    original_object = models.CharField(max_length=64, blank=True)
    original_until = models.DateField(null=True)
    human_review = models.BooleanField()
    automatic_improvement = models.BooleanField()
    notice = models.CharField(max_length=80)
    method = models.CharField(max_length=12)
    consent_day = models.DateField()
    consent_until = models.DateField(null=True)  # from that day on it does not hold; coarse: see ``capture.intake``
    withdrawn = models.BooleanField(default=False)
    # The speaker lets nobody listen for a while; until when is sealed (``capture.pauses``).
    paused = models.BooleanField(default=False, db_default=False)
    pause_sealed = models.BinaryField(max_length=32, null=True)
    # The speaker's exposure bucket, sealed with a nonce of its own (``capture.buckets``); none: it came in before.
    bucket_sealed = models.BinaryField(max_length=30, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["recording", "number"], name="capture_channel_number_once"),)
        indexes = (models.Index(fields=["id"], name="capture_channel_paused", condition=models.Q(paused=True)),)

    def __str__(self) -> str:
        return self.id


class Hypothesis(models.Model):
    """A machine's candidate text for a channel, as the product sent it; sealed, and shredded with the original."""

    id = models.CharField(primary_key=True, max_length=40)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="hypotheses")
    number = models.PositiveSmallIntegerField()
    engine = models.CharField(max_length=120)
    language = models.CharField(max_length=12)
    score = models.FloatField(null=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return self.id


class ClipState(models.TextChoices):
    """Whether a clip can be heard."""

    READY = "ready"
    QUARANTINED = "quarantined"


class Clip(models.Model):
    """A de-identified excerpt of one channel, at most 15 s. Times are samples at 16 kHz of the original."""

    id = models.CharField(primary_key=True, max_length=40)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="clips")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    object_name = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ClipState, default=ClipState.READY)
    peaks_sealed = models.BinaryField()
    words_sealed = models.BinaryField(null=True)  # where words begin and end; none: it is not known
    # How a leaked copy is found again; sealed, since a voice colours it. None: made before copies were marked.
    fingerprint_sealed = models.BinaryField(null=True)
    worth = models.FloatField(default=0.0)
    # What its speaker said of this clip, asked or not; none: nothing. A no holds whatever the programme asks.
    heard_by_people = models.BooleanField(null=True)

    def __str__(self) -> str:
        return self.id

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return (self.end - self.start) / 16000


class Candidate(models.Model):
    """A hypothesis cut to a clip, with what identifies taken out. What reviewers choose from."""

    id = models.BigIntegerField(primary_key=True, default=ids.number)
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="candidates")
    number = models.PositiveSmallIntegerField()
    engine = models.CharField(max_length=120)
    language = models.CharField(max_length=12)
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["clip", "number"], name="capture_candidate_number_once"),)

    def __str__(self) -> str:
        return f"{self.clip_id}/{self.number}"


class RequestKind(models.TextChoices):
    """What speakers ask of one recording beside hearing, taking away and erasing it (GDPR Art. 16, 18, 21)."""

    CORRECTION = "correction"  # the text that was settled is wrong
    RESTRICTION = "restriction"  # keep it, and let nobody hear it
    OBJECTION = "objection"  # the same, and use it for nothing: it leaves the releases as well


class RequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Request(models.Model):
    """What a speaker asked about one of their recordings. It goes with the recording, whose key seals its words."""

    id = models.CharField(primary_key=True, max_length=40)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="requests")
    clip_id = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=12, choices=RequestKind)
    state = models.CharField(max_length=8, choices=RequestState, default=RequestState.OPEN)
    asked_day = models.DateField()  # days: no two requests are linked by the second
    answered_day = models.DateField(null=True)
    sealed_words = models.BinaryField(null=True)
    sealed_answer = models.BinaryField(null=True)

    class Meta:
        indexes = (models.Index(fields=["asked_day"], name="capture_request_open", condition=models.Q(state="open")),)

    def __str__(self) -> str:
        return self.id


class HandleTombstone(models.Model):
    """The handle of an erased channel, alone: it keeps the row of a speaker's numbers without a gap."""

    handle = models.BinaryField(primary_key=True, max_length=32)

    def __str__(self) -> str:
        return "an erased handle"


class ContentTombstone(models.Model):
    """The keyed digest of an erased recording, alone: it refuses the same recording when it comes again."""

    digest = models.BinaryField(primary_key=True, max_length=32)

    def __str__(self) -> str:
        return "an erased digest"
