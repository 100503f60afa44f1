"""Asking witnesses to cosign a checkpoint (C2SP tlog-witness, the client's side).

A witness that is down, slow or wrong costs a few seconds of the publishing job, and stops nothing. Only witnesses with
an address in the policy file that ``FAIRHEARING_WITNESSES`` names are asked; nobody else hears of the log.
"""

import contextlib
import http.client
import os
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fairhearing.tlog import NoteInvalid, Trust, TrustMalformed
from fairhearing.tlog.encoding import decode_decimal
from fairhearing.tlog.note import Signature
from fairhearing.tlog.trust import Party
from fairhearing.tlog.witness import SIZE_TYPE, AddCheckpoint, parse_cosignatures

ANSWER_WITHIN_S = 5.0
MAX_ANSWER_BYTES = 65_536
_ROUNDS = 3  # the size that we remember, the size that it says, and once more if somebody else came between

Prove = Callable[[int], Sequence[bytes]]
"""The consistency proof from an older size to the checkpoint's."""


class WitnessFailed(Exception):
    """A witness did not cosign. The message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking one witness: its signatures or the problem, and what it signed last, if it said so."""

    signatures: tuple[Signature, ...] = ()
    problem: str = ""
    size: int | None = None


def configured() -> Trust | None:
    """The policy that ``FAIRHEARING_WITNESSES`` names; None when the log has no witnesses.

    Raises:
        TrustMalformed: the file is missing or no policy.
    """
    path = os.environ.get("FAIRHEARING_WITNESSES", "")
    if not path:
        return None
    try:
        return Trust.parse(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise TrustMalformed(f"FAIRHEARING_WITNESSES: {path}: {problem}") from None


def ask(parties: Sequence[Party], *, note: str, size: int, known: dict[str, int], prove: Prove) -> dict[str, Answer]:
    """Ask witnesses for cosignatures of a checkpoint, all at once; gives an answer for each by name.

    ``known`` is what each signed last, as far as we know. Proofs are made in this thread, which owns the database.
    """
    answers: dict[str, Answer] = {}
    sizes = {party.name: min(known.get(party.name, 0), size) for party in parties}
    waiting = list(parties)
    for _ in range(_ROUNDS):
        if not waiting:
            break
        requests = [AddCheckpoint(sizes[party.name], _proof(prove, sizes[party.name], size), note) for party in waiting]
        with ThreadPoolExecutor(max_workers=len(waiting)) as pool:
            came = list(pool.map(_ask_one, waiting, requests))
        answers.update({party.name: answer for party, answer in zip(waiting, came, strict=True)})
        waiting = [party for party in waiting if _may_go_on(answers[party.name], sizes[party.name], size)]
        sizes.update({party.name: answers[party.name].size or 0 for party in waiting})
    return answers


def _proof(prove: Prove, old_size: int, size: int) -> tuple[bytes, ...]:
    return tuple(prove(old_size)) if 0 < old_size < size else ()


def _may_go_on(answer: Answer, asked: int, size: int) -> bool:
    """Whether it named another size that a proof can begin from."""
    return answer.size is not None and answer.size != asked and answer.size <= size


def _ask_one(party: Party, request: AddCheckpoint) -> Answer:
    try:
        status, kind, body = post(f"{party.url.rstrip('/')}/add-checkpoint", request.encode())
        if status == 409 and kind == SIZE_TYPE:
            return _conflict(body, request)
        if status != 200:
            raise WitnessFailed(f"it answered {status}: {body[:200].decode(errors='replace').strip()}")
        return Answer(tuple(parse_cosignatures(body, request.checkpoint_note, [party.key])))
    except (OSError, http.client.HTTPException, ValueError, NoteInvalid, WitnessFailed) as problem:
        return Answer(problem=str(problem) or type(problem).__name__)


def _conflict(body: bytes, request: AddCheckpoint) -> Answer:
    last = decode_decimal(body.decode("ascii").removesuffix("\n"), "the size that it signed last")
    if last == request.old_size:
        raise WitnessFailed(f"it refuses the size {last} and names the same")
    return Answer(problem=f"it signed size {last} last, not {request.old_size}", size=last)


def post(url: str, body: bytes) -> tuple[int, str, bytes]:
    """Send a body; gives status, content type and at most 64 KiB. Redirects are not followed.

    Raises:
        OSError, HTTPException: no whole answer within five seconds.
        ValueError: no http(s) address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no address of a witness, expected http(s)://…")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=ANSWER_WITHIN_S)
    with contextlib.closing(connection):
        connection.connect()
        # The socket's own limit counts from byte to byte; this one ends an answer that drips.
        limit = threading.Timer(ANSWER_WITHIN_S, _cut, [connection.sock])
        limit.daemon = True
        limit.start()
        try:
            connection.request("POST", parts.path, body, {"Content-Type": "text/plain; charset=utf-8"})
            answer = connection.getresponse()
            content = answer.read(MAX_ANSWER_BYTES + 1)
        finally:
            limit.cancel()
    if len(content) > MAX_ANSWER_BYTES:
        raise ValueError(f"the answer has more than {MAX_ANSWER_BYTES} bytes")
    return answer.status, answer.headers.get_content_type() if answer.headers else "", content


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
