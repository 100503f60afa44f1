"""Vendors, accounts, API keys, pauses."""

from datetime import datetime
from pathlib import Path

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


@account.command("skills")
@click.argument("email")
@click.option("--language", "languages", multiple=True, help="A language that they know, such as en; none: clear.")
@json_option
@click.pass_obj
def account_skills(home: Home, email: str, languages: tuple[str, ...], as_json: bool) -> None:
    """Say which languages EMAIL knows: programmes that go by skill ask nobody else."""
    with ready.django(home):
        from fairhearing.accounts import queries as accounts
        from fairhearing.vendors import actions

        found = accounts.find_account(email)
        if found is None:
            raise click.ClickException(f"there is no account for {email}")
        known = actions.set_skills(account=found, languages=languages)
        answer({"account": found.id, "languages": known}, as_json, f"{email} knows {', '.join(known) or 'none'}")


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
    "vendor": vendor,
    "account": account,
    "apikey": apikey,
    "pause": pause,
    "resume": resume,
}
