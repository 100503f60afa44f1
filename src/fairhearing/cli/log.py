"""The transparency log: verify it from anywhere, write it out, show its key."""

import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.cli.secret_option import Secret
from fairhearing.home import Home
from fairhearing.startup import ready
from fairhearing.tlog import (
    KeyMalformed,
    LogInvalid,
    NoteInvalid,
    ProofInvalid,
    Receipt,
    ReceiptMalformed,
    Verifier,
    verify_log,
)
from fairhearing.tlog import receipt as receipts


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
@click.option("--receipt", "receipt_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--entry",
    "entry_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The entry that the receipt is for.",
)
@json_option
def verify(where: str, key: str, receipt_file: Path | None, entry_file: Path | None, as_json: bool) -> None:
    """Read the whole log, rebuild its tree and check it against the signed checkpoint. Trusts the key alone."""
    try:
        verifier = Verifier.parse(key)
    except KeyMalformed as error:
        raise click.UsageError(f"--key: {error}") from None
    hidden = as_json and not sys.stderr.isatty()
    try:
        with click.progressbar(length=1, label="verifying", file=sys.stderr, hidden=hidden) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(done - bar.pos)

            result = verify_log(_fetcher(where), verifier, progress)
        if receipt_file is not None:
            _verify_receipt(receipt_file, entry_file, verifier, _fetcher(where))
    except (LogInvalid, NoteInvalid, ProofInvalid, ReceiptMalformed, OSError) as error:
        raise click.ClickException(f"the log does not verify: {error}") from None
    value = {"size": result.size, "root": result.root.hex(), "ok": result.ok, "witnesses": 0}
    answer(value, as_json, f"{result.size} entries verify; root {result.root.hex()}")


def _verify_receipt(
    receipt_file: Path, entry_file: Path | None, verifier: Verifier, fetch: Callable[[str], bytes]
) -> None:
    """A receipt proves an entry; without the entry's file it is read from the log itself."""
    from fairhearing.tlog.bundles import decode_bundle
    from fairhearing.tlog.tiles import ENTRIES, tile_at

    receipt = Receipt.parse(receipt_file.read_bytes())
    if entry_file is not None:
        entry = entry_file.read_bytes()
    else:
        size = int(receipt.checkpoint_note.split("\n")[1])
        bundle = tile_at(ENTRIES, receipt.index // 256, size)
        entry = decode_bundle(fetch(bundle.path), bundle.width)[receipt.index % 256]
    receipts.verify(receipt, entry, verifier)


def _fetcher(where: str) -> Callable[[str], bytes]:
    """Reads ``checkpoint`` and ``tile/…`` below a folder, or below a URL."""
    if where.startswith(("http://", "https://")):
        base = where.rstrip("/")
        base = base if base.endswith("/log") else f"{base}/log"
        return lambda path: _get(f"{base}/{path}")
    folder = Path(where)
    if not folder.is_dir():
        raise click.UsageError(f"{where}: expected a folder that the log was written to, or a URL")
    return lambda path: (folder / path).read_bytes()


def _get(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - http(s) alone, checked above
            content: bytes = response.read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            raise FileNotFoundError(f"{url}: not found") from None
        raise
    return content


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
@click.argument("listen")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def prove(home: Home, listen: str, out: Path, as_json: bool) -> None:
    """Write the receipt (.tlog-proof) of a LISTEN: it proves the entry against the signed checkpoint, offline."""
    with ready.django(home):
        from fairhearing.ledger import publish

        try:
            index = publish.prove(listen, out)
        except LookupError as error:
            raise click.ClickException(str(error)) from None
        answer({"index": index, "receipt": str(out)}, as_json, f"entry {index}: {out}")


commands = {"log": log}
