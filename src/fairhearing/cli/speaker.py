"""What a product's server, or a privacy officer, does for one speaker."""

from pathlib import Path

import click

from fairhearing.cli import filled
from fairhearing.cli.main import answer, json_option
from fairhearing.cli.secret_option import Secret
from fairhearing.home import Home
from fairhearing.startup import ready

SPEAKER_KEY = "FAIRHEARING_SPEAKER_KEY"


@click.group("speaker-key")
def speaker_key() -> None:
    """The key that stands for a speaker towards one product."""


_secret_option = click.option(
    "--secret",
    required=True,
    type=Secret(),
    envvar="FAIRHEARING_PRODUCT_SECRET",
    help="-, @FILE or the secret.",
)


@speaker_key.command("derive")
@click.option("--product", required=True)
@click.option("--user", required=True, help="The product's own id of the user.")
@_secret_option
@json_option
def derive(product: str, user: str, secret: str, as_json: bool) -> None:
    """HKDF-SHA256 of the product's secret: what the product does on its own side."""
    from fairhearing.consent.speaker_key import derive as derive_key

    _not_empty(secret)
    key = derive_key(product_secret=secret.encode(), product=product, user=user).sealed_form().hex()
    answer({"speaker_key": key}, as_json, key)


@speaker_key.command("fill")
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--product", required=True)
@_secret_option
@json_option
def fill(manifest: Path, out: Path, product: str, secret: str, as_json: bool) -> None:
    """Write the lines of MANIFEST to OUT with a speaker_key for each user in them.

    For recordings that a product has already, where its secret is: OUT is what leaves. A line names its user, or
    each of its channels does.
    """
    _not_empty(secret)
    filling = filled.Filling(product, secret.encode())
    try:
        filled.write(filling, manifest, out)
    except filled.LineInvalid as error:
        raise click.ClickException(f"{manifest}, {error}; nothing was written") from None
    told = {"lines": filling.lines, "speakers": filling.speakers}
    answer(told, as_json, f"{filling.lines} lines, {filling.speakers} speakers in {out}")


@click.command("speaker-link")
@click.option("--speaker-key", "key", required=True, type=Secret(), envvar=SPEAKER_KEY, help="-, @FILE or the key.")
@json_option
@click.pass_obj
def speaker_link(home: Home, key: str, as_json: bool) -> None:
    """A one-time link to a speaker's page."""
    with ready.django(home):
        from django.conf import settings
        from django.urls import reverse

        from fairhearing.speakers import links

        link = links.make(_key(key))
        url = f"{settings.BASE_URL}{reverse('speaker-link')}#{link.token}"
        answer({"url": url, "expires_at": link.expires_at.isoformat()}, as_json, url)


@click.command("erase")
@click.option("--speaker-key", "key", required=True, type=Secret(), envvar=SPEAKER_KEY, help="-, @FILE or the key.")
@click.option("--recording", help="One recording; without it everything of the speaker.")
@json_option
@click.pass_obj
def erase(home: Home, key: str, recording: str | None, as_json: bool) -> None:
    """Erase a speaker's recordings. When this answers, they are erased."""
    import time

    with ready.django(home):
        from fairhearing.speakers import actions

        begun = time.monotonic()
        try:
            receipt = actions.erase(key=_key(key), recording=recording)
        except actions.NotYours as error:
            raise click.ClickException(str(error)) from None
        seconds = round(time.monotonic() - begun, 3)
        value = {"recordings": receipt.recordings, "seconds": seconds, "receipt": receipt.text()}
        answer(value, as_json, f"erased {receipt.recordings} recordings\nreceipt: {receipt.text()}")


@click.command("withdraw")
@click.option("--speaker-key", "key", required=True, type=Secret(), envvar=SPEAKER_KEY, help="-, @FILE or the key.")
@json_option
@click.pass_obj
def withdraw(home: Home, key: str, as_json: bool) -> None:
    """End a speaker's consent to people listening. Nothing of theirs is played afterwards."""
    with ready.django(home):
        from fairhearing.speakers import actions

        receipt = actions.withdraw(key=_key(key))
        value = {"recordings": receipt.recordings, "receipt": receipt.text()}
        answer(value, as_json, f"withdrew {receipt.recordings} recordings\nreceipt: {receipt.text()}")


def _not_empty(secret: str) -> None:
    if not secret:
        raise click.UsageError("--secret: got nothing, expected the product's secret")


def _key(text: str):  # type: ignore[no-untyped-def]
    from fairhearing.consent.speaker_key import SpeakerKey, SpeakerKeyInvalid

    try:
        return SpeakerKey.from_hex(text)
    except SpeakerKeyInvalid as error:
        raise click.UsageError(f"--speaker-key: {error}") from None


commands = {"speaker-key": speaker_key, "speaker-link": speaker_link, "erase": erase, "withdraw": withdraw}
