"""``fairhearing run`` on a fresh home: with the demo, at a long path, beside another one, to its end."""

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import psutil
import pytest

from fairhearing.home import Home, programs
from fairhearing.home.postgres import SOCKET_PATH_MOST, answers, waits_in_vain
from tests.cli.running import Running, answer, eventually, fairhearing, fetch

NOBODY = 65534

DOORS = {
    "ada-fenn": "/review/",
    "bo-larkin": "/review/",
    "cy-moss": "/review/",
    "dana-holt": "/controller/",
    "eli-ward": "/auditor/",
    "speaker": "/speaker/link",
}


@pytest.fixture
def homes() -> Iterator[list[Running]]:
    """What a test starts, it puts here to be ended."""
    started: list[Running] = []
    yield started
    for one in started:
        one.remove()


def _long(folder: Path) -> Path:
    """A home whose path is longer than that of a socket may be."""
    home = folder / ("long" * 20) / ("x" * 40) / "home"
    assert len(str(home)) > max(107, SOCKET_PATH_MOST)
    home.parent.mkdir(parents=True)
    return home


def _prepared(running: Running) -> tuple[int, int]:
    """What the start page says."""
    _, page = fetch(running.url + "/")
    found = re.search(r"Recordings prepared: (\d+) of (\d+)", page.decode())
    assert found is not None
    return int(found[1]), int(found[2])


def _enter(running: Running, door: str) -> str:
    """Through a door, as a browser; gives the address that it leads to."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    with opener.open(running.url + "/", timeout=20) as start:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', start.read().decode())
    assert token is not None
    form = urlencode({"csrfmiddlewaretoken": token[1], "door": door}).encode()
    with opener.open(f"{running.url}/demo/door", form, timeout=20) as entered:
        assert entered.status == 200
        address: str = entered.url
        return address.removeprefix(running.url).partition("#")[0]


def test_a_fresh_home_shows_six_doors_and_its_recordings_come_one_by_one(homes: list[Running], tmp_path: Path) -> None:
    home = _long(tmp_path)
    running = Running(home)
    homes.append(running)
    running.wait_until_ready()
    status, page = fetch(running.url + "/")
    assert status == 200
    assert set(re.findall(r'name="door" value="([a-z-]+)"', page.decode())) == set(DOORS)
    for door, address in DOORS.items():
        assert _enter(running, door) == address, door
    first, total = _prepared(running)
    assert 30 <= total <= 45
    early = eventually(lambda: _prepared(running)[0] > first and _prepared(running)[0], within_s=60, what="the first")
    later = eventually(lambda: _prepared(running)[0] > early and _prepared(running)[0], within_s=60, what="one more")
    assert first < early < later <= total

    # A second one on the same home is refused; commands go on.
    second = Running(home)
    assert second.ended() == 1
    assert re.search(r"^fairhearing: a server runs on \S+ already", running.errors.read_text(), re.MULTILINE)
    counts = answer(home, "status")["programmes"]
    assert set(counts) == {"assistant", "translator"}

    # And another home does not get the port of this one.
    other = Running(tmp_path / "other", "--no-demo", port=running.port)
    homes.append(other)
    assert other.ended() == 1
    assert f"port {running.port} is in use" in other.errors.read_text()

    # The server listens on this machine alone.
    listening = {
        connection.laddr.ip
        for process in running.named("granian")
        for connection in process.net_connections("tcp")
        if connection.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}

    # SIGTERM, in the middle of making the demo, ends everything, and nothing is lost.
    assert running.stop() == 0
    assert running.left_over() == []
    assert not list((home / "run").glob("demo-*")), "no half made recordings lie about"
    after = answer(home, "status")["programmes"]
    assert sum(one["recordings"] for one in after.values()) >= later


def test_a_database_that_does_not_answer_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = fairhearing(tmp_path / "home", "status", FAIRHEARING_DATABASE_URL="postgresql://localhost:1/none")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("fairhearing: the database does not answer: ")


def test_a_normal_user_runs_it_without_the_demo_in_a_home_with_a_long_path(request: pytest.FixtureRequest) -> None:
    """As root this becomes a normal user; as a normal user all tests are such a test."""
    user = NOBODY if os.geteuid() == 0 else None
    if user is not None and not programs.reachable_by_others(programs.installed_folder()):
        pytest.skip("the checkout lies below a private folder of root's: a normal user cannot run what is in it")
    folder = Path(tempfile.mkdtemp(prefix="fairhearing-user-"))  # pytest's own folder is closed to others
    request.addfinalizer(lambda: shutil.rmtree(folder))
    folder.chmod(0o755)
    home = _long(folder)
    if user is not None:
        os.chown(home.parent, user, user)
    running = Running(home, "--no-demo", user=user)
    request.addfinalizer(running.remove)
    running.wait_until_ready()
    status, page = fetch(running.url + "/")
    assert (status, b'name="door"' in page, b"Sign in" in page) == (200, False, True), "no demo, no doors"
    assert fetch(f"{running.url}/demo/door", b"door=ada-fenn")[0] in (403, 404)
    postmaster = running.postmaster()
    assert postmaster is not None
    owner = os.geteuid() if user is None else user
    assert {process.uids().effective for process in running.family()} == {owner}
    assert (home / "keys" / "secret.key").stat().st_uid == owner
    socket = Path(tempfile.gettempdir()) / f"fairhearing-{owner}-{(home / 'database.name').read_text()}"
    assert socket.stat().st_mode & 0o777 == 0o700
    assert running.stop() == 0
    assert running.left_over() == []
    shutil.rmtree(socket)


def test_a_database_that_recovers_in_vain_is_started_again(homes: list[Running], tmp_path: Path) -> None:
    """PostgreSQL 18 waits for ever when what brings it back after a hard kill is killed as well."""
    running = Running(tmp_path / "home", "--no-demo").wait_until_ready()
    homes.append(running)
    with running.database() as connection:  # so that coming back takes long enough to be hit
        connection.execute("CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 30000)")
    postmaster = running.postmaster()
    assert postmaster is not None
    _kill_part(postmaster, "walwriter")
    _kill_part(postmaster, "startup")
    home = Home.from_environment(str(running.home))
    eventually(lambda: waits_in_vain(home), within_s=10, what="it waits in vain")
    eventually(lambda: answers(home), within_s=60, what="the database answers", show=running.errors.read_text)
    assert running.rows("SELECT count(*) FROM filler") == [(30000,)], "what was committed is there"
    assert fetch(running.url + "/")[0] == 200
    assert "the database neither answers nor recovers: ended hard" in running.errors.read_text()
    assert running.postmaster() != postmaster


def _kill_part(postmaster: psutil.Process, part: str) -> None:
    """The part of the database's server that calls itself so, as soon as there is one."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for child in postmaster.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if any(part in word for word in child.cmdline()):
                    child.kill()
                    return
    raise AssertionError(f"no {part} within 10 s")
