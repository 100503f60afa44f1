"""The main job, end to end, as its people do it: real processes, a real browser, the keyboard alone."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import soundfile

from tests import house
from tests.browser.watching import Watched, hear, sign_in, state, tab_to
from tests.cli import recordings
from tests.cli.running import Running, answer, eventually, fairhearing, fetch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PROGRAMME = "assistant"
REVIEWERS = {"alice@example.com": ("tarn", "IE"), "charlie@example.com": ("other", "PT")}
# What Chromium itself writes when a server says no; reviewers are told no once, at the end.
REFUSED = r"Failed to load resource.*status of 40[349].*/api/v1/review/"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server on a fresh home."""
    started = Running(tmp_path / "home", "--no-demo").wait_until_ready()
    try:
        yield started
    finally:
        started.remove()


def _people(running: Running, folder: Path) -> str:
    """Everything that a controller sets up by the command line; gives the product's API key."""
    home = running.home
    password = folder / "password"
    password.write_text(house.PASSWORD + "\n")
    made = answer(
        home, "programme", "create", PROGRAMME, "--language", "en", "--task", "transcription", *recordings.SERVED
    )
    assert made["programme"].startswith("prg_")
    for email, (vendor, country) in REVIEWERS.items():
        answer(home, "vendor", "create", vendor, "--name", f"{vendor.title()} Desk", "--country", country)
        options = ("--role", "reviewer", "--vendor", vendor, "--password-file", str(password))
        account = answer(home, "account", "create", email, *options)
        assert account["account"].startswith("acc_")
    with running.database() as connection:  # nobody waits half a minute for an undo that does not come
        connection.execute("UPDATE programmes_programme SET grace_seconds = 1")
    key: str = answer(home, "apikey", "create", "journey", "--product", recordings.PRODUCT)["key"]
    return key


def _send(running: Running, api_key: str, metadata: dict[str, Any], sound: bytes) -> tuple[int, dict[str, str]]:
    """POST /api/v1/recordings."""
    parts = [
        ('name="metadata"', "application/json", json.dumps(metadata).encode()),
        ('name="audio"; filename="a.flac"', "audio/flac", sound),
    ]
    body = b"".join(
        b"--edge\r\nContent-Disposition: form-data; " + name.encode() + b"\r\nContent-Type: " + kind.encode()
        + b"\r\n\r\n" + content + b"\r\n"
        for name, kind, content in parts
    )  # fmt: skip
    headers = {
        "Authorization": f"Bearer {api_key}",
        "Content-Type": "multipart/form-data; boundary=edge",
        "Idempotency-Key": "journey-1",
    }
    status, text = fetch(f"{running.url}/api/v1/recordings", body + b"--edge--\r\n", **headers)
    return status, json.loads(text)


def _all_prepared(running: Running, expected: int) -> int:
    """Wait for the worker of ``run``; gives the number of clips."""

    def left() -> bool:
        states = dict(running.rows("SELECT state, count(*) FROM capture_recording GROUP BY state"))
        assert set(states) <= {"received", "prepared"}, states
        return states == {"prepared": expected}

    eventually(left, within_s=90, what=f"{expected} recordings prepared")
    return int(running.rows("SELECT count(*) FROM capture_clip")[0][0])


def _review_everything(page: "Page", clips: int) -> set[str]:
    """Space, listen, 1, Enter, until nothing waits; gives the clips that were heard."""
    heard: set[str] = set()
    state(page, "ready")
    page.evaluate("window.loadedOnce = true")
    for _ in range(clips):
        state(page, "ready")
        work = page.locator("main#work")
        heard.add(str(work.get_attribute("data-clip")))
        assignment = work.get_attribute("data-assignment")
        hear(page)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_selector(f'main#work:not([data-assignment="{assignment}"])')
    state(page, "empty")
    assert page.evaluate("window.loadedOnce"), "the next clip comes without a page load"
    assert page.locator("#done-count").inner_text() == str(clips)
    return heard


def _lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress((folder / name).read_bytes()).splitlines()]


