"""Rules of a controller's on top of the law: which hold, adding one, taking one away."""

from pathlib import Path

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready

BY_COMMAND = "command line"


@click.group("policy")
def policy() -> None:
    """Rules of your own that forbid more than the law of the house does (docs/policy.md)."""


@policy.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def add(home: Home, file: Path, as_json: bool) -> None:
    """Put the rule in FILE into force, from the next play: one Cedar `forbid` with @id and @reason."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: expected text in UTF-8") from None
    with ready.django(home):
        from fairhearing.policy import RuleRefused
        from fairhearing.programmes import rules

        try:
            made = rules.add(text=text, by=BY_COMMAND)
        except (RuleRefused, rules.RuleTaken, rules.TooManyRules) as error:
            raise click.ClickException(f"{file}: {error}") from None
        answer({"rule": made.name, "reason": made.reason}, as_json, f"{made.name} is in force: {made.reason}")


@policy.command("list")
@json_option
@click.pass_obj
def list_(home: Home, as_json: bool) -> None:
    """The rules in force."""
    with ready.django(home):
        from fairhearing.programmes import rules

        found = rules.list_in_force()
        value = {
            "rules": [
                {"rule": one.name, "reason": one.reason, "since": one.since.isoformat(), "text": one.text}
                for one in found
            ]
        }
        words = "\n".join(f"{one.name}: {one.reason}" for one in found)
        answer(value, as_json, words or "no rule beside the law of the house")


@policy.command("remove")
@click.argument("name")
@json_option
@click.pass_obj
def remove(home: Home, name: str, as_json: bool) -> None:
    """Take the rule called NAME (its @id) out of force."""
    with ready.django(home):
        from fairhearing.programmes import rules

        try:
            gone = rules.remove(name=name, by=BY_COMMAND)
        except rules.RuleUnknown as error:
            raise click.ClickException(str(error)) from None
        answer({"rule": gone.name, "removed": True}, as_json, f"{gone.name} holds no more")


commands = {"policy": policy}
