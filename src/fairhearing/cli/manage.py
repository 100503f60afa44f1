"""Programmes, vendors, accounts, API keys, pauses."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready

ROLES = (
    "owner",
    "controller",
    "privacy_officer",
    "auditor",
    "vendor_manager",
    "lead_reviewer",
    "reviewer",
    "investigator",
)
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
)


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
        }
        answer(value, as_json, f"{slug}: voice {found.voice}, free speech {found.free_speech}; the log says so")


def _set_rules(slug: str, reason: str, rules: dict[str, Any]) -> bool:
    """Set those that were given; False when none was."""
    from django.core.exceptions import ValidationError

    from fairhearing.programmes import actions
    from fairhearing.programmes.models import Programme

    judging = {name: rules[name] for name in JUDGING if rules[name] not in (None, ())}
    if "scale_labels" in judging:
        judging["scale_labels"] = "\n".join(label for label in judging["scale_labels"] if label)
    given = {name: rule for name, rule in rules.items() if rule and name not in JUDGING}
    if given or judging:
        try:
            asked = actions.Judging(**judging) if judging else None
            actions.set_rules(slug=slug, by=BY_COMMAND, reason=reason, judging=asked, **given)
        except Programme.DoesNotExist:
            raise click.ClickException(f"programme {slug}: there is none; fairhearing programme create") from None
        except ValidationError as error:
            raise click.ClickException(f"programme {slug}: {' '.join(error.messages)}") from None
    return bool(given or judging)


@click.group("vendor")
def vendor() -> None:
    """Organisations that reviewers work for."""


@vendor.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--country", required=True, help="Two letters (ISO 3166-1): speakers are told where somebody listened.")
@json_option
@click.pass_obj
def vendor_create(home: Home, slug: str, name: str, country: str, as_json: bool) -> None:
    """Make a vendor."""
    if len(country) != 2 or not country.isalpha():
        raise click.UsageError(f"--country {country}: expected two letters, such as IE")
    with ready.django(home):
        from fairhearing.vendors import actions

        made = actions.create_vendor(slug=slug, name=name, country=country)
        answer({"vendor": made.id}, as_json, f"made vendor {slug} ({made.id})")


@vendor.command("agreement")
@click.argument("slug")
@click.option("--reference", required=True, help="By which the signed paper is found.")
@click.option("--signed-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day, such as 2026-01-31.")
@json_option
@click.pass_obj
def vendor_agreement(home: Home, slug: str, reference: str, signed_on: datetime, as_json: bool) -> None:
    """Put an agreement with vendor SLUG (GDPR Art. 28) on record, and into the log."""
    with ready.django(home):
        from fairhearing.vendors import actions, queries
        from fairhearing.vendors.models import Vendor

        try:
            made = actions.sign_agreement(
                vendor=queries.get_vendor(slug), reference=reference, signed_day=signed_on.date()
            )
        except Vendor.DoesNotExist:
            raise click.ClickException(f"there is no vendor {slug}") from None
        except actions.AgreementKnown as error:
            raise click.ClickException(str(error)) from None
        value = {"vendor": slug, "reference": made.reference, "signed_on": made.signed_day.isoformat()}
        answer(value, as_json, f"{reference} with {slug}, signed on {made.signed_day}, is on record")


@vendor.command("leave")
@click.argument("email")
@json_option
@click.pass_obj
def vendor_leave(home: Home, email: str, as_json: bool) -> None:
    """End EMAIL's work for their vendor: from the next play they hear nothing, and what they hold goes to others."""
    with ready.django(home):
        from fairhearing.accounts import queries as accounts
        from fairhearing.operations import offboard
        from fairhearing.vendors import queries

        account = accounts.find_account(email)
        if account is None:
            raise click.ClickException(f"there is no account for {email}")
        if queries.find_vendor_of(account.id) is None:
            raise click.ClickException(f"{email} works for no vendor")
        ended = offboard.leave(account=account)
        answer({"account": account.id, "open_assignments_ended": ended}, as_json, f"{email} has left")


