"""A command called within the test's own process, and what it left."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Done(NamedTuple):
    """What a command left: exit code, standard output, standard error."""

    code: int
    output: str
    errors: str

    @property
    def value(self) -> dict[str, Any]:
        """The last line as one JSON object; the command succeeded."""
        assert self.code == 0, self.errors
        found = json.loads(self.output.splitlines()[-1])
        assert isinstance(found, dict)
        return found

    @property
    def sentence(self) -> str:
        """The one line of a failure."""
        assert self.code == 1, (self.code, self.errors)
        assert "Traceback" not in self.errors
        (line,) = [line for line in self.errors.splitlines() if not line.startswith("warning: ")]
        assert line.startswith("fairhearing: ")
        return line.removeprefix("fairhearing: ")


Call = Callable[..., Done]
