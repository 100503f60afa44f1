"""The log's state, entries, inner nodes, and the private records that entries commit to."""

from django.db import models


class LogState(models.Model):
    """One row: the right edge of the tree and the newest signed checkpoint."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    frontier = models.BinaryField()
    checkpoint = models.TextField()
    signed_at = models.DateTimeField()
    stopped = models.TextField(default="", db_default="")  # why nothing is appended or signed any more

    def __str__(self) -> str:
        return "the log's state"


class Published(models.Model):
    """One row: the checkpoint that was last shown to the witnesses, with their cosignatures."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    note = models.TextField()
    size = models.BigIntegerField()
    published_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"the checkpoint of size {self.size}"


class Witness(models.Model):
    """What a witness of ours signed last, as far as we know, and what kept it from signing since."""

    key = models.CharField(primary_key=True, max_length=300)  # the key's name and id
    size = models.BigIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    problem = models.TextField(default="")

    def __str__(self) -> str:
        return self.key


class LogEntry(models.Model):
    """One entry's public bytes and leaf hash."""

    index = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"entry {self.index}"


class LogNode(models.Model):
    """The root of 256, 65,536, … neighbouring entries: what tiles above the lowest level are made of."""

    tile_level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tile_level", "index"], name="ledger_lognode_once"),)

    def __str__(self) -> str:
        return f"node {self.tile_level}/{self.index}"


class Record(models.Model):
    """The private facts of an entry, each part with its salt (wrapped by an epoch key). Parts are forgotten by NULL."""

    id = models.CharField(primary_key=True, max_length=40)
    index = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=20)
    hour = models.DateTimeField()
    epoch = models.CharField(max_length=8)
    recording = models.CharField(max_length=40, null=True)  # noqa: DJ001
    clip = models.CharField(max_length=40, null=True)  # noqa: DJ001
    speaker_salt = models.BinaryField(null=True)
    account = models.CharField(max_length=40, null=True)  # noqa: DJ001
    reviewer_salt = models.BinaryField(null=True)
    vendor = models.CharField(max_length=60, null=True)  # noqa: DJ001
    country = models.CharField(max_length=2, null=True)  # noqa: DJ001
    role = models.CharField(max_length=20, null=True)  # noqa: DJ001
    purpose = models.CharField(max_length=40, null=True)  # noqa: DJ001
    duration_ms = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    circumstances_salt = models.BinaryField(null=True)

    class Meta:
        # Every entry pays for each of these: a field's own db_index would make two, of which one is for LIKE.
        indexes = (
            models.Index(fields=["kind", "-index"], name="ledger_record_kind"),
            models.Index(fields=["epoch"], name="ledger_record_epoch"),
            models.Index(fields=["recording"], name="ledger_record_recording"),
            models.Index(fields=["account"], name="ledger_record_account"),
            models.Index(fields=["hour"], name="ledger_record_hour"),
        )

    def __str__(self) -> str:
        return self.id
