"""Releases and their rows."""

from django.db import models

from fairhearing.programmes.models import Programme


class Release(models.Model):
    """One release of a programme."""

    id = models.CharField(primary_key=True, max_length=40)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    format = models.CharField(max_length=20)
    recipient = models.CharField(max_length=200, blank=True, db_default="")  # whose mark it bears; none: no mark
    rows = models.PositiveIntegerField()
    withheld = models.PositiveIntegerField()
    released_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.id


class ReleaseRow(models.Model):
    """A clip in a release. The clip's id goes when it is erased; the row's own id stays, and is recalled."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT)
    row = models.CharField(max_length=40)
    clip_id = models.CharField(max_length=40, blank=True, db_index=True)
    recalled_day = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "row"], name="datasets_releaserow_once"),)

    def __str__(self) -> str:
        return self.row
