"""Recordings in, releases out, and how far everything is."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from fairhearing.cli.main import answer, json_option
from fairhearing.home import Home
from fairhearing.startup import ready


@click.command("import")
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--programme", required=True)
@click.option("--product", default="import", help="For lines that name no product.")
@click.option("--default", "defaults", multiple=True, metavar="FIELD=JSON", help="A field for lines that lack it.")
@json_option
@click.pass_obj
def import_(home: Home, manifest: Path, programme: str, product: str, defaults: tuple[str, ...], as_json: bool) -> None:
    """Take in the recordings of MANIFEST.jsonl. Started again, it goes on where it stopped."""
    given = _defaults(defaults)
    with ready.django(home):
        from fairhearing.capture import manifests
        from fairhearing.programmes import queries

        try:
            found = queries.get_programme(programme)
        except queries.ProgrammeUnknown as error:
            raise click.ClickException(f"{error}; make it with: fairhearing programme create") from None
        done = manifests.Imported()
        with click.progressbar(
            length=manifest.stat().st_size,
            label="importing",
            file=sys.stderr,
            hidden=as_json and not sys.stderr.isatty(),
        ) as bar:
            at = 0
            for read, sofar in manifests.import_manifest(
                manifest=manifest, programme=found, product=product, defaults=given
            ):
                bar.update(read - at)
                at, done = read, sofar
        value = {"accepted": done.accepted, "duplicates": done.duplicates, "refused": done.refused}
        if done.refused_count > len(done.refused):
            value["refused_count"] = done.refused_count
        words = f"{done.accepted} accepted, {done.duplicates} known already, {done.refused_count} refused"
        if done.silenced_s:
            value |= {"silenced_s": round(done.silenced_s, 1), "texts_lost": done.texts_lost}
            words += (
                f"; {done.silenced_s:.0f} s of the other party silenced, {done.texts_lost} texts without their words"
            )
        reasons = "".join(f"\n  line {one['line']}: {one['reason']}" for one in done.refused[:20])
        answer(value, as_json, words + reasons)


def _defaults(pairs: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--default {pair!r}: expected FIELD=JSON")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


@click.command("prepare")
@click.option("--wait", is_flag=True, help="Work until nothing waits, with a progress bar; otherwise say what waits.")
@json_option
@click.pass_obj
def prepare(home: Home, wait: bool, as_json: bool) -> None:
    """De-identify what came in and make its clips."""
    with ready.django(home):
        from fairhearing.prepare import batch

        with click.progressbar(
            length=max(1, batch.waiting()),
            label="preparing",
            file=sys.stderr,
            hidden=as_json and not sys.stderr.isatty(),
        ) as bar:
            summary = batch.prepare_all(on_progress=bar.update) if wait else batch.summary_of([])
        value = summary.as_dict()
        answer(value, as_json, ", ".join(f"{name} {number}" for name, number in value.items()))


@click.command("status")
@json_option
@click.pass_obj
def status(home: Home, as_json: bool) -> None:
    """Counts of everything, by programme."""
    with ready.django(home):
        from fairhearing.operations import status as operations

        value = operations.of_everything()
        by_programme: Any = value["programmes"]
        lines = [
            f"{slug}: " + ", ".join(f"{name} {number}" for name, number in counts.items())
            for slug, counts in by_programme.items()
        ]
        answer(value, as_json, "\n".join(lines) or "no programmes yet")


@click.command("release")
@click.argument("slug")
@click.option("--format", "format_", default="lhotse")
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.option("--recipient", default="", help="Who gets it: every sound then bears a mark of this release.")
@json_option
@click.pass_obj
def release(home: Home, slug: str, format_: str, out: Path, recipient: str, as_json: bool) -> None:
    """Write what is settled in programme SLUG, where its speakers allow it."""
    with ready.django(home):
        from fairhearing.datasets import release as datasets
        from fairhearing.programmes import queries

        with click.progressbar(length=1, label="releasing", file=sys.stderr, hidden=as_json) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = total
                bar.update(1)
                del done

            try:
                written = datasets.release(
                    programme=queries.get_programme(slug),
                    format=format_,
                    out=out.absolute(),
                    recipient=recipient,
                    on_progress=progress,
                )
            except datasets.FormatUnknown as error:
                raise click.UsageError(str(error)) from None
            except (datasets.FolderInTheWay, queries.ProgrammeUnknown) as error:
                raise click.ClickException(str(error)) from None
        value = {
            "release": written.release,
            "rows": written.rows,
            "withheld": written.withheld,
            "marked": bool(recipient.strip()),
        }
        mark = f"marked for {recipient.strip()}" if recipient.strip() else "not marked: name a --recipient to mark it"
        words = f"{written.release}: {written.rows} rows in {out}, {written.withheld} withheld, {mark}"
        answer(value, as_json, words)


@click.group("dataset")
def dataset() -> None:
    """Releases that left."""


@dataset.command("verify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--url", help="The server whose recall feed is asked; without it, this home's.")
@click.option("--rewrite", is_flag=True, help="Take recalled rows out of the folder.")
@json_option
@click.pass_obj
def dataset_verify(home: Home, folder: Path, url: str | None, rewrite: bool, as_json: bool) -> None:
    """Check checksums, and whether rows were recalled since the release left."""
    from fairhearing.datasets import verify as client

    try:
        manifest = client.read_manifest(folder)
        if url is not None:
            recalled = client.fetch_recalled(url, manifest["release"])
        else:
            with ready.django(home):
                from fairhearing.datasets import queries

                recalled = queries.list_recalled(manifest["release"])
        checked = client.verify(folder, recalled=recalled, rewrite=rewrite)
    except client.DatasetInvalid as error:
        raise click.ClickException(str(error)) from None
    value = {
        "rows": checked.rows,
        "recalled": checked.recalled,
        "rewritten": checked.rewritten,
        "ok": checked.ok,
    }
    words = f"{checked.rows} rows, {checked.recalled} recalled, {checked.rewritten} taken out"
    answer(value, as_json, words + ("" if checked.ok else ": not as it should be"))
    if not checked.ok:
        sys.exit(1)


commands = {
    "import": import_,
    "prepare": prepare,
    "status": status,
    "release": release,
    "dataset": dataset,
}
