"""Clips whose answer is known: which are mixed in, how their answers compare, what is disputed."""

from typing import Any

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready

BY_COMMAND = "command line"


@click.group("known")
def known() -> None:
    """Clips whose answer is known, mixed in unseen."""


@known.command("add")
@click.argument("clip")
@click.option("--text", help="The answer; without it, what the clip was settled on.")
@click.option("--value", type=int, help="The answer's option, where the programme asks for one.")
@json_option
@click.pass_obj
def known_add(home: Home, clip: str, text: str | None, value: int | None, as_json: bool) -> None:
    """Mix CLIP in from now on, at the rate that its programme sets (programme rules --known-share)."""
    with ready.django(home):
        from fairhearing.review import known as actions

        try:
            made = actions.add(clip=clip, by=BY_COMMAND, text=text, value=value)
        except actions.NotKnown as error:
            raise click.ClickException(str(error)) from None
        share = made.programme.known_share
        words = f"{clip} is mixed in" if share else f"{clip} is kept; nothing is mixed in while the known share is 0"
        answer({"clip": clip, "known_share": share}, as_json, words)


@known.command("remove")
@click.argument("clip")
@json_option
@click.pass_obj
def known_remove(home: Home, clip: str, as_json: bool) -> None:
    """Mix CLIP in no more. What was answered to it stays."""
    with ready.django(home):
        from fairhearing.review import known as actions

        if not actions.remove(clip=clip):
            raise click.ClickException(f"{clip}: its answer is not known; fairhearing known list PROGRAMME")
        answer({"clip": clip}, as_json, f"{clip} is mixed in no more")


@known.command("list")
@click.argument("slug")
@json_option
@click.pass_obj
def known_list(home: Home, slug: str, as_json: bool) -> None:
    """Known clips of programme SLUG, and how many answers to each were right."""
    with ready.django(home):
        from fairhearing.programmes import queries as programmes
        from fairhearing.review import known as actions

        try:
            programme = programmes.get_programme(slug)
        except programmes.ProgrammeUnknown as error:
            raise click.ClickException(str(error)) from None
        clips: list[dict[str, Any]] = [
            {"clip": one.clip, "answers": one.answers, "right": one.right} for one in actions.list_known(programme)
        ]
        disputed = len(actions.list_disputed(programme))
        lines = [f"{one['clip']}: {one['right']} of {one['answers']} right" for one in clips] or ["none is known"]
        answer({"known": clips, "disputed": disputed}, as_json, "\n".join([*lines, f"disputed: {disputed}"]))


commands = {"known": known}
