"""The data folder and the database of a test run: made before Django reads its settings, ended with the run.

Loaded by ``-p tests.server``. The first process makes them; the workers of pytest-xdist inherit the environment.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

MARK = "FAIRHEARING_TEST_RUN"


def _begin() -> None:
    home_folder = Path(tempfile.mkdtemp(prefix="fairhearing-test-"))
    os.environ[MARK] = str(home_folder)
    os.environ["FAIRHEARING_HOME"] = str(home_folder / "home")
    os.environ["FAIRHEARING_BASE_URL"] = "http://localhost:8000"
    for name in ("FAIRHEARING_DEMO", "FAIRHEARING_POOL", "FAIRHEARING_KEY_FILE", "FAIRHEARING_LOG_ORIGIN"):
        os.environ.pop(name, None)

    from fairhearing.home import Home
    from fairhearing.home.postgres import embedded, locate

    home = Home.from_environment()
    home.secrets()
    stack = contextlib.ExitStack()
    cluster = None
    if not os.environ.get("FAIRHEARING_DATABASE_URL"):
        stack.enter_context(embedded(home))
        cluster = locate(home)
        os.environ["FAIRHEARING_DATABASE_URL"] = cluster.url

    def end() -> None:
        stack.close()
        if cluster is not None:
            shutil.rmtree(cluster.data.parent, ignore_errors=True)
        shutil.rmtree(home_folder, ignore_errors=True)

    atexit.register(end)


if MARK not in os.environ:
    _begin()
