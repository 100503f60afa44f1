"""``fairhearing witness``: cosign other people's logs (C2SP tlog-witness). Run it where the log's operator is not.

What was signed last of each log is a file in the state folder. It is on the disk before the cosignature is answered,
and requests take turns, so the witness never signs two histories, whatever crashes: a crash between the file and the
answer leaves a log that asks again and is told the size.
"""

import contextlib
import fcntl
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import click
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fairhearing.cli.main import answer, json_option
from fairhearing.home import HomeUnsafe
from fairhearing.tlog import Checkpoint, CheckpointInvalid, KeyMalformed, Signer, Trust, TrustMalformed, Verifier
from fairhearing.tlog import witness as protocol
from fairhearing.tlog.keys import KeyType, TreeCosigner
from fairhearing.tlog.note import Signature
from fairhearing.tlog.witness import AddCheckpoint, OldSizeDiffers, Refused, RequestMalformed, Seen

MAX_REQUEST_BYTES = 256 * 1024
_PATIENCE_S = 10.0


class StateDamaged(Exception):
    """The file of what was signed last cannot be read, so nothing more is signed for that log. Restore the file."""


class WitnessState:
    """What was signed last of each log, in a folder of its own (mode 0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._turn = threading.Lock()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One request at a time, also between processes."""
        with self._turn, (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def seen(self, origin: str) -> Seen:
        """What was signed last of a log.

        Raises:
            StateDamaged: there is a file, and it holds no tree.
        """
        path = self._path(origin)
        try:
            kept = Checkpoint.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Seen()
        except (CheckpointInvalid, UnicodeDecodeError) as problem:
            raise StateDamaged(f"{path}: {problem}") from None
        if kept.origin != origin:
            raise StateDamaged(f"{path} is of {kept.origin!r}, expected {origin!r}")
        return Seen(kept.size, kept.root)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a tree as seen. When this returns it is on the disk."""
        path = self._path(checkpoint.origin)
        temporary = path.with_suffix(".new")
        with temporary.open("w", encoding="utf-8") as file:
            file.write(checkpoint.encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hexdigest()}.seen"


class Witness:
    """Checks, keeps, signs: in this order."""

    def __init__(self, *, name: str, seed: bytes, logs: Sequence[Verifier], state: WitnessState) -> None:
        self._signer = Signer(name, _derive(seed, "witness/ed25519"))
        self._tree_cosigner = TreeCosigner(name, _derive(seed, "witness/ml-dsa-44"))
        self._logs = protocol.by_origin(logs)
        self._state = state

    def public_keys(self) -> list[Verifier]:
        """Both public keys: Ed25519 for today's verifiers, ML-DSA-44 for those that fear quantum computers."""
        return [self._signer.verifier(KeyType.COSIGNATURE), self._tree_cosigner.verifier()]

    def cosign(self, request: AddCheckpoint) -> list[Signature]:
        """Cosign a checkpoint that goes on from what was signed last.

        Raises:
            Refused: it does not, or the log is not known.
            StateDamaged: what was signed last cannot be read.
        """
        origin = protocol.origin_of(request)
        trusted = self._logs.get(origin, [])
        with self._state.alone():
            # 1. Check against what was signed last.
            seen = self._state.seen(origin) if trusted else Seen()
            checkpoint = protocol.check(request, seen, trusted)
            # 2. Keep. A crash up to here has signed nothing; from here on the log is told the new size and asks again.
            if (checkpoint.size, checkpoint.root) != (seen.size, seen.root):
                self._state.keep(checkpoint)
            # 3. Sign.
            text, now = checkpoint.encode(), int(time.time())
            return [self._signer.cosignature(text, now), self._tree_cosigner.cosignature(text, now)]


class Handler(BaseHTTPRequestHandler):
    """``POST /add-checkpoint``, and nothing else."""

    witness: ClassVar[Witness]
    protocol_version = "HTTP/1.1"
    server_version = "fairhearing-witness"
    sys_version = ""
    timeout = _PATIENCE_S

    def do_POST(self) -> None:
        """Answer a request as tlog-witness says."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > MAX_REQUEST_BYTES:
            self.close_connection = True
            self._answer(413 if length.isdigit() else 411, f"expected a body of at most {MAX_REQUEST_BYTES} bytes\n")
            return
        body = self.rfile.read(int(length))
        if self.path != "/add-checkpoint":
            self._answer(404, "expected POST /add-checkpoint\n")
            return
        try:
            signatures = self.witness.cosign(AddCheckpoint.parse(body))
        except RequestMalformed as problem:
            self._answer(400, f"{problem}\n")
        except OldSizeDiffers as differs:
            self._answer(409, f"{differs.size}\n", protocol.SIZE_TYPE)
        except Refused as refused:
            print(f"refused ({refused.status}): {refused}", file=sys.stderr, flush=True)
            self._answer(refused.status, f"{refused}\n")
        except (StateDamaged, OSError) as problem:
            print(f"not signed: {problem}", file=sys.stderr, flush=True)
            self._answer(500, "what was signed last cannot be read or kept\n")
        else:
            self._answer(200, "".join(signature.line for signature in signatures))

    def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing of those who ask."""


class Server(ThreadingHTTPServer):
    """A thread a connection. Requests take turns anyway, so many may have to wait to be accepted."""

    daemon_threads = True
    request_queue_size = 128


def serve(witness: Witness, host: str, port: int) -> Server:
    """A server that is bound and not yet serving."""
    return Server((host, port), type("WitnessHandler", (Handler,), {"witness": witness}))


def _derive(seed: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"fairhearing/witness/v1", info=purpose.encode()).derive(seed)


def _seed(path: Path) -> bytes:
    """The key file's 32 bytes (as hex), made on the first use with mode 0600."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
    if path.stat().st_mode & 0o077:
        raise HomeUnsafe(f"{path} can be read by others: run chmod 0600 {path}")
    try:
        return bytes.fromhex(path.read_text().strip())
    except ValueError:
        raise HomeUnsafe(f"the key file {path} is not 64 hex digits; restore it from where you keep it") from None


def _logs(vkeys: Sequence[str], policy: Path | None) -> list[Verifier]:
    try:
        logs = [Verifier.parse(vkey) for vkey in vkeys]
        if policy is not None:
            logs += [log.key for log in Trust.parse(policy.read_text(encoding="utf-8")).logs]
    except (KeyMalformed, TrustMalformed, UnicodeDecodeError) as problem:
        raise click.UsageError(str(problem)) from None
    if any(key.key_type is not KeyType.ED25519 for key in logs):
        raise click.UsageError("--log: a witness's key, expected a log's")
    return logs


@click.command("witness")
@click.option("--state", "folder", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", required=True, help="The witness's name, like a host name with a path.")
@click.option("--log", "vkeys", multiple=True, metavar="VKEY", help="A log to watch; give it as often as you like.")
@click.option("--policy", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with log lines.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8600, show_default=True, type=click.IntRange(0, 65535))
@click.option("--keys", "only_keys", is_flag=True, help="Print the public keys and end.")
@json_option
def witness(
    folder: Path,
    name: str,
    vkeys: tuple[str, ...],
    policy: Path | None,
    host: str,
    port: int,
    only_keys: bool,
    as_json: bool,
) -> None:
    """Watch logs: sign that each only ever grows. Run it elsewhere than the log, with its own key and state."""
    state = WitnessState(folder)
    try:
        ours = Witness(name=name, seed=_seed(folder / "witness.key"), logs=_logs(vkeys, policy), state=state)
    except KeyMalformed as problem:
        raise click.UsageError(f"--name: {problem}") from None
    published = [key.vkey for key in ours.public_keys()]
    answer({"keys": published}, as_json, "\n".join(published))
    if only_keys:
        return
    if not vkeys and policy is None:
        raise click.UsageError("--log or --policy: expected a log to watch")
    with serve(ours, host, port) as server:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"ready http://{host}:{server.server_address[1]}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


commands = {"witness": witness}
