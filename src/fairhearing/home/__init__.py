"""The data folder of one installation: where things lie, its secrets, its embedded database.

Owns the paths below ``FAIRHEARING_HOME``, the key file that every secret is derived from, and the
PostgreSQL that comes with the wheel. Promises that two homes share nothing, that a secret exists nowhere
but in the key file, and that nothing starts on a folder that others could read.
"""

from fairhearing.home.folder import Home, HomeUnsafe, Secrets

__all__ = ["Home", "HomeUnsafe", "Secrets"]
