"""Addresses, and what waits to be told there."""

from django.db import models


class Endpoint(models.Model):
    """An address of a product. Its secret is derived from the key file and this id, and stands nowhere."""

    id = models.CharField(primary_key=True, max_length=40)
    product = models.SlugField(max_length=60)
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)  # none: all
    made_at = models.DateTimeField(auto_now_add=True)
    failing_since = models.DateTimeField(null=True)
    last_problem = models.CharField(max_length=200, blank=True)
    disabled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Delivery(models.Model):
    """An event that one address was not told yet. Deleted when it was."""

    id = models.CharField(primary_key=True, max_length=40)  # the same in each attempt: webhook-id
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE)
    sealed = models.BinaryField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id
