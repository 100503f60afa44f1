"""The transparency log: verify it from anywhere, prove an entry, write it out, show its key."""

import http.client
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.cli.secret_option import Secret
from fairhearing.home import Home
from fairhearing.ledger import remote
from fairhearing.startup import ready
from fairhearing.tlog import (
    AuditResult,
    Checkpoint,
    CheckpointInvalid,
    KeyMalformed,
    LogInvalid,
    NoteInvalid,
    ProofInvalid,
    Receipt,
    ReceiptMalformed,
    Trust,
    TrustMalformed,
    Verifier,
    checkpoint,
    verify_log,
)
from fairhearing.tlog import receipt as receipts
from fairhearing.tlog.bundles import BundleInvalid, decode_bundle
from fairhearing.tlog.tiles import ENTRIES, WIDTH, tile_at

_File = click.Path(exists=True, dir_okay=False, path_type=Path)
_NOT_VERIFIED = (LogInvalid, NoteInvalid, CheckpointInvalid, ProofInvalid, ReceiptMalformed, BundleInvalid)


class TooFewWitnesses(Exception):
    """The witnesses that the policy asks for have not signed."""


@click.group("log")
def log() -> None:
    """The log that nobody can quietly change."""


@log.command("verify")
@click.argument("where", metavar="PATH|URL")
@click.option(
    "--key",
    required=True,
    type=Secret(),
    envvar="FAIRHEARING_LOG_KEY",
    help="The log's vkey: -, @FILE or the key.",
)
@click.option("--receipt", "receipt_file", type=_File, help="A .tlog-proof to verify too.")
@click.option("--entry", "entry_file", type=_File, help="The entry that the receipt is for, if not read from the log.")
@click.option("--policy", "policy_file", type=_File, help="Witnesses and how many must have signed (C2SP tlog-policy).")
@click.option(
    "--since",
    "since_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The checkpoint of last time: only what is new is read, and the file is brought up to date.",
)
@json_option
def verify(
    where: str,
    key: str,
    receipt_file: Path | None,
    entry_file: Path | None,
    policy_file: Path | None,
    since_file: Path | None,
    as_json: bool,
) -> None:
    """Read the log, rebuild its tree and check it against the signed checkpoint. Trusts the key (and policy) alone."""
    verifier, trust = _verifier(key), _trust(policy_file)
    if trust is not None and trust.logs and verifier.public not in {one.key.public for one in trust.logs}:
        raise click.UsageError(f"--policy: {policy_file} is of other logs than --key")
    try:
        with remote.opened(where) as source:
            # 1. The log itself, and that it goes on from last time.
            result = _verify(source, verifier, _remembered(since_file, verifier), quiet=as_json)
            # 2. Who else has seen it so.
            witnesses = _witnesses(result.note, trust)
            # 3. The receipt, whose checkpoint must be as well witnessed.
            if receipt_file is not None:
                _verify_receipt(receipt_file, entry_file, verifier, source)
                _witnesses(Receipt.parse(receipt_file.read_bytes()).checkpoint_note, trust)
    except (*_NOT_VERIFIED, TooFewWitnesses, OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"the log does not verify: {error}") from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if since_file is not None:
        _replace(since_file, result.note)
    value = {"size": result.size, "root": result.root.hex(), "ok": result.ok, "witnesses": len(witnesses)}
    signed = f"; witnessed by {', '.join(witnesses)}" if witnesses else ""
    answer(value, as_json, f"{result.size} entries verify; root {result.root.hex()}{signed}")


def _verifier(key: str) -> Verifier:
    try:
        return Verifier.parse(key)
    except KeyMalformed as error:
        raise click.UsageError(f"--key: {error}") from None


def _trust(path: Path | None) -> Trust | None:
    try:
        return None if path is None else Trust.parse(path.read_text(encoding="utf-8"))
    except (TrustMalformed, UnicodeDecodeError) as error:
        raise click.UsageError(f"--policy: {error}") from None


def _verify(source: remote.Source, verifier: Verifier, since: Checkpoint | None, *, quiet: bool) -> AuditResult:
    hidden = quiet and not sys.stderr.isatty()
    with click.progressbar(length=1, label="verifying", file=sys.stderr, hidden=hidden) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return verify_log(source.fetch, verifier, progress, since=since, expect=source.expect)


def _remembered(path: Path | None, verifier: Verifier) -> Checkpoint | None:
    """The checkpoint of last time. The first time there is none, and the whole log is read."""
    if path is None or not path.exists():
        return None
    return checkpoint.verify(path.read_bytes(), verifier)


