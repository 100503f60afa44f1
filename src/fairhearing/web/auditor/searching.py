"""What the search's page shows: the form with what was asked, the checkpoint, the entries found, their totals."""

from collections.abc import Sequence
from typing import Any

from fairhearing.ledger import queries, search, standing, tiles, totals
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import LogState
from fairhearing.ledger.queries import Opening
from fairhearing.policy import Reason
from fairhearing.programmes import queries as programmes
from fairhearing.vendors.models import Vendor
from fairhearing.web import plots
from fairhearing.web.auditor import shown, words
from fairhearing.web.auditor.asked import Asked


def form(asked: Asked) -> dict[str, Any]:
    """What the form offers, and what was given."""
    given = dict(asked.given)
    kinds = {text for name, text in asked.given if name == "kind"}
    vendors = Vendor.objects.order_by("slug").values_list("slug", flat=True)
    return {
        "given": {**given, "since": given.get("from", ""), "id": " ".join(t for n, t in asked.given if n == "id")},
        "problems": asked.problems,
        "kinds": [(kind.value, words.kind_name(kind), words.kind_sentence(kind), kind in kinds) for kind in Kind],
        "chosen": [words.kind_name(kind) for kind in Kind if kind in kinds],
        "vendors": sorted({*vendors, given.get("vendor", "")} - {""}),
        "programmes": [one.slug for one in programmes.list_programmes()],
        "roles": sorted({*words.ROLES, given.get("role", "")} - {""}),
        "purposes": words.PURPOSES,
        "reasons": [(reason.value, reason.sentence) for reason in Reason],
        "query": asked.query,
    }


def found(asked: Asked) -> dict[str, Any]:
    """A page of entries; on the first one, the totals of all.

    Raises:
        search.SearchTooLong: it was given up.
    """
    page = search.page(asked.wanted, before=asked.before, after=asked.after)
    rows = shown.rows(page.records)
    first = asked.before is None and asked.after is None
    return {
        "entries": [_line(row) for row in rows],
        "newer": asked.at(after=page.records[0].index) if page.newer and rows else "",
        "older": asked.at(before=page.records[-1].index) if page.older and rows else "",
        "newest": "" if first else asked.at(),
        "totals": _totals(totals.of(asked.wanted)) if first and rows else None,
    }


def _line(row: dict[str, Any]) -> dict[str, Any]:
    verdict = shown.verdict(row)
    return {
        **row,
        "kind": words.kind_name(row["kind"]),
        "when": row["hour"].replace("T", " ").removesuffix("Z"),
        "seconds": None if row["duration_ms"] is None else round(row["duration_ms"] / 1000, 1),
        "ids": [row[name] for name in ("id", "recording", "clip", "account") if row[name]],
        "verdict": words.OPENINGS[verdict],
        "bad": verdict is Opening.DOES_NOT_OPEN,
    }


def _totals(all_of_it: totals.Totals) -> dict[str, Any]:
    return {
        "all": _sum("", all_of_it.all),
        "complete": all_of_it.complete,
        "step": all_of_it.step,
        "times": [_sum(name, one) for name, one in all_of_it.times],
        "plot": plots.stacked([_pieces(one) for _, one in all_of_it.times]),
        "tables": [
            (what, [(_sum(name, one), length) for (name, one), length in zip(sums, _lengths(sums), strict=True)])
            for what, sums in (("vendor", all_of_it.vendors), ("country", all_of_it.countries))
        ],
    }


def _pieces(one: totals.Sum) -> list[tuple[str, int]]:
    """Listens at the bottom, refusals above, then all other entries."""
    others = one.entries - one.listens - one.refused
    return [("listens", one.listens), ("refused", one.refused), ("others", others)]


def _lengths(sums: Sequence[tuple[str, totals.Sum]]) -> list[str]:
    return plots.lengths([one.listens for _, one in sums])


def _sum(name: str, one: totals.Sum) -> dict[str, Any]:
    return {
        "name": name,
        "entries": one.entries,
        "listens": one.listens,
        "refused": one.refused,
        "others": one.entries - one.listens - one.refused,
        "seconds": f"{one.released_ms / 1000:.1f}",
    }


def checkpoint() -> dict[str, Any] | None:
    """The newest checkpoint, who cosigned the published one, and why the log has stopped, if it has."""
    newest = queries.find_checkpoint()
    if newest is None:
        return None
    origin, size, root = newest.lines
    return {
        "origin": origin,
        "size": size,
        "root": root,
        "signed_at": newest.signed_at,
        "vkey": newest.vkey,
        "cosigned": standing.cosigned(tiles.checkpoint()),
        "stopped": LogState.objects.values_list("stopped", flat=True).get(id=1),
    }
