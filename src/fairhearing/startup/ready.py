"""Getting ready: the home, the database, its tables. What every command that needs the database begins with."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from fairhearing.home import Home
from fairhearing.home.postgres import embedded


@contextlib.contextmanager
def database(home: Home) -> Iterator[str]:
    """The database's URL while it runs: the one of ``FAIRHEARING_DATABASE_URL``, or the embedded one."""
    os.environ["FAIRHEARING_HOME"] = str(home.root)
    given = os.environ.get("FAIRHEARING_DATABASE_URL")
    if given:
        home.prepare()
        yield given
        return
    with embedded(home) as cluster:
        yield cluster.url


@contextlib.contextmanager
def django(home: Home) -> Iterator[None]:
    """Django set up on this home, with the database running and its tables up to date."""
    with database(home):
        set_up()
        with (home.run / "migrate.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            migrate()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def set_up() -> None:
    """Django's and the log's own set-up, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairhearing.settings")
    from fairhearing.startup import logging

    logging.configure()
    import django as framework

    framework.setup()


def migrate() -> None:
    """Bring the tables up to date. Finding that nothing is to be done costs one query."""
    from django.core.management import call_command

    if not _all_applied():
        call_command("migrate", interactive=False, verbosity=0)


def _all_applied() -> bool:
    from django.apps import apps
    from django.db import connection

    wanted = {
        (config.label, path.stem)
        for config in apps.get_app_configs()
        for path in (Path(config.path) / "migrations").glob("[0-9]*.py")
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations')")
        if cursor.fetchone() == (None,):
            return False
        cursor.execute("SELECT app, name FROM django_migrations")
        return wanted <= set(cursor.fetchall())