@click.group("account")
def account() -> None:
    """People who sign in."""


@account.command("create")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--vendor", "vendor_slug", help="Which vendor they work for (reviewers need one to hear anything).")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def account_create(
    home: Home, email: str, role: str, vendor_slug: str | None, password_file: Path | None, as_json: bool
) -> None:
    """Make an account, with a password from a file or an invitation to set one."""
    with ready.django(home):
        from django.conf import settings
        from django.core.exceptions import ValidationError
        from django.db import transaction
        from django.urls import reverse

        from fairhearing.accounts import actions
        from fairhearing.accounts.models import Role
        from fairhearing.vendors import actions as vendors
        from fairhearing.vendors.models import Vendor

        password = password_file.read_text().strip() if password_file else None
        try:
            with transaction.atomic():
                made = actions.create_account(email=email, role=Role(role), password=password)
                if vendor_slug is not None:
                    vendors.join(account=made, vendor=Vendor.objects.get(slug=vendor_slug))
                token = actions.invite(account=made)
        except Vendor.DoesNotExist:
            raise click.ClickException(
                f"vendor {vendor_slug}: there is none; make it with: fairhearing vendor create"
            ) from None
        except (ValidationError, actions.AccountExists) as error:
            words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            raise click.ClickException(f"account {email}: {words}") from None
        url = f"{settings.BASE_URL}{reverse('invitation', args=[token])}"
        answer({"account": made.id, "invitation": url}, as_json, f"made account {made.id}; invitation: {url}")


@click.group("apikey")
def apikey() -> None:
    """Keys for products."""


@apikey.command("create")
@click.argument("name")
@click.option("--product", required=True, help="The product's slug.")
@json_option
@click.pass_obj
def apikey_create(home: Home, name: str, product: str, as_json: bool) -> None:
    """Make a key; it is shown this once."""
    with ready.django(home):
        from fairhearing.accounts import actions

        made = actions.create_api_key(name=name, product=product)
        answer({"key": made.secret}, as_json, f"{made.secret}\nKeep it now: it is not shown again.")


@click.command("pause")
@click.argument("scope")
@click.option("--reason", required=True)
@click.option("--drill", is_flag=True, help="Stop, measure, and go on again at once.")
@json_option
@click.pass_obj
def pause(home: Home, scope: str, reason: str, drill: bool, as_json: bool) -> None:
    """Stop listening in a SCOPE: everything, programme:SLUG, product:SLUG, region:XX, vendor:SLUG."""
    with ready.django(home):
        from fairhearing.operations import stop
        from fairhearing.programmes import scopes

        try:
            stopped = stop.pause(scope=scope, reason=reason, by=BY_COMMAND, drill=drill)
        except scopes.ScopeInvalid as error:
            raise click.UsageError(str(error)) from None
        value = {
            "scope": scope,
            "open_assignments_ended": stopped.ended,
            "seconds": round(stopped.seconds, 3),
        }
        answer(
            value,
            as_json,
            f"paused {scope} in {stopped.seconds:.2f} s; {stopped.ended} open assignments ended",
        )


@click.command("resume")
@click.argument("scope")
@json_option
@click.pass_obj
def resume(home: Home, scope: str, as_json: bool) -> None:
    """Let a SCOPE go on."""
    with ready.django(home):
        from fairhearing.operations import stop
        from fairhearing.programmes import scopes

        try:
            went_on = stop.resume(scope=scope, by=BY_COMMAND)
        except scopes.ScopeInvalid as error:
            raise click.UsageError(str(error)) from None
        value = {"scope": scope, "open_assignments_ended": 0, "seconds": round(went_on.seconds, 3)}
        answer(value, as_json, f"{scope} goes on" if went_on.changed else f"{scope} was not paused")


commands = {
    "programme": programme,
    "vendor": vendor,
    "account": account,
    "apikey": apikey,
    "pause": pause,
    "resume": resume,
}
