"""What the tests of commands share."""

import io
import os
import sys
from collections.abc import Iterator

import pytest
import structlog

from fairhearing.cli.main import main
from tests.cli.calling import Call, Done


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """A command in this process, on the home and the database of the test run."""

    def calling(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["fairhearing", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    monkeypatch.setenv("FAIRHEARING_HOME", os.environ["FAIRHEARING_HOME"])
    yield calling
    structlog.reset_defaults()
