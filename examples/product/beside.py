"""A Fairhearing beside the example, started and set up by its own commands, as anybody would."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Platform:
    """Where it is, and what it gave the product: an API key, the webhooks' secret, the notice's name and version."""

    url: str
    api_key: str
    webhook_secret: str
    notice: str

    def file(self, path: str) -> bytes:
        """A file that every Fairhearing serves, such as the recorder's script."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:  # noqa: S310 - our own
            content: bytes = answer.read()
        return content


@dataclass(frozen=True)
class Wanted:
    """What is set up on the first start. ``programme``: options of ``fairhearing programme create``."""

    product: str
    programme: Sequence[str]
    rules: Sequence[str]
    notice: Path
    hook: str
    within: str  # the product's origin: the speaker's page may be shown there


@contextmanager
def platform(folder: Path, wanted: Wanted) -> Iterator[Platform]:
    """Run it in ``folder`` until the end of the block; everything that it started ends with it."""
    home = folder / "fairhearing"
    environment = {**os.environ, "FAIRHEARING_HOME": str(home), "FAIRHEARING_EMBEDDED_BY": wanted.within}
    process = subprocess.Popen(
        [*_command(), "run", "--no-demo"], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        url = _ready(process)
        yield _set_up(folder, home, wanted, url)
    finally:
        process.send_signal(signal.SIGTERM)
        with process:
            process.wait(timeout=60)


def _command() -> list[str]:
    return [sys.executable, "-m", "fairhearing.cli"]


def _ready(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if line.startswith("ready "):
            return line.split()[1]
    raise RuntimeError("fairhearing run ended before it was ready; what it said stands above")


def _set_up(folder: Path, home: Path, wanted: Wanted, url: str) -> Platform:
    """On the first start a programme, a notice, a vendor with a reviewer, a key; the webhook's address each time."""
    kept = folder / "platform.json"
    if kept.exists():
        made = json.loads(kept.read_text())
    else:
        _say(home, "programme", "create", *wanted.programme)
        slug = wanted.programme[0]
        _say(home, "programme", "rules", slug, *wanted.rules, "--reason", "as this example is made")
        _say(home, "vendor", "create", "tarn", "--name", "Tarn Listening", "--country", "IE")
        reviewer = _say(home, "account", "create", "ana@tarn.example", "--role", "reviewer", "--vendor", "tarn")
        made = {
            "notice": _say(home, "notice", "add", str(wanted.notice))["notice"],
            "api_key": _say(home, "apikey", "create", wanted.product, "--product", wanted.product)["key"],
            "reviewer": reviewer["invitation"],
            "hook": "",
        }
    if made["hook"] != wanted.hook:
        added = _say(home, "webhook", "add", wanted.hook, "--product", wanted.product)
        made |= {"hook": wanted.hook, "webhook_secret": added["secret"]}
    _keep(kept, made)
    return Platform(url, made["api_key"], made["webhook_secret"], made["notice"])


def _say(home: Path, *words: str) -> dict[str, Any]:
    environment = {**os.environ, "FAIRHEARING_HOME": str(home)}
    done = subprocess.run(
        [*_command(), *words, "--json"], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _keep(path: Path, made: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
