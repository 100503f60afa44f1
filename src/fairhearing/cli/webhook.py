"""``fairhearing webhook``: where a product is told what happened to its recordings."""

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready


@click.group("webhook")
def webhook() -> None:
    """Addresses of products that are told what happened (Standard Webhooks)."""


@webhook.command("add")
@click.argument("url")
@click.option("--product", required=True, help="The product, as its API key names it.")
@click.option("--event", "events", multiple=True, help="Such as recording.erased; several times. Without it: all.")
@json_option
@click.pass_obj
def add(home: Home, url: str, product: str, events: tuple[str, ...], as_json: bool) -> None:
    """Tell URL from now on. The secret that is printed is shown this once."""
    with ready.django(home):
        from fairhearing.webhooks import actions

        try:
            made = actions.add(product=product, url=url, events=events)
        except actions.WebhookRefused as error:
            raise click.ClickException(str(error)) from None
        answer({"webhook": made.id, "secret": made.secret}, as_json, f"{made.id}\n{made.secret}")


@webhook.command("list")
@json_option
@click.pass_obj
def list_all(home: Home, as_json: bool) -> None:
    """Every address, whether it takes what it is told, and how much waits for it."""
    with ready.django(home):
        from fairhearing.webhooks import queries

        rows = queries.list_all()
        words = "\n".join(f"{row['webhook']} {row['product']} {row['url']} {row['state']}" for row in rows)
        answer({"webhooks": rows}, as_json, words or "no webhook")


@webhook.command("remove")
@click.argument("webhook_id", metavar="WEBHOOK")
@json_option
@click.pass_obj
def remove(home: Home, webhook_id: str, as_json: bool) -> None:
    """Tell this address nothing any more; what waits for it is dropped."""
    with ready.django(home):
        from fairhearing.webhooks import actions

        try:
            actions.remove(endpoint=webhook_id)
        except actions.WebhookRefused as error:
            raise click.ClickException(str(error)) from None
        answer({"removed": webhook_id}, as_json, f"removed {webhook_id}")


@webhook.command("test")
@click.argument("webhook_id", metavar="WEBHOOK")
@json_option
@click.pass_obj
def test(home: Home, webhook_id: str, as_json: bool) -> None:
    """Send this address an event of type webhook.test, and say what it answered."""
    with ready.django(home):
        from fairhearing.webhooks import queries, trial

        endpoint = queries.find(webhook_id)
        if endpoint is None:
            raise click.ClickException(f"there is no webhook {webhook_id}")
        got = trial.send(endpoint)
        if not got.taken:
            raise click.ClickException(f"{endpoint.url}: {got.problem}")
        answer({"status": got.status}, as_json, f"it answered {got.status}")


commands = {"webhook": webhook}
