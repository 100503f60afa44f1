"""A programme's progress as tables with their plots: one shape for the page and for both exports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fairhearing.measure.intervals import Interval
from fairhearing.review.models import Flag
from fairhearing.review.progress import FEWEST, Progress, Share, Step
from fairhearing.web import plots

Cell = str | int | float | None
FLAGS: Final = {
    Flag.PERSONAL_DATA: "Personal data",
    Flag.NOT_FOR_DEVICE: "Not for the device",
    Flag.TOO_SENSITIVE: "Too sensitive",
    Flag.KNOWN_PERSON: "Known person",
}
SHARE: Final = ["Share, %", "From, %", "To, %"]


@dataclass(frozen=True)
class Plot:
    """A plot over time: what it shows, its bars, and which colour stands for what, where there are several."""

    label: str
    columns: plots.Columns
    key: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """Rows under columns, the first of which names the row; ``hint`` says what the numbers are."""

    name: str
    caption: str
    hint: str
    columns: list[str]
    rows: list[list[Cell]]
    plots: list[Plot] = field(default_factory=list)


def tables(progress: Progress) -> list[Table]:
    """All that there is to show, in the order of the page."""
    return [
        _days(progress.days),
        _hours(progress.hours),
        _agreement(progress),
        _known(progress),
        _sway(progress),
        _flags(progress.days),
        Table(
            "missed",
            "Personal data that the machine missed",
            "As reviewers flagged it, since the programme began; kept as counts alone, of no clip and of nobody.",
            ["Kind", "Times"],
            [[kind.capitalize(), number] for kind, number in progress.missed],
        ),
    ]


def as_json(found: Sequence[Table]) -> dict[str, list[dict[str, Cell]]]:
    """Every row of every table as an object."""
    return {one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in found}


def as_lines(found: Sequence[Table]) -> list[list[Any]]:
    """Every number on a line of its own, under one header: table, row, column, value."""
    lines: list[list[Any]] = [["table", "row", "column", "value"]]
    for one in found:
        for row in one.rows:
            lines += [[one.name, row[0], column, value] for column, value in zip(one.columns[1:], row[1:], strict=True)]
    return lines


def _days(days: list[Step]) -> Table:
    names = [one.begins.strftime("%Y-%m-%d") for one in days]
    spread = [
        [("listens", one.median_s or 0.0), ("others", (one.ninetieth_s or 0.0) - (one.median_s or 0.0))] for one in days
    ]
    return Table(
        "days",
        "By day (UTC)",
        "Judgements are answers that count: none that was taken back or replaced. A listen counts once, when its "
        "assignment is first played. Seconds are from the first play to the answer, with all pauses in between.",
        ["Day", "Judgements", "Settled clips", "Listens begun", "Median seconds", "90 % within, seconds"],
        [
            [name, one.judgements, one.settled, one.listens, _round(one.median_s), _round(one.ninetieth_s)]
            for name, one in zip(names, days, strict=True)
        ],
        [
            *_over_time(days, "day"),
            Plot(
                "Seconds from first play to answer, by day",
                plots.stacked(spread),
                [("listens", "median"), ("others", "90 % are below")],
            ),
        ],
    )


def _hours(hours: list[Step]) -> Table:
    return Table(
        "hours",
        "By hour, today (UTC)",
        "",
        ["Hour", "Judgements", "Settled clips", "Listens begun"],
        [[one.begins.strftime("%H:00"), one.judgements, one.settled, one.listens] for one in hours],
        _over_time(hours, "hour")[:1],
    )


def _over_time(steps: list[Step], step: str) -> list[Plot]:
    counted = {
        "Judgements": [one.judgements for one in steps],
        "Settled clips": [one.settled for one in steps],
        "Listens begun": [one.listens for one in steps],
    }
    return [
        Plot(f"{what} by {step}", plots.stacked([[("listens", number)] for number in numbers]))
        for what, numbers in counted.items()
    ]


def _agreement(progress: Progress) -> Table:
    found = progress.agreement
    rows: list[list[Cell]] = [
        ["Pairs of answers that agree, %", _percent(found.pairwise), None, None, found.clips],
        ["Settled although somebody answered otherwise, %", *_share(found.disputed), found.disputed.of],
        ["Settled by a lead reviewer, %", *_share(found.lead), found.lead.of],
    ]
    if found.alpha is not None:
        rows.insert(1, ["Krippendorff's alpha", round(found.alpha, 3), None, None, found.clips])
    return Table(
        "agreement",
        "Agreement on settled clips",
        "Answers that are asked again until enough agree agree more than first answers do: compare weeks of one "
        "programme, not programmes. Alpha is 1 for agreement and 0 for chance; it is told where the choices mean the "
        "same on every clip, and takes all differences as alike.",
        ["What", "Value", "From", "To", "Of clips"],
        rows,
    )


def _known(progress: Progress) -> Table:
    everybody: list[Cell] = ["Everybody", progress.known.number, progress.known.of, *_share(progress.known)]
    each: list[list[Cell]] = [
        [one.account, one.right.number, one.right.of, *(_share(one.right) if one.told else [None] * 3)]
        for one in progress.reviewers
    ]
    return Table(
        "known",
        "Known clips, and who answered them right",
        "From and to: where the share lies with 95 % certainty (Wilson). A known answer can be wrong, and clips are "
        f"not equally hard. Of fewer than {FEWEST} answers no share is told. No score suspends anybody: people do, "
        "after they have asked.",
        ["Reviewer", "Right", "Answers", *SHARE],
        [everybody, *each],
    )


def _sway(progress: Progress) -> Table:
    sway, difference = progress.sway, progress.sway.difference
    apart: list[Cell] = [None, None, None]
    if difference is not None:
        apart = [_percent((sway.shown.value or 0) - (sway.unaided.value or 0)), *_ends(difference)]
    return Table(
        "sway",
        "How far candidates sway answers",
        "Of clips on which another reviewer chose a machine's candidate: how many answers say the same. Where "
        "candidates are shown they may be chosen because they are there, not because they were heard; the difference "
        "to those who saw none is how much. It knows only candidates that somebody chose, and takes answers to one "
        "clip as independent, so the interval is somewhat too narrow (Newcombe).",
        ["Answers", "Same", "Of", *SHARE],
        [
            ["With candidates", sway.shown.number, sway.shown.of, *_share(sway.shown)],
            ["Without candidates", sway.unaided.number, sway.unaided.of, *_share(sway.unaided)],
            ["Difference", None, None, *apart],
        ],
    )


def _flags(days: list[Step]) -> Table:
    kinds = list(FLAGS)
    bars = [[(kind.value, float(one.flags.get(kind, 0))) for kind in kinds] for one in days]
    rows: list[list[Cell]] = [
        [one.begins.strftime("%Y-%m-%d"), *(one.flags.get(kind, 0) for kind in kinds)] for one in days
    ]
    plot = Plot("Flags by day", plots.stacked(bars), [(kind.value, name) for kind, name in FLAGS.items()])
    return Table("flags", "Flags by day (UTC)", "", ["Day", *FLAGS.values()], rows, [plot])


def _share(share: Share) -> list[Cell]:
    return [_percent(share.value), *(_ends(share.interval) if share.interval else [None, None])]


def _ends(interval: Interval) -> list[Cell]:
    return [_percent(interval.low), _percent(interval.high)]


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 1)


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 1)
