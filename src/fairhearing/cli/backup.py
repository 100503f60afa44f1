"""``fairhearing backup`` and ``fairhearing restore``."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.operations import backup as backups
from fairhearing.startup import ready

BY_COMMAND = "command line"
AGAIN = "fairhearing run stays closed until this command has come to its end"


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@json_option
@click.pass_obj
def backup(home: Home, folder: Path, as_json: bool) -> None:
    """Write the database, the objects and the public log into FOLDER. No key is among them: keep those apart."""
    with ready.database(home) as url, ready.django(home):
        try:
            made = backups.write(home, folder, url=url, on_progress=_progress)
        except backups.BackupRefused as error:
            raise click.ClickException(str(error)) from None
    told = {"folder": str(folder), "begun": made.begun.isoformat(), "files": made.files, "bytes": made.bytes}
    answer(told, as_json, f"{made.files} files, {made.bytes:,} bytes in {folder}")


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--log",
    "copy",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A newer copy of the public log than the backup's own.",
)
@json_option
@click.pass_obj
def restore(home: Home, folder: Path, copy: Path | None, as_json: bool) -> None:
    """Bring the backup in FOLDER back, and stop again what was stopped since. Into an empty data folder."""
    try:
        found = backups.check(folder)
        with ready.database(home) as url:
            backups.bring_back(home, found, url=url)
        with ready.django(home):
            told = _stop_again(found, copy or folder / backups.LOG)
    except backups.BackupRefused as error:
        raise click.ClickException(str(error)) from None
    backups.finish(home)
    answer(told, as_json, ", ".join(f"{name.replace('_', ' ')}: {number}" for name, number in told.items()))


def _stop_again(found: backups.Backup, copy: Path) -> dict[str, int]:
    from fairhearing.home.stop_journal import StopJournalDamaged
    from fairhearing.ledger import carry, publish, remote, soundness
    from fairhearing.operations import replay

    try:
        carry.carry_on(remote.Folder(copy).fetch)
        size = publish.reconsider()
        done = replay.replay(since=found.begun, by=BY_COMMAND)
    except (soundness.LogStopped, carry.CarryRefused) as error:
        raise click.ClickException(f"{error}; give a newer copy of the public log with --log: {AGAIN}") from None
    except StopJournalDamaged as error:
        raise click.ClickException(str(error)) from None
    return {"entries": size, **asdict(done)}


def _progress(done: int, wanted: int) -> None:
    if done % 1000 == 0 or done == wanted:
        print(f"{done:,} of {wanted:,} objects", file=sys.stderr)


commands = {"backup": backup, "restore": restore}
