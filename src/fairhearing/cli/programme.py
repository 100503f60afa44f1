"""What is asked of which recordings: programmes and their rules."""

from collections.abc import Callable
from typing import Any

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready

BY_COMMAND = "command line"
SHARE = click.FloatRange(0, 1)
TASKS = ("transcription", "translation", "activation", "rating", "comparison")
JUDGING = (
    "question",
    "scale_labels",
    "judgements_least",
    "certain_at",
    "must_hear_share",
    "known_share",
    "unaided_share",
    "second_stage",
    "by_skill",
    "urgent",
    "sensitive_minutes_a_day",
)

ASKING = ("registered_notices_only", "made_for_children", "indicator_required", "asks")


def _rules(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how recordings are de-identified, and what is asked of judgements."""
    options = (
        click.option("--voice", type=click.Choice(["off", "clear", "strong"]), help="How much of the voice goes."),
        click.option(
            "--free-speech",
            type=click.Choice(["quarantine", "serve"]),
            help="Free speech that only the embedded recogniser heard. Serve: names in it may be heard.",
        ),
        click.option("--command", "commands", multiple=True, metavar="PHRASE", help="What is expected to be said."),
        click.option("--wake-word", "wake_words", multiple=True, metavar="PHRASE"),
        click.option(
            "--exposure-buckets",
            type=click.IntRange(1, 1000),
            help="Into how many buckets speakers fall: so few that 20 or more share one.",
        ),
        click.option(
            "--bucket-clips-a-week", type=click.IntRange(1), help="How many clips of one bucket a reviewer hears."
        ),
        click.option("--question", help="What is asked, where the task itself does not say it."),
        click.option("--scale-label", "scale_labels", multiple=True, help="A rating's steps, from the lowest."),
        click.option(
            "--judgements-least",
            type=click.IntRange(0, 9),
            help="So many can settle a clip when they are certain; 0: never fewer than are wanted.",
        ),
        click.option("--certain-at", type=click.FloatRange(0.5, 1), help="From which probability on that is."),
        click.option("--must-hear", "must_hear_share", type=SHARE, help="The share of a clip to be heard (0 to 1)."),
        click.option("--known-share", type=SHARE, help="The share of clips whose answer is known, mixed in unseen."),
        click.option("--no-candidate-share", "unaided_share", type=SHARE, help="Clips shown without candidates."),
        click.option("--second-stage/--no-second-stage", default=None, help="A lead reviewer confirms what settles."),
        click.option("--by-skill/--not-by-skill", default=None, help="Only who knows the languages hears it."),
        click.option("--urgent/--not-urgent", default=None, help="Shown first to reviewers."),
        click.option(
            "--sensitive-minutes",
            "sensitive_minutes_a_day",
            type=click.IntRange(0, 1440),
            help="Minutes a day of what can distress, for one reviewer.",
        ),
        click.option(
            "--registered-notices-only/--any-notice",
            default=None,
            help="Only recordings whose speakers were asked by a notice that was checked (fairhearing notice add).",
        ),
        click.option(
            "--made-for-children/--not-made-for-children",
            default=None,
            help="Who is not known to be an adult is taken for a child, and never reviewed.",
        ),
        click.option(
            "--indicator-required/--no-indicator-required",
            default=None,
            help="Only recordings of which the product says what told the speaker that the microphone was open.",
        ),
        click.option(
            "--asks",
            type=click.Choice(["once", "every_clip"]),
            help="Every clip: nobody hears a clip before its speaker said yes to it.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group("programme")
def programme() -> None:
    """What is asked, of which recordings."""


@programme.command("create")
@click.argument("slug")
@click.option("--language", required=True, help="The language spoken, such as en.")
@click.option("--task", required=True, type=click.Choice(TASKS))
@click.option("--target-language", default="", help="For translation: into which language.")
@click.option("--name", default="")
@click.option("--guideline", default="", help="What reviewers read beside every clip.")
@click.option("--judgements", default=2, type=click.IntRange(1, 9), help="Independent judgements a clip.")
@click.option("--grace", default=10, type=click.IntRange(0, 3600), help="Seconds in which an answer can be undone.")
@click.option("--keep-unheard", is_flag=True, help="Keep recordings without consent to be heard, and never play them.")
@click.option("--keep-original-days", default=0, type=click.IntRange(0, 3650))
@_rules
@json_option
@click.pass_obj
def programme_create(
    home: Home,
    /,
    slug: str,
    language: str,
    task: str,
    target_language: str,
    name: str,
    guideline: str,
    judgements: int,
    grace: int,
    keep_unheard: bool,
    keep_original_days: int,
    as_json: bool,
    **rules: Any,
) -> None:
    """Make a programme."""
    with ready.django(home):
        from django.core.exceptions import ValidationError

        from fairhearing.programmes import actions
        from fairhearing.programmes.models import Task

        if task == "translation" and not target_language:
            raise click.UsageError("--task translation needs --target-language")
        try:
            made = actions.create(
                slug=slug,
                language=language,
                task=Task(task),
                target_language=target_language,
                name=name,
                guideline=guideline,
                judgements_wanted=judgements,
                grace_seconds=grace,
                keep_unheard=keep_unheard,
                keep_original_days=keep_original_days,
            )
        except ValidationError as error:
            raise click.ClickException(f"programme {slug}: {' '.join(error.messages)}") from None
        _set_rules(slug, "set when it was made", rules)
        answer({"programme": made.id}, as_json, f"made programme {slug} ({made.id})")


@programme.command("rules")
@click.argument("slug")
@click.option("--reason", required=True, help="Why; it is written into the log.")
@_rules
@json_option
@click.pass_obj
def programme_rules(home: Home, /, slug: str, reason: str, as_json: bool, **rules: Any) -> None:
    """Set how recordings are de-identified from now on, and what is asked of judgements.

    --command "", --wake-word "" and --scale-label "" clear the lists.
    """
    with ready.django(home):
        from fairhearing.programmes import queries

        if not _set_rules(slug, reason, rules):
            raise click.UsageError("nothing to set: give one of the options")
        found = queries.get_programme(slug)
        value = {
            "programme": found.id,
            "voice": found.voice,
            "free_speech": found.free_speech,
            "commands": found.commands.splitlines(),
            "wake_words": found.wake_words.splitlines(),
            "exposure_buckets": found.exposure_buckets,
            "bucket_clips_a_week": found.bucket_clips_a_week,
            "judging": {name: getattr(found, name) for name in JUDGING},
            "asking": {name: getattr(found, name) for name in ASKING},
        }
        answer(value, as_json, f"{slug}: voice {found.voice}, free speech {found.free_speech}; the log says so")


def _set_rules(slug: str, reason: str, rules: dict[str, Any]) -> bool:
    """Set those that were given; False when none was."""
    from django.core.exceptions import ValidationError

    from fairhearing.operations import asking as operations
    from fairhearing.programmes import actions
    from fairhearing.programmes.models import Programme

    judging = {name: rules[name] for name in JUDGING if rules[name] not in (None, ())}
    if "scale_labels" in judging:
        judging["scale_labels"] = "\n".join(label for label in judging["scale_labels"] if label)
    asking = {name: rules[name] for name in ASKING if rules[name] is not None}
    given = {name: rule for name, rule in rules.items() if rule and name not in (*JUDGING, *ASKING)}
    if given or judging or asking:
        try:
            asked = actions.Judging(**judging) if judging else None
            speakers = actions.Asking(**asking) if asking else None
            operations.set_rules(slug=slug, by=BY_COMMAND, reason=reason, judging=asked, asking=speakers, **given)
        except Programme.DoesNotExist:
            raise click.ClickException(f"programme {slug}: there is none; fairhearing programme create") from None
        except ValidationError as error:
            raise click.ClickException(f"programme {slug}: {' '.join(error.messages)}") from None
    return bool(given or judging or asking)


commands = {"programme": programme}