def _check_release(folder: Path, rows: int) -> list[str]:
    """A Lhotse release as it should be: manifests, sound, checksums. Gives its texts."""
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["format"], manifest["rows"]) == ("lhotse", rows)
    on_disk = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert on_disk == {*manifest["files"], "manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    sounds, texts = _lines(folder, "recordings.jsonl.gz"), _lines(folder, "supervisions.jsonl.gz")
    assert len(sounds) == len(texts) == rows
    for sound in sounds:
        (source,) = sound["sources"]
        samples, rate = soundfile.read(folder / source["source"])
        assert (rate, len(samples)) == (sound["sampling_rate"], sound["num_samples"]) == (16000, len(samples))
        assert sound["duration"] == pytest.approx(len(samples) / rate)
        assert abs(samples).max() > 0.01, "there is sound in it"
    for text in texts:
        assert {"id", "recording_id", "start", "duration", "channel", "text", "language"} <= text.keys()
        assert text["recording_id"] in {sound["id"] for sound in sounds}
        assert "speaker" not in text
    return [text["text"] for text in texts]


def _verified(running: Running, key: str) -> int:
    """The log, over HTTP, with nothing but its key; gives its size."""
    found = answer(running.home, "log", "verify", running.url, "--key", "-", stdin=key)
    assert found["ok"] is True
    assert len(bytes.fromhex(found["root"])) == 32
    return int(found["size"])


def _plays(running: Running) -> dict[str, int]:
    return dict(running.rows("SELECT role, count(*) FROM ledger_record WHERE kind = 'played' GROUP BY role"))


def _own_page(watched: Watched, running: Running, api_key: str, user: str) -> "Page":
    """By a one-time link that the product asks for."""
    body = json.dumps({"speaker_key": recordings.key(user)}).encode()
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
    status, text = fetch(f"{running.url}/api/v1/speaker-links", body, **headers)
    assert status == 201
    page = watched.page()
    page.goto(json.loads(text)["url"])
    page.wait_for_url("**/speaker/")
    assert "#" not in page.url
    return page


def _who_heard(clip: "Locator") -> list[tuple[str, str, str]]:
    """Role, vendor and country of each line."""
    rows = [row.locator("td").all_inner_texts() for row in clip.locator("tbody tr").all()]
    return [(row[1], row[2], row[3]) for row in rows]


def test_a_recording_goes_all_the_way_and_back_to_nothing(running: Running, browser: "Browser", tmp_path: Path) -> None:
    home = running.home
    api_key = _people(running, tmp_path)
    sounds = recordings.spoken(4)
    key = answer(home, "log", "key")["key"]

    # In: one over the API, twice with the same answer, and two by import.
    text, sound = sounds[0]
    metadata = {**recordings.line("robin", text), "programme": PROGRAMME}
    status, sent = _send(running, api_key, metadata, sound)
    assert (status, sent["recording"][:4]) == (201, "rec_"), sent
    assert _send(running, api_key, metadata, sound) == (200, sent)
    lines = [(recordings.line(user, sounds[at][0]), sounds[at][1]) for at, user in ((1, "robin"), (2, "sam"))]
    manifest = recordings.write_manifest(tmp_path / "in", lines)
    imported = answer(home, "import", str(manifest), "--programme", PROGRAMME)
    assert imported == {"accepted": 2, "duplicates": 0, "refused": []}
    clips = _all_prepared(running, 3)
    assert clips >= 3

    # Reviewed by two, by keyboard alone.
    watched = {email: Watched(browser, running.url) for email in REVIEWERS}
    pages = {}
    for email, one in watched.items():
        page = pages[email] = one.page()
        sign_in(page, email, house.PASSWORD)
        tab_to(page, page.get_by_role("link", name=PROGRAMME))
        page.keyboard.press("Enter")
        heard = _review_everything(page, clips)
        assert len(heard) == clips
        assert (one.asked("/plays"), one.asked("/judgements")) == (clips, clips)
    assert _plays(running) == {"reviewer": 2 * clips}

    # Settled and released.
    done = "SELECT count(*) FROM review_supervision"
    eventually(lambda: running.rows(done)[0][0] == clips, within_s=20, what="every clip settled")
    first = tmp_path / "first"
    released = answer(home, "release", PROGRAMME, "--format", "lhotse", "--out", str(first))
    assert (released["rows"], released["withheld"]) == (clips, 0)
    said = _check_release(first, clips)
    of_robin = " ".join(sounds[0][0].split()[:2])
    assert any(of_robin in one for one in said), said
    size = _verified(running, key)

    # One more of the same speaker: in a reviewer's hands, but not heard, when it is erased.
    waiting = recordings.write_manifest(tmp_path / "more", [(recordings.line("robin", sounds[3][0]), sounds[3][1])])
    assert answer(home, "import", str(waiting), "--programme", PROGRAMME)["accepted"] == 1
    _all_prepared(running, 4)
    queued = running.rows("SELECT count(*) FROM review_queueitem")[0][0]
    assert queued >= 1
    alice, charlie = (pages[email] for email in REVIEWERS)
    alice.reload()
    state(alice, "ready")

    # The speaker sees who listened, and listens.
    speaker = watched["robin"] = Watched(browser, running.url)
    page = _own_page(speaker, running, api_key, "robin")
    own = [str(one.get_attribute("id")) for one in page.locator("article.recording").all()]
    assert len(own) == 3
    assert sent["recording"] in own
    first_clip = page.locator(f"#{sent['recording']} .heard-clip").first
    rows = _who_heard(first_clip)
    listens = sorted((vendor, country) for role, vendor, country in rows if role == "reviewer")
    assert listens == sorted((f"{vendor.title()} Desk", country) for vendor, country in REVIEWERS.values())
    assert [role for role, _, _ in rows if role != "reviewer"] == ["dataset"], "the release took it with it"
    assert not any(email.split("@")[0] in page.content().lower() for email in REVIEWERS), "never the reviewer's name"
    first_clip.get_by_role("button").click()
    at = page.evaluate(
        """() => new Promise((heard) => {
          const audio = document.getElementById("audio");
          audio.addEventListener("timeupdate", () => audio.currentTime > 0.3 && heard(audio.currentTime));
        })"""
    )
    assert at > 0.3
    page.get_by_text("That was all of this clip.").wait_for()
    assert _plays(running) == {"reviewer": 2 * clips, "speaker": 1}
    page.reload()
    assert ("you", "–", "–") in _who_heard(first_clip), "one's own listening stands there like any other"

    # Erased: from the page, the queue, the vault, the next release.
    wanted = "SELECT o.object_name FROM {} o JOIN capture_channel h ON {} WHERE h.recording_id = ANY(%s)"
    objects = running.rows(wanted.format("capture_clip", "h.id = o.channel_id"), own)
    assert len(objects) >= 3
    assert all(list(home.glob(f"objects/*/*/{name}")) for (name,) in objects)
    page.get_by_text("Erase all of my recordings").click()
    page.get_by_role("button", name="Yes, erase all of them").click()
    receipt = json.loads(page.locator("#receipt").inner_text())
    assert receipt["recordings"] == 3
    page.get_by_role("link", name="Back to my page").click()
    page.get_by_text("There is nothing to take back.").wait_for()
    assert page.locator("article.recording").count() == 0
    assert not any(list(home.glob(f"objects/*/*/{name}")) for (name,) in objects), "the bytes are gone"
    assert (
        running.rows("SELECT count(*) FROM vault_storedobject WHERE name = ANY(%s)", [n for (n,) in objects])[0][0] == 0
    )
    assert running.rows("SELECT count(*) FROM review_queueitem")[0][0] == 0
    alice.keyboard.press("Space")
    state(alice, "refused")
    assert "no longer here" in alice.locator("#trouble-text").inner_text()
    alice.keyboard.press("n")
    state(alice, "empty")
    charlie.reload()
    state(charlie, "empty")
    assert _plays(running) == {"reviewer": 2 * clips, "speaker": 1}
    second = tmp_path / "second"
    again = answer(home, "release", PROGRAMME, "--format", "lhotse", "--out", str(second))
    left = again["rows"]
    assert 0 < left < clips
    assert not any(of_robin in one for one in _check_release(second, left))

    # What already left is recalled.
    checked = fairhearing(home, "dataset", "verify", str(first), "--url", running.url, "--json")
    assert checked.returncode == 1, "recalled rows are still there"
    expected = {"rows": clips, "recalled": clips - left, "rewritten": 0, "ok": False}
    assert json.loads(checked.stdout.splitlines()[-1]) == expected
    assert answer(home, "dataset", "verify", str(first), "--rewrite")["rewritten"] == clips - left
    assert not any(of_robin in one for one in _check_release(first, left))

    # The log still verifies, and nobody's browser complained.
    assert _verified(running, key) > size
    for name, one in watched.items():
        assert one.complaints(allow=REFUSED if name in REVIEWERS else None) == [], name
        one.close()
    assert running.stop() == 0
    assert running.left_over() == []
