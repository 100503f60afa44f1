"""Killed hard, anywhere: nothing is lost, nothing is done twice, nothing is heard without an entry."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fairhearing.home import Home
from fairhearing.home.postgres import embedded, locate
from tests import house
from tests.cli import recordings
from tests.cli.running import Running, answer, environment, eventually, fetch, remove_database

NUMBER = 8
DONE = {"prepared", "discarded", "quarantined"}
RECOVERS_WITHIN_S = 60.0  # a worker counts as dead after twenty seconds of silence


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server on a fresh home, with a programme and a reviewer."""
    started = Running(tmp_path / "home", "--no-demo").wait_until_ready()
    home = started.home
    try:
        answer(
            home, "programme", "create", "assistant", "--language", "en", "--task", "transcription", *recordings.SERVED
        )
        answer(home, "vendor", "create", "tarn", "--name", "Tarn Desk", "--country", "IE")
        password = tmp_path / "password"
        password.write_text(house.PASSWORD)
        account = ("account", "create", "alice@example.com", "--role", "reviewer", "--vendor", "tarn")
        answer(home, *account, "--password-file", str(password))
        yield started
    finally:
        started.remove()


class Listener(threading.Thread):
    """A reviewer's browser that never rests: next, play, skip. It remembers every key that it was given."""

    def __init__(self, running: Running) -> None:
        super().__init__(daemon=True)
        self._url = running.url
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self._ended = threading.Event()
        self.listens: list[str] = []
        self.failures: set[str] = set()
        self._sign_in()

    def _sign_in(self) -> None:
        with self._opener.open(f"{self._url}/sign-in", timeout=20) as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert token is not None
        form = f"csrfmiddlewaretoken={token[1]}&email=alice%40example.com&password={house.PASSWORD.replace(' ', '+')}"
        with self._opener.open(f"{self._url}/sign-in", form.encode(), timeout=20) as page:
            assert page.url.endswith("/review/"), page.url

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        token = next(cookie.value for cookie in self._jar if cookie.name == "csrftoken") or ""
        headers = {"Content-Type": "application/json", "X-CSRFToken": token}
        request = urllib.request.Request(f"{self._url}/api/v1/review/{path}", json.dumps(body).encode(), headers)
        with self._opener.open(request, timeout=20) as response:
            text = response.read()
        return json.loads(text) if text else {}

    def run(self) -> None:
        while not self._ended.wait(0.02):
            try:
                work = self._post("next", {"programme": "assistant"})
                if work:
                    self.listens.append(self._post("plays", {"assignment": work["assignment"]})["listen"])
            except urllib.error.HTTPError as error:
                with error:
                    self.failures.add(str(error.code))
            except (OSError, HTTPException, ValueError) as error:  # the server was killed under it
                self.failures.add(type(error).__name__)

    def stop(self) -> None:
        self._ended.set()
        self.join(timeout=30)

    def heard_more_than(self, before: int) -> bool:
        return len(self.listens) > before


def _states(running: Running) -> dict[str, int]:
    return dict(running.rows("SELECT state, count(*) FROM capture_recording GROUP BY state"))


def _situation(running: Running) -> list[object]:
    """For the message of a failure."""
    jobs = running.rows("SELECT status::text, attempts, worker_id, scheduled_at FROM procrastinate_jobs")
    workers = running.rows("SELECT id, now() - last_heartbeat FROM procrastinate_workers")
    return [_states(running), jobs, workers, running.errors.read_text()[-2000:]]


def _processed(running: Running) -> int:
    return int(running.rows("SELECT count(*) FROM ledger_record WHERE kind = 'processed'")[0][0])


def _kill_worker(running: Running) -> None:
    """The newest worker, and wait until ``run`` has started another one."""
    (worker,) = running.named("fairhearing.worker")
    worker.send_signal(signal.SIGKILL)
    eventually(
        lambda: [one for one in running.named("fairhearing.worker") if one.pid != worker.pid],
        within_s=15,
        what="another worker",
    )


def _check_everything(running: Running, listens: list[str]) -> None:
    """Every recording is settled once, and the log is whole."""
    states = _states(running)
    assert set(states) <= DONE, states
    assert sum(states.values()) == NUMBER
    twice = 'SELECT channel_id, start, "end", count(*) FROM capture_clip GROUP BY 1, 2, 3 HAVING count(*) > 1'
    assert running.rows(twice) == []
    overlap = (
        "SELECT a.id FROM capture_clip a JOIN capture_clip b ON a.channel_id = b.channel_id AND a.id < b.id "
        'AND a.start < b."end" AND b.start < a."end"'
    )
    assert running.rows(overlap) == []
    without = (
        "SELECT r.id FROM capture_recording r WHERE r.state = 'prepared' AND NOT EXISTS "
        "(SELECT 1 FROM capture_clip c JOIN capture_channel h ON h.id = c.channel_id WHERE h.recording_id = r.id)"
    )
    assert running.rows(without) == []
    unqueued = "SELECT id FROM capture_clip WHERE id NOT IN (SELECT clip_id FROM review_queueitem)"
    assert running.rows(unqueued) == []
    kept = "SELECT o.name FROM vault_storedobject o WHERE o.kind = 'original'"
    assert running.rows(kept) == [], "an original goes as soon as its clips are there"
    names = {name for (name,) in running.rows("SELECT name FROM vault_storedobject")}
    on_disk = {path.name for path in running.home.glob("objects/*/*/*") if not path.name.startswith(".")}
    assert names <= on_disk, "nothing is lost"
    assert len(set(listens)) == len(listens)
    logged = {name for (name,) in running.rows("SELECT id FROM ledger_record WHERE kind = 'played'")}
    assert set(listens) <= logged, "no key without its entry"
    entries = running.rows("SELECT count(*), min(index), max(index) FROM ledger_logentry")[0]
    assert (entries[1], entries[2]) == (0, entries[0] - 1)
    key = answer(running.home, "log", "key")["key"]
    verified = answer(running.home, "log", "verify", running.url, "--key", "-", stdin=key)
    assert (verified["ok"], verified["size"] >= entries[0]) == (True, True)


