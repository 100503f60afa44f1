"""The command line's door, for webhooks as for all else."""

from tests.cli.conftest import call

__all__ = ["call"]
