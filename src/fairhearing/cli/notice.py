"""What speakers are shown before they are asked: checked, published, never changed."""

from pathlib import Path

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("notice")
def notice() -> None:
    """What speakers are shown before they are asked."""


@notice.command("check")
@click.argument("file", type=_FILE)
@json_option
@click.pass_obj
def check(home: Home, /, file: Path, as_json: bool) -> None:
    """Whether a notice says that people listen. Nothing is stored."""
    with ready.django(home):
        from fairhearing.consent import notices, plain_words

        try:
            text = notices.parse(file.read_bytes())
            sentence = notices.check(text)
        except (notices.NoticeMalformed, plain_words.NoticeNotPlain) as error:
            raise click.ClickException(f"{file.name}: {error}") from None
        value = {"notice": text.name, "language": text.language, "says": sentence, "sha256": text.digest()}
        words = f'says: "{sentence}"' if sentence else "does not ask for people listening"
        answer(value, as_json, f"{file.name}: {words}")


@notice.command("add")
@click.argument("file", type=_FILE)
@json_option
@click.pass_obj
def add(home: Home, /, file: Path, as_json: bool) -> None:
    """Publish a notice. The same again is the same notice; a changed text is a new version."""
    with ready.django(home):
        from fairhearing.consent import actions, notices, plain_words

        try:
            made = actions.publish(notice=notices.parse(file.read_bytes()))
        except (notices.NoticeMalformed, plain_words.NoticeNotPlain) as error:
            raise click.ClickException(f"{file.name}: {error}") from None
        value = {"notice": made.reference, "language": made.language, "sha256": made.digest}
        answer(value, as_json, f"published {made.reference} ({made.language}); consents name it as {made.reference}")


@notice.command("list")
@json_option
@click.pass_obj
def list_(home: Home, /, as_json: bool) -> None:
    """All published notices, and which were declared invalid."""
    with ready.django(home):
        from fairhearing.consent import queries

        found = queries.list_notices()
        invalid = queries.find_invalid(one.reference for one in found)
        rows = [
            {"notice": one.reference, "language": one.language, "invalid": one.reference in invalid} for one in found
        ]
        words = [f"{row['notice']} ({row['language']}){' INVALID' if row['invalid'] else ''}" for row in rows]
        answer({"notices": rows}, as_json, "\n".join(words) or "no notice is published; fairhearing notice add FILE")


@notice.command("show")
@click.argument("name")
@click.option("--language", help="The language; otherwise the first that the version has.")
@json_option
@click.pass_obj
def show(home: Home, /, name: str, language: str | None, as_json: bool) -> None:
    """A notice as it was published: NAME is hearth-review (its newest version) or hearth-review-2."""
    with ready.django(home):
        from fairhearing.consent import queries

        newest = queries.list_notices(name)
        try:
            found = queries.get_notice(newest[0].reference if newest else name, language)
        except queries.NoticeUnknown as error:
            raise click.ClickException(str(error)) from None
        value = {"notice": found.reference, "sha256": found.digest, **found.content}
        answer(value, as_json, f"{found.reference} ({found.language})\n\n{found.content['text']}")


commands = {"notice": notice}