def test_whatever_is_killed_nothing_is_lost_doubled_or_heard_in_secret(running: Running, tmp_path: Path) -> None:
    home = running.home
    lines = [(recordings.line(f"user {at}", text), sound) for at, (text, sound) in enumerate(recordings.spoken(NUMBER))]
    manifest = recordings.write_manifest(tmp_path / "in", lines)
    assert answer(home, "import", str(manifest), "--programme", "assistant")["accepted"] == NUMBER

    # The worker: while it has its first recording in its hands, and again with a later one.
    eventually(lambda: _processed(running) >= 1, within_s=30, what="the first original opened")
    _kill_worker(running)
    eventually(lambda: _processed(running) >= 3, within_s=40, what="a third original opened")
    _kill_worker(running)

    # The database, under a listener and a worker.
    eventually(lambda: _states(running).get("prepared"), within_s=40, what="something to hear")
    listener = Listener(running)
    listener.start()
    eventually(lambda: len(listener.listens) >= 5, within_s=20, what="five listens")
    postmaster = running.postmaster()
    assert postmaster is not None
    postmaster.send_signal(signal.SIGKILL)
    before = len(listener.listens)
    eventually(lambda: running.postmaster() not in (None, postmaster), within_s=30, what="the database again")
    eventually(lambda: len(listener.listens) > before + 5, within_s=40, what="listening goes on")

    # A process of the web server, then all of it.
    main, *children = running.named("granian")
    children[0].send_signal(signal.SIGKILL)
    before = len(listener.listens)
    eventually(lambda: len(listener.listens) > before + 5, within_s=30, what="listening goes on")
    main.send_signal(signal.SIGKILL)
    before = len(listener.listens)
    eventually(lambda: len(listener.listens) > before + 5, within_s=30, what="listening goes on")
    orphans = [main, *children]
    eventually(lambda: not running.alive(orphans), within_s=15, what="no server of before is left on the port")
    listener.stop()
    told = {failure for failure in listener.failures if failure.isdigit()}
    assert told <= {"500", "502", "503"}, "nobody is told that the clip is not theirs"

    # ``run`` itself: its children end, and the next one starts on what is there.
    running.kill()
    assert fetch_fails(running.url)
    again = Running(home, "--no-demo", port=running.port).wait_until_ready()
    try:
        eventually(
            lambda: set(_states(again)) <= DONE,
            within_s=RECOVERS_WITHIN_S,
            what="every recording settled",
            show=lambda: _situation(again),
        )
        _check_everything(again, listener.listens)
        assert again.stop() == 0
        assert again.left_over() == []
        assert running.left_over() == []
    finally:
        again.remove()


def fetch_fails(url: str) -> bool:
    """Whether nothing answers there any more, soon."""

    def gone() -> bool:
        try:
            fetch(f"{url}/health")
        except (OSError, HTTPException):
            return True
        return False

    return eventually(gone, within_s=15, what="the server's children end with it")


def test_preparing_that_was_killed_is_finished_by_the_next_without_a_server(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    home = Home(folder, folder / "keys" / "secret.key")
    with embedded(home):
        answer(
            folder,
            "programme",
            "create",
            "assistant",
            "--language",
            "en",
            "--task",
            "transcription",
            *recordings.SERVED,
        )
        lines = [(recordings.line(f"user {at}", text), sound) for at, (text, sound) in enumerate(recordings.spoken(3))]
        manifest = recordings.write_manifest(tmp_path / "in", lines)
        answer(folder, "import", str(manifest), "--programme", "assistant")
        command = [sys.executable, "-m", "fairhearing.cli", "--home", str(folder), "prepare", "--wait", "--json"]
        killed = subprocess.Popen(
            command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        with psycopg.connect(locate(home).url, autocommit=True) as connection:

            def opened() -> bool:
                row = connection.execute("SELECT count(*) FROM ledger_record WHERE kind = 'processed'").fetchone()
                return bool(row and row[0])

            eventually(opened, within_s=40, what="an original opened")
        os.killpg(killed.pid, signal.SIGKILL)  # its workers with it
        killed.wait()
        with psycopg.connect(locate(home).url, autocommit=True) as connection:  # as if it was a minute ago
            connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
            held = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'").fetchone()
        assert held is not None
        assert held[0] >= 1, "it was killed with a recording in its hands"
        value = answer(folder, "prepare", "--wait")
        assert value["prepared"] + value["discarded"] + value["quarantined"] >= 1
        counts = answer(folder, "status")["programmes"]["assistant"]
        assert counts["received"] == 0
        assert sum(counts[state] for state in DONE) == 3
    remove_database(folder)
