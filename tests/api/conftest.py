"""A fixture for the tests of this folder."""

from tests.probes import own_objects  # noqa: F401
