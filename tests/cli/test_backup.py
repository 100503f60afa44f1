"""A backup brought back: what was erased and withdrawn since stays so, and nothing is served before that."""

import json
from pathlib import Path

import psycopg

from fairhearing.home import Home
from fairhearing.home.postgres import embedded, locate
from tests.cli.running import answer, fairhearing, remove_database
from tests.house import consent, wav

ROBIN, WREN, LARK = ("ab" * 32, "cd" * 32, "ef" * 32)


def test_a_restored_copy_is_stopped_again_before_it_is_served(tmp_path: Path) -> None:
    one, two, backup = tmp_path / "one", tmp_path / "two", tmp_path / "backup"
    keys = {"FAIRHEARING_KEY_FILE": str(tmp_path / "keys" / "secret.key")}
    try:
        answer(one, "programme", "create", "assistant", "--language", "en", "--task", "transcription", **keys)
        lines = _manifest(tmp_path, [ROBIN, WREN, LARK])
        assert answer(one, "import", str(lines), "--programme", "assistant", **keys)["accepted"] == 3
        made = answer(one, "backup", str(backup), **keys)
        assert made["files"] > 3
        _holds_no_key(backup, tmp_path / "keys")
        answer(one, "erase", "--speaker-key", "-", stdin=ROBIN, **keys)
        answer(one, "withdraw", "--speaker-key", "-", stdin=WREN, **keys)

        answer(one, "log", "export", str(tmp_path / "log"), **keys)
        refused = fairhearing(two, "restore", str(backup), **keys)
        assert (refused.returncode, "--log" in refused.stderr) == (1, True), "the log went on since the backup"
        closed = fairhearing(two, "run", "--no-demo", **keys)
        assert (closed.returncode, "fairhearing restore" in closed.stderr) == (1, True)
        done = answer(two, "restore", str(backup), "--log", str(tmp_path / "log"), **keys)
        assert (done["erased"], done["withdrawn"]) == (1, 1)

        assert _channels(two) == [False, True]
        assert len(list((two / "objects").glob("??/??/*"))) == 2, "robin's is gone again"
        answer(two, "log", "export", str(tmp_path / "again"), **keys)
        key = answer(two, "log", "key", **keys)["key"]
        assert answer(two, "log", "verify", str(tmp_path / "again"), "--key", key, **keys)["ok"]
        assert "not empty" in fairhearing(two, "restore", str(backup), **keys).stderr
        assert "not empty" in fairhearing(two, "backup", str(backup), **keys).stderr
    finally:
        for home in (one, two):
            remove_database(home)


def test_a_backup_that_was_changed_is_not_brought_back(tmp_path: Path) -> None:
    folder, home = tmp_path / "backup", tmp_path / "home"
    folder.mkdir()
    assert "no whole backup" in fairhearing(home, "restore", str(folder)).stderr
    (folder / "database.dump").write_bytes(b"changed")
    told = {"format": "fairhearing-backup/v1", "begun": "2026-11-23T08:00:00+00:00", "sha256": {"database.dump": "0"}}
    (folder / "manifest.json").write_text(json.dumps(told))
    assert "database.dump is not as it was written" in fairhearing(home, "restore", str(folder)).stderr
    assert not (home / "database.name").exists(), "no database was begun"


def _manifest(folder: Path, speakers: list[str]) -> Path:
    lines = []
    for number, speaker in enumerate(speakers):
        (folder / f"{number}.wav").write_bytes(wav(hertz=220.0 + number))
        line = {"audio_filepath": f"{number}.wav", "speaker_key": speaker, "language": "en", "consent": consent()}
        lines.append(json.dumps(line))
    path = folder / "manifest.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def _channels(home: Path) -> list[bool]:
    """Of each channel whether it was withdrawn."""
    with embedded(Home.from_environment(str(home))), psycopg.connect(locate(Home(home, home)).url) as connection:
        rows = connection.execute("SELECT withdrawn FROM capture_channel ORDER BY withdrawn").fetchall()
    return [row[0] for row in rows]


def _holds_no_key(backup: Path, keys: Path) -> None:
    secrets = [
        bytes.fromhex(path.read_text().strip()) for path in (keys / "secret.key", *(keys / "epochs").glob("*.key"))
    ]
    assert len(secrets) > 1
    speakers = [bytes.fromhex(key) for key in (ROBIN, WREN, LARK)]
    for path in backup.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [one for one in (*secrets, *speakers) if one in content or one.hex().encode() in content], path
