"""Options that take a key: ``-`` reads standard input, ``@FILE`` a file; a plain key works and warns."""

import sys
from pathlib import Path
from typing import Any

import click


class Secret(click.ParamType[str]):
    """Text that must not stand on a command line."""

    name = "secret"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the key from where the option points to."""
        text = str(value)
        if text == "-":
            return sys.stdin.read().strip()
        if text.startswith("@"):
            try:
                return Path(text[1:]).read_text().strip()
            except OSError as error:
                self.fail(f"{text[1:]}: {error.strerror}", param, ctx)
        source = ctx.get_parameter_source(param.name) if ctx and param and param.name else None
        if source is not None and source.name == "COMMANDLINE":
            name = param.opts[0] if param else "the key"
            print(
                f"warning: {name} on the command line is visible to other programs; use - or @FILE",
                file=sys.stderr,
            )
        return text
