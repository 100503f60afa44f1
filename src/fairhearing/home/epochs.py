"""Epoch keys: one key a week, as files outside the database and every backup.

Data keys and the log's salts are wrapped by the epoch key of the week, and live ones are re-wrapped forward. An
epoch key that nothing live needs is destroyed after the erasure window; from then on a backup of the database
holds wrapped keys that nobody can open. AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; what is wrapped
is bound to its owner by the associated data.
"""

import os
import re
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fairhearing.home.folder import Home, Secrets

NONCE_BYTES = 12
_NAME = re.compile(r"^\d{4}-W\d{2}$")


class EpochKeyMissing(Exception):
    """The key of this week was destroyed or never came along: what it wrapped cannot be opened any more."""


class Unwrappable(Exception):
    """The bytes are not what this epoch key wrapped for this owner."""


def epoch_of(moment: datetime) -> str:
    """The epoch of a moment: its ISO week, such as ``2026-W47``."""
    year, week, _ = moment.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


class EpochKeys:
    """The epoch keys of one home. Reads each file once a process, and notices when one was destroyed."""

    def __init__(self, home: Home) -> None:
        self._folder = home.epochs
        self._known: dict[str, tuple[AESGCM, str]] = {}  # with the file's path as text: it is looked at each time

    def current(self) -> str:
        """The epoch of now; its key is made when it is the first time."""
        epoch = epoch_of(datetime.now(UTC))
        if epoch not in self._known:
            Secrets.load_or_create(self._path(epoch))
        return epoch

    def wrap(self, epoch: str, secret: bytes, owner: str) -> bytes:
        """nonce (12 bytes) ‖ AES-256-GCM of ``secret``, bound to ``owner``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher(epoch).encrypt(nonce, secret, owner.encode())

    def unwrap(self, epoch: str, wrapped: bytes, owner: str) -> bytes:
        """The secret that was wrapped.

        Raises:
            EpochKeyMissing: the key of that week is gone.
            Unwrappable: the bytes were changed, or belong to another owner.
        """
        try:
            return self._cipher(epoch).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], owner.encode())
        except InvalidTag:
            raise Unwrappable(f"what epoch {epoch} wrapped for {owner} does not open: changed, or another's") from None

    def held(self) -> list[str]:
        """The epochs whose keys exist, oldest first."""
        return sorted(path.stem for path in self._folder.glob("*.key") if _NAME.match(path.stem))

    def destroy(self, epoch: str) -> None:
        """Overwrite and remove one key. What it alone wrapped is erased, in every copy of the database."""
        path = self._path(epoch)
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        self._known.pop(epoch, None)

    def older_than(self, days: int) -> list[str]:
        """Epochs that ended more than ``days`` ago."""
        edge = datetime.now(UTC).date() - timedelta(days=days)
        return [epoch for epoch in self.held() if _last_day(epoch) < edge]

    def _path(self, epoch: str) -> Path:
        return self._folder / f"{epoch}.key"

    def _cipher(self, epoch: str) -> AESGCM:
        known = self._known.get(epoch)
        if not os.path.exists(known[1] if known else self._path(epoch)):
            self._known.pop(epoch, None)
            raise EpochKeyMissing(f"the key of epoch {epoch} is not in {self._folder}: destroyed, or not restored")
        if known is None:
            path = self._path(epoch)
            known = AESGCM(Secrets.load_or_create(path).derive("epoch/wrap/v1")), str(path)
            self._known[epoch] = known
        return known[0]


def _last_day(epoch: str) -> date:
    year, week = epoch.split("-W")
    return date.fromisocalendar(int(year), int(week), 7)


@cache
def epoch_keys() -> EpochKeys:
    """The epoch keys of the home that the environment names: one object a process."""
    return EpochKeys(Home.from_environment())
