"""Consent receipts, their key and schema; and declaring that a notice was no good."""

import json
from pathlib import Path

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.cli.secret_option import Secret
from fairhearing.home import Home
from fairhearing.startup import ready

BY_COMMAND = "command line"


@click.group("consent")
def consent() -> None:
    """Consent records and their receipts."""


@consent.command("key")
@json_option
@click.pass_obj
def key(home: Home, /, as_json: bool) -> None:
    """The public key of receipts."""
    with ready.django(home):
        from fairhearing.consent import receipts

        vkey = receipts.signer().verifier().vkey
        answer({"key": vkey}, as_json, vkey)


@consent.command("schema")
def schema() -> None:
    """The JSON Schema of a consent record."""
    from fairhearing.consent import dpv

    click.echo(json.dumps(dpv.schema(), indent=2))


@consent.command("verify")
@click.argument("receipt", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "vkey", required=True, type=Secret(), help="-, @FILE or the public key of receipts.")
@json_option
def verify(receipt: Path, vkey: str, as_json: bool) -> None:
    """Whether a receipt is what was signed. Needs no database and no network."""
    from fairhearing.consent import receipts
    from fairhearing.tlog.keys import KeyMalformed
    from fairhearing.tlog.note import NoteInvalid

    try:
        record = receipts.verify(receipt.read_bytes(), vkey)
    except (KeyMalformed, NoteInvalid, receipts.ReceiptInvalid) as error:
        raise click.ClickException(f"{receipt.name}: {error}") from None
    states = {
        process["dpv:hasPurpose"]["dct:identifier"]: process["dpv:hasConsentStatus"][-1]["@type"].removeprefix("dpv:")
        for process in record["dpv:hasProcess"]
    }
    shown = record["dpv:hasNotice"]["dct:identifier"][0]
    value = {"ok": True, "record": record["@id"], "notice": shown, "states": states}
    told = ", ".join(f"{purpose}: {state}" for purpose, state in states.items())
    answer(value, as_json, f"signed as it stands; notice {shown}; {told}")


@consent.command("invalidate")
@click.argument("notice")
@click.option("--reason", required=True, help="Why; it is written into the log.")
@json_option
@click.pass_obj
def invalidate(home: Home, /, notice: str, reason: str, as_json: bool) -> None:
    """Declare all consents under a notice invalid, and close what relied on them. It cannot be taken back."""
    with ready.django(home):
        from fairhearing.operations import invalidate as operations

        done = operations.invalidate(notice=notice, reason=reason, by=BY_COMMAND)
        value = {"notice": notice, "recordings": done.recordings, "changed": done.changed}
        answer(value, as_json, f"{notice}: {done.recordings} recordings closed" if done.changed else "was so before")


commands = {"consent": consent}
