"""``fairhearing doctor``: is this installation as it should be?"""

import sys

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready


@click.command("doctor")
@json_option
@click.pass_obj
def doctor(home: Home, as_json: bool) -> None:
    """Check folders, keys, database, jobs and the log; say what to do about what is wrong."""
    home.prepare()
    home.secrets()
    findings: list[str] = []
    with ready.django(home):
        from django.db import connection

        from fairhearing.ledger import tiles
        from fairhearing.vault.models import DoomedObject

        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            row = cursor.fetchone()
            version = int(row[0]) if row else 0
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
            failed = cursor.fetchone()
        if version < 150000:
            findings.append(f"PostgreSQL {version // 10000}: expected 15 or newer")
        if failed and failed[0]:
            findings.append(f"{failed[0]} jobs failed for good: look into the worker's log")
        doomed = DoomedObject.objects.count()
        if doomed:
            findings.append(f"{doomed} erased objects wait for their bytes to be removed: the daily upkeep does it")
        findings += _recognisers()
        value = {
            "ok": not findings,
            "findings": findings,
            "log_size": tiles.size(),
            "postgresql": version // 10000,
        }
    answer(
        value,
        as_json,
        "\n".join(findings) or f"all well; PostgreSQL {version // 10000}, {value['log_size']} log entries",
    )
    if findings:
        sys.exit(1)


def _recognisers() -> list[str]:
    """What is wrong with the recognisers that FAIRHEARING_RECOGNISERS names."""
    from django.conf import settings

    from fairhearing.deidentify.recognisers import RecogniserUnavailable
    from fairhearing.prepare import recognisers

    try:
        return [
            f"FAIRHEARING_RECOGNISERS: {language}: no error rate is stated, so its words are not relied upon"
            for language in recognisers.parse(settings.RECOGNISERS)
            if (own := recognisers.find(language)) is not None and own.error is None
        ]
    except (recognisers.RecognisersInvalid, RecogniserUnavailable) as error:
        return [str(error)]


commands = {"doctor": doctor}
