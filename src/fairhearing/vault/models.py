"""Wrapped data keys and the names of objects."""

from django.db import models


class DataKey(models.Model):
    """A data key, wrapped by an epoch key that lies outside the database."""

    id = models.CharField(primary_key=True, max_length=40)
    epoch = models.CharField(max_length=8, db_index=True)
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return self.id


class StoredObject(models.Model):
    """One encrypted object. The name is random; the true size is inside, encrypted."""

    name = models.CharField(primary_key=True, max_length=64)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.name


class DoomedObject(models.Model):
    """An object whose key and row are gone and whose bytes are still to be removed.

    Written in the transaction that shreds, so that a crash between the commit and the removal loses nothing.
    """

    name = models.CharField(primary_key=True, max_length=64)

    def __str__(self) -> str:
        return self.name
