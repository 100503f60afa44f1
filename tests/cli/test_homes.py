"""Data folders: two share nothing, and an unsafe one is refused."""

import re
from pathlib import Path

from tests.cli.running import answer, fairhearing, remove_database


def test_two_homes_share_nothing(tmp_path: Path) -> None:
    homes = [tmp_path / "one", tmp_path / "two"]
    try:
        create = ("programme", "create", "assistant", "--language", "en", "--task", "transcription")
        made = [answer(home, *create)["programme"] for home in homes]
        assert made[0] != made[1]
        secrets = [(home / "keys" / "secret.key").read_text() for home in homes]
        assert secrets[0] != secrets[1]
        names = [(home / "database.name").read_text() for home in homes]
        assert names[0] != names[1]
        assert (homes[0] / "keys" / "secret.key").stat().st_mode & 0o777 == 0o600
    finally:
        for home in homes:
            remove_database(home)


def test_a_home_that_others_could_read_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    key = home / "keys" / "secret.key"
    key.write_text("ab" * 32 + "\n")
    key.chmod(0o644)
    done = fairhearing(home, "log", "key")
    remove_database(home)
    assert done.returncode == 1
    assert re.fullmatch(r"fairhearing: \S+secret.key has mode 0644, expected 0600: run chmod 0600 \S+\n", done.stderr)
    (home / "keys").chmod(0o755)
    done = fairhearing(home, "status")
    assert (done.returncode, "has mode 0755, expected 0700" in done.stderr) == (1, True)


def test_a_key_file_among_the_objects_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = fairhearing(home, "status", FAIRHEARING_KEY_FILE=str(home / "objects" / "secret.key"))
    assert done.returncode == 1
    assert "lies inside the objects folder" in done.stderr
    assert not (home / "objects" / "secret.key").exists()
