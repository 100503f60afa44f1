"""``fairhearing replay-stops``: after a restore, before anything is served."""

from dataclasses import asdict
from datetime import UTC, datetime

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready

BY_COMMAND = "command line"


@click.command("replay-stops")
@click.option(
    "--since",
    required=True,
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="When the backup was begun, in UTC.",
)
@json_option
@click.pass_obj
def replay_stops(home: Home, since: datetime, as_json: bool) -> None:
    """Stop again, in a database that came from a backup, what was stopped since; end every session."""
    with ready.django(home):
        from fairhearing.home.stop_journal import StopJournalDamaged
        from fairhearing.ledger.soundness import LogStopped
        from fairhearing.operations import replay

        try:
            done = replay.replay(since=since.replace(tzinfo=UTC), by=BY_COMMAND)
        except (StopJournalDamaged, LogStopped) as error:
            raise click.ClickException(str(error)) from None
        words = (
            f"erased {done.erased} channels again, closed {done.withdrawn} and {done.not_agreed} clips, "
            f"paused {done.speaker_paused} channels as their speakers asked, "
            f"paused {done.paused} scopes, off-boarded {done.off_boarded} accounts; ended every session"
        )
        answer(asdict(done), as_json, words)


commands = {"replay-stops": replay_stops}