def _replace(path: Path, note: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _witnesses(note: str, trust: Trust | None) -> Sequence[str]:
    """The names of the policy's witnesses that signed a checkpoint, if they are enough."""
    if trust is None:
        return []
    signed = checkpoint.cosigners(note, [one.key for one in trust.witnesses.values()])
    if not trust.is_met(signed):
        names = ", ".join(key.name for key in signed) or "nobody"
        raise TooFewWitnesses(f"the policy's quorum {trust.quorum!r} is not met: signed by {names}")
    return list(dict.fromkeys(key.name for key in signed))


def _verify_receipt(receipt_file: Path, entry_file: Path | None, verifier: Verifier, source: remote.Source) -> None:
    """A receipt proves an entry; without the entry's file it is read from the log itself."""
    receipt = Receipt.parse(receipt_file.read_bytes())
    if entry_file is not None:
        entry = entry_file.read_bytes()
    else:
        size = checkpoint.verify(receipt.checkpoint_note, verifier).size
        if receipt.index >= size:
            raise ProofInvalid(f"the receipt is of entry {receipt.index} of a log of {size}")
        entry = _entry(source, receipt.index, size)
    receipts.verify(receipt, entry, verifier)


def _entry(source: remote.Source, index: int, size: int) -> bytes:
    """An entry out of its bundle; where the partial one has gone, the full one in its place will do."""
    bundle = tile_at(ENTRIES, index // WIDTH, size)
    try:
        return decode_bundle(source.fetch(bundle.path), bundle.width)[index % WIDTH]
    except FileNotFoundError:
        return decode_bundle(source.fetch(tile_at(ENTRIES, index // WIDTH, 2**62).path), WIDTH)[index % WIDTH]


@log.command("key")
@json_option
@click.pass_obj
def key(home: Home, as_json: bool) -> None:
    """The key that verifies this log: give it to auditors once, by a way of its own."""
    with ready.django(home):
        from fairhearing.ledger import queries

        answer({"key": queries.vkey()}, as_json, queries.vkey())


@log.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option
@click.pass_obj
def export(home: Home, folder: Path, as_json: bool) -> None:
    """Write the public log into FOLDER, as files that any web server can serve and anybody can verify."""
    with ready.django(home):
        from fairhearing.ledger import publish

        size = publish.write(folder)
        answer({"size": size, "folder": str(folder)}, as_json, f"wrote {size} entries to {folder}")


@log.command("prove")
@click.argument("entry", metavar="INDEX|LISTEN")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def prove(home: Home, entry: str, out: Path, as_json: bool) -> None:
    """Write the receipt (.tlog-proof) of an entry: it proves it against the signed checkpoint, offline."""
    with ready.django(home):
        from fairhearing.ledger import publish

        try:
            index = publish.prove(entry, out)
        except LookupError as error:
            raise click.ClickException(str(error)) from None
        answer({"index": index, "receipt": str(out)}, as_json, f"entry {index}: {out}")


@log.command("publish")
@json_option
@click.pass_obj
def publish_now(home: Home, as_json: bool) -> None:
    """Ask the witnesses of FAIRHEARING_WITNESSES for their signatures now, as the worker does every few seconds."""
    with ready.django(home):
        from fairhearing.ledger import publish, soundness

        try:
            done = publish.publish() or publish.Publication(0)
        except (soundness.LogStopped, TrustMalformed) as error:
            raise click.ClickException(str(error)) from None
        value = {
            "size": done.size,
            "cosigned": list(done.cosigned),
            "problems": list(done.problems),
            "quorum": done.quorum,
        }
        words = f"{done.size} entries, cosigned by {', '.join(done.cosigned) or 'nobody'}"
        answer(value, as_json, "\n".join([words, *done.problems]))


@log.command("resume")
@click.option(
    "--from",
    "copy",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A copy of the public log (log export): take the entries that a restored database lacks.",
)
@json_option
@click.pass_obj
def resume(home: Home, copy: Path | None, as_json: bool) -> None:
    """Let a log that stopped go on, if it holds again all that it signed."""
    with ready.django(home):
        from fairhearing.ledger import carry, publish, soundness

        try:
            if copy is not None:
                carry.carry_on(remote.Folder(copy).fetch)
            size = publish.reconsider()
        except (soundness.LogStopped, carry.CarryRefused) as error:
            raise click.ClickException(str(error)) from None
        except FileNotFoundError as error:
            raise click.ClickException(f"{copy} is no whole copy of the log: {error.filename} is missing") from None
        answer({"size": size, "ok": True}, as_json, f"the log holds what it signed: {size} entries")


commands = {"log": log}
