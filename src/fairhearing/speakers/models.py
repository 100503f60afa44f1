"""Used one-time links, until they would have expired anyway."""

from django.db import models


class UsedLink(models.Model):
    """The digest of a link's nonce, so that it opens the page once."""

    nonce_digest = models.BinaryField(primary_key=True, max_length=32)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a used link"
