"""The permit: the only thing that ``vault.reader`` opens for. Made in ``gate`` and nowhere else.

Python cannot forbid a constructor; ``tests/invariants`` reads the source tree and fails when a permit is made, or this
module imported, outside ``gate`` and ``vault``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to read one object. ``record`` is the ledger's record of it, committed before this was made."""

    object_name: str
    record: str
    purpose: str


@dataclass(frozen=True, slots=True)
class SealPermit:
    """Leave to read one object in order to hand it out encrypted: no listen, since nobody can hear it yet."""

    object_name: str
    assignment: str
