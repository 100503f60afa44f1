"""``fairhearing``: options that all commands share, and how failures are told.

Exit 0: done. 1: the work failed, with one sentence on standard error. 2: wrong usage.
"""

import json
import os
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from fairhearing import __version__
from fairhearing.home import Home, HomeUnsafe
from fairhearing.home.programs import PostgresFailed

# A process a core: numpy's own threads would only wait for one another, and be paid for it. Before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

COMMANDS = {
    "run": "run",
    "worker": "run",
    "setup": "run",
    "seed-demo": "run",
    "programme": "programme",
    "vendor": "manage",
    "account": "manage",
    "apikey": "manage",
    "speaker-key": "speaker",
    "speaker-link": "speaker",
    "erase": "speaker",
    "withdraw": "speaker",
    "import": "data",
    "prepare": "data",
    "status": "data",
    "release": "data",
    "dataset": "data",
    "pause": "manage",
    "resume": "manage",
    "replay-stops": "stops",
    "webhook": "webhook",
    "backup": "backup",
    "restore": "backup",
    "notice": "notice",
    "consent": "consent",
    "known": "known",
    "policy": "policy",
    "trace": "trace",
    "canary": "trace",
    "log": "log",
    "witness": "witness",
    "find": "deidentify",
    "deidentify": "deidentify",
    "doctor": "doctor",
}


class Commands(click.Group):
    """Loads a command's module when it is called: ``--help`` and ``find`` start without Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order of the list above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"fairhearing.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.commands[cmd_name]
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(file_okay=False), help="The data folder (FAIRHEARING_HOME).")
@click.version_option(__version__)
@click.pass_context
def cli(context: click.Context, home: str | None) -> None:
    """Human review of voice data that the speakers would agree to."""
    context.obj = Home.from_environment(home)
    os.environ["FAIRHEARING_HOME"] = str(context.obj.root)


def answer(value: dict[str, Any], as_json: bool, words: str) -> None:
    """Print the answer: one JSON object as the last line, or words for a person."""
    print(json.dumps(value, ensure_ascii=False) if as_json else words, flush=True)


json_option: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def main() -> None:
    """Run, and turn what is expected to go wrong into one sentence."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    try:
        sys.exit(cli(standalone_mode=False) or 0)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except (click.ClickException, HomeUnsafe, PostgresFailed) as error:
        print(
            f"fairhearing: {error.format_message() if isinstance(error, click.ClickException) else error}",
            file=sys.stderr,
        )
        sys.exit(1)
    except click.Abort:
        sys.exit(130)
    except Exception as error:
        if not _is_of_the_database(error):
            raise
        print(f"fairhearing: the database does not answer: {str(error).splitlines()[0]}", file=sys.stderr)
        sys.exit(1)


def _is_of_the_database(error: Exception) -> bool:
    """Whether the connection failed or was lost. Commands that need no database never load Django for this."""
    loaded = sys.modules.get("django.db.utils")
    return loaded is not None and isinstance(error, loaded.OperationalError)
