"""One call over HTTP: what it sends, when it tries again, how it fails."""

import http.client
import json
import random
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

TRIES: Final = 5
FIRST_WAIT_S: Final = 0.5  # doubled after each try, with chance, so that many clients do not come back at once
AGAIN: Final = frozenset({429, 502, 503, 504})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Refused(Exception):
    """The platform said no. ``problem`` is its answer (RFC 9457): title, detail, and often field, got, expected."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title') or 'no reason was given'}")
        self.status = status
        self.problem = dict(problem)


class Unreachable(Exception):
    """No answer came after several tries: the last failure in words. What was asked may have been done or not."""


class _NeverElsewhere(urllib.request.HTTPRedirectHandler):
    """An API key is not sent to wherever a redirect points."""

    def redirect_request(self, *_given: Any) -> None:
        """Follow none; it is answered as an error."""
        return


@dataclass(frozen=True)
class Calls:
    """Calls to one platform with one API key. ``url`` is https, or http on loopback; ``timeout`` in seconds."""

    url: str
    api_key: str = field(repr=False)
    timeout: float = 30.0
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError(f"the address is {self.url!r}, expected https://… (http on loopback alone)")

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST JSON to ``/api/v1`` + path; gives what the answer says.

        Raises:
            Refused: the platform said no. Unreachable: it did not answer.
        """
        return self._send(path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def post_sound(self, path: str, sound: bytes, fields: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        """POST a form with the sound as its file ``audio`` (RFC 7578). Raises as ``post`` does."""
        boundary = secrets.token_hex(16)
        given = {**headers, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._send(path, _form(boundary, sound, fields), given)

    def _send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Try again what may succeed later: everything that is asked here can be asked twice."""
        last = ""
        for attempt in range(TRIES):
            if attempt:
                self.wait(FIRST_WAIT_S * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
            try:
                return self._once(path, body, headers)
            except Refused as refused:
                if refused.status not in AGAIN:
                    raise
                last = str(refused)
            except (OSError, http.client.HTTPException) as error:
                last = f"{error.__class__.__name__}: {error}"
        raise Unreachable(f"{self.url}{path}: {last}; tried {TRIES} times")

    def _once(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        given = {"Authorization": f"Bearer {self.api_key}", "Accept": "application/json", **headers}
        asked = urllib.request.Request(f"{self.url.rstrip('/')}/api/v1{path}", body, given, method="POST")  # noqa: S310
        try:
            with urllib.request.build_opener(_NeverElsewhere).open(asked, timeout=self.timeout) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, _problem(error.read(), error.reason)) from None


def _problem(content: bytes, reason: str) -> dict[str, Any]:
    try:
        problem = json.loads(content)
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"title": reason}


def _form(boundary: str, sound: bytes, fields: Mapping[str, str]) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="audio"; filename="sound"\r\n'
    return b"".join(
        [
            *parts,
            f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(),
            sound,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )
