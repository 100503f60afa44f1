"""One delivery over HTTP: signed, to an address that was looked at before, in a short time, without redirects.

Signatures: Standard Webhooks, "Signature scheme". Addresses: what a name resolves to is checked, and that very one is
connected to, so that a name cannot mean another machine a moment later (server-side request forgery by rebinding).
"""

import base64
import hmac
import http.client
import ipaddress
import os
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

TIMEOUT_S: Final = 10.0
GONE: Final = 410  # whoever answers so wants no more
PRIVATE: Final = "FAIRHEARING_WEBHOOKS_TO_PRIVATE"  # 1: also to addresses of a private network
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class AddressRefused(ValueError):
    """Nothing is sent there; the words say why."""


@dataclass(frozen=True)
class Answer:
    """What came back: an HTTP status, or 0 and what went wrong in words."""

    status: int
    problem: str = ""

    @property
    def taken(self) -> bool:
        """The receiver has it."""
        return 200 <= self.status < 300


def check(url: str) -> str:
    """Look at an address before anything is sent; gives the IP address to connect to.

    Raises:
        AddressRefused: not https (http on loopback alone), with a user or a fragment, unknown, or of a private network.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    local = host in _LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise AddressRefused(f"the address is {url!r}, expected https://… (http on loopback alone)")
    if parts.username or parts.password or parts.fragment:
        raise AddressRefused("the address holds a user, a password or a fragment")
    try:
        found = socket.getaddrinfo(host, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        raise AddressRefused(f"{host} has no address") from None
    addresses = [str(one[4][0]) for one in found]
    if not local and os.environ.get(PRIVATE) != "1":
        for address in addresses:
            if not ipaddress.ip_address(address).is_global:
                raise AddressRefused(f"{host} is {address}, of a private network: {PRIVATE}=1 allows it")
    return addresses[0]


def sign(secret: bytes, id_: str, sent: int, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 over ``id.timestamp.body`` in base64."""
    digest = hmac.digest(secret, f"{id_}.{sent}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(digest).decode()


def send(url: str, *, id_: str, secret: bytes, body: bytes) -> Answer:
    """POST one event. Nothing is raised: what goes wrong is the answer."""
    sent = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Fairhearing",
        "webhook-id": id_,
        "webhook-timestamp": str(sent),
        "webhook-signature": sign(secret, id_, sent, body),
    }
    parts = urlsplit(url)
    try:
        connection = _connection(parts, check(url))
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, AddressRefused) as error:
        return Answer(0, f"{error.__class__.__name__}: {error}"[:200])
    return Answer(status, "" if 200 <= status < 300 else f"it answered {status}")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    """To the address that was checked; the certificate must be the name's."""
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(address, _port(parts), timeout=TIMEOUT_S)
    made = http.client.HTTPSConnection(host, _port(parts), timeout=TIMEOUT_S)
    plain = socket.create_connection((address, _port(parts)), TIMEOUT_S)
    made.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    return made
