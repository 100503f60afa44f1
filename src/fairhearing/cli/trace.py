"""From a leaked file to the listens it came from; canaries to drill it with."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready

if TYPE_CHECKING:
    from fairhearing.tracing.models import Trace

SOUND = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("trace")
@click.argument("leak", type=SOUND)
@json_option
@click.pass_obj
def trace(home: Home, leak: Path, as_json: bool) -> None:
    """Whose copy the file LEAK is: the listens it came from, or none when nothing is certain enough.

    Where anybody is an investigator, one of them asks and another approves on the page Traces first.
    """
    begun = time.monotonic()
    with ready.django(home):
        from fairhearing.audio.decode import AudioRefused
        from fairhearing.ledger.appender import LedgerUnavailable
        from fairhearing.tracing import actions

        with click.progressbar(length=1, label="tracing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(1)
                del done

            try:
                done = actions.answer(leak=leak.read_bytes(), on_progress=progress)
            except AudioRefused as error:
                raise click.ClickException(f"{leak}: {error}") from None
            except (actions.TraceRefused, LedgerUnavailable) as error:
                raise click.ClickException(str(error)) from None
        value = {**_told(done), "seconds": round(time.monotonic() - begun, 2)}
        answer(value, as_json, _words(value))


def _told(done: "Trace") -> dict[str, Any]:
    from fairhearing.tracing import queries

    found = []
    for one in queries.list_findings(done):
        told: dict[str, Any] = {"clip": one.clip, "reviewer": one.reviewer, "listens": one.listens}
        if one.release:
            told |= {"release": one.release, "recipient": one.recipient}
        found.append({**told, "score": one.score, "p_false": one.p_false})
    return {"found": found, "candidates": done.candidates, "trace": done.id}


def _words(value: dict[str, Any]) -> str:
    if not value["found"]:
        return (
            f"no copy is certain enough to be named, of {value['candidates']} that were compared; what was erased, was "
            "never played or has less than a second of sound is traced to nobody"
        )
    return "\n".join(
        f"{one['reviewer'] or 'release ' + one['release'] + ' to ' + one['recipient']}: {one['clip']}, "
        f"listens {', '.join(one['listens']) or 'none'}; wrong with probability {one['p_false']:.1e} at most"
        for one in value["found"]
    )


@click.group("canary")
def canary() -> None:
    """Planted clips with no speaker behind them, to drill the tracing of leaks with (docs/tracing.md)."""


@canary.command("plant")
@click.argument("slug")
@click.argument("sound", type=SOUND)
@click.option("--text", "texts", multiple=True, required=True, help="A candidate text for it; may be given twice.")
@click.option("--language", help="Else the programme's.")
@click.option("--product", help="As which it appears; else that of the programme's newest recording.")
@json_option
@click.pass_obj
def plant(
    home: Home, slug: str, sound: Path, texts: tuple[str, ...], language: str | None, product: str | None, as_json: bool
) -> None:
    """Put SOUND, in which no living person speaks, among the recordings of programme SLUG. It is prepared like them."""
    with ready.django(home):
        from fairhearing.audio.decode import AudioRefused
        from fairhearing.capture.incoming import FieldInvalid
        from fairhearing.programmes import queries as programmes
        from fairhearing.tracing import canaries

        try:
            planted = canaries.plant(
                programme=programmes.get_programme(slug),
                sound=sound.read_bytes(),
                texts=texts,
                language=language,
                product=product,
            )
        except programmes.ProgrammeUnknown as error:
            raise click.ClickException(str(error)) from None
        except (AudioRefused, FieldInvalid) as error:
            raise click.ClickException(f"{sound}: {error}") from None
        answer({"recording": planted}, as_json, f"planted {planted}; fairhearing prepare --wait makes its clips")


@canary.command("list")
@json_option
@click.pass_obj
def list_(home: Home, as_json: bool) -> None:
    """Planted clips, and who heard them."""
    with ready.django(home):
        from fairhearing.tracing import canaries

        found = canaries.list_planted()
        lines = [f"{one['clip']} ({one['programme']}): {', '.join(one['heard_by']) or 'nobody'}" for one in found]
        answer({"canaries": found}, as_json, "\n".join(lines) or "no canary is planted")


@canary.command("leak")
@click.argument("clip")
@click.argument("email")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def leak(home: Home, clip: str, email: str, out: Path, as_json: bool) -> None:
    """Write the copy of canary CLIP that the reviewer EMAIL would hear to OUT (WAV): a leak to drill with."""
    with ready.django(home):
        from fairhearing.accounts import queries as accounts
        from fairhearing.gate.denied import TraceDenied
        from fairhearing.tracing import canaries

        account = accounts.find_account(email)
        if account is None:
            raise click.ClickException(f"there is no account for {email}")
        try:
            content = canaries.copy_for(clip=clip, account=account)
        except TraceDenied as error:
            raise click.ClickException(f"{clip}: {error}") from None
        try:
            with out.open("xb") as file:
                file.write(content)
        except FileExistsError:
            raise click.ClickException(f"{out} exists: name another file") from None
        answer({"clip": clip, "reviewer": account.id, "out": str(out)}, as_json, f"wrote {out}; trace it")


commands = {"trace": trace, "canary": canary}
