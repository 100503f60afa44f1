"""``unlinkable``: does a thief of the database, the public log and the recall feed link two recordings of a speaker?

1,000 speakers with 10 recordings each; some withdrew, some erased. Every attack gives each pair of recordings a score.
Its threshold is chosen on pairs of one half of the speakers and judged on pairs of the other: advantage is the share
of true pairs above it minus the share of false ones. Pairs are compared within what rows say openly and must say:
whether it was withdrawn, whether it is paused. So the best attack is chosen too, on the first half, among those
on recordings that are kept, withdrawn, paused, erased; ``advantage`` is the largest of these four on the second half.

What goes by the speaker's habits in life (their language, the days on which they speak) goes by chance in this world:
a product that sends it shows it, as it shows what is said. The world is made in minutes: when the clock's hour changes
meanwhile (``crossed_an_hour``), files' times part those who came early from those who came late: run it again.
"""

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench import server, stolen
from bench.options import Options, say
from fairhearing.home import Home
from fairhearing.home.postgres import locate

SPEAKERS: Final = 1_000
SHARE_ENDING: Final = 0.25  # of the speakers withdraw, and as many erase
SHARE_HEARD: Final = 0.5  # listens for each recording; fewer leave too few rows in releases to judge by
BEYOND: Final = ("objects.inode",)  # the file system's own numbers are on its disk, not in a copy of the folder
FALSE_PAIRS: Final = 1_000_000
JOBS_WITHIN_S: Final = 600.0
GROUPS: Final = ("kept", "withdrew", "paused", "erased")
OPEN_GROUPS: Final = GROUPS[:3]
_CHANCE = np.random.default_rng(2019)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Pairs of recordings by their places in a list, and whether one speaker made both."""

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    same: NDArray[np.bool_]


@dataclass(frozen=True)
class Attack:
    """What it gains on the pairs on which it was chosen, and on the others."""

    name: str
    group: str
    chosen: float
    judged: float


def run(options: Options) -> dict[str, Any]:
    """``--cases`` speakers, 1,000 without it."""
    speakers, begun = options.given or SPEAKERS, time.time() // 3600
    with server.temporary_home() as home, tempfile.TemporaryDirectory(prefix="fairhearing-bench-") as aside:
        truth = Path(aside) / "truth.json"
        ending = round(SHARE_ENDING * speakers)
        listens = round(SHARE_HEARD * 10 * speakers)
        wanted = {"speakers": speakers, "withdrawing": ending, "erasing": ending, "pausing": ending, "listens": listens}
        made = server.in_process("bench.crowd", home, {**wanted, "truth": str(truth)})
        told = json.loads(truth.read_text())
        say("the thief carries everything away but the keys")
        crossed = time.time() // 3600 != begun
        tables = _carried_away(home)
    say("linking")
    found = list(_attacks(tables, told))
    within = [attack for attack in found if not attack.name.startswith(BEYOND)]
    best = [max((one for one in within if one.group == group), key=lambda one: one.chosen) for group in GROUPS]
    worst = max(best, key=lambda one: one.judged)
    return {
        "advantage": round(worst.judged, 4),
        "best_attack": worst.name,
        "by_group": {one.group: {"attack": one.name, "advantage": round(one.judged, 4)} for one in best},
        "attacks": len(found),
        "largest": {f"{one.name} ({one.group})": round(one.judged, 4) for one in sorted(within, key=_gain)[:-10:-1]},
        "beyond": {f"{one.name} ({one.group})": round(one.judged, 4) for one in found if one.name.startswith(BEYOND)},
        "noise": round(0.5 / float(np.sqrt(45 * SHARE_ENDING * speakers / 2)), 4),  # at most: of a rate in one group
        "recordings": made["recordings"],
        "crossed_an_hour": crossed,
        "withdrew": ending,
        "paused": ending,
        "erased": ending,
        "not_within": "the database's files and write-ahead log; the file system's numbers; habits; the voice",
    }


def _gain(attack: Attack) -> float:
    return attack.judged


def _carried_away(home: Path) -> list[stolen.Table]:
    url = locate(Home.from_environment(str(home))).url
    with server.running(home):
        _until_prepared(url)
        tables = stolen.dump(url)
    return [*tables, stolen.objects(home / "objects")]


def _until_prepared(url: str) -> None:
    """The worker ends the jobs of what has clips already; a job that waits stands in the order in which it came."""
    deadline = time.monotonic() + JOBS_WITHIN_S
    with psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'fairhearing.prepare'")
            if row.fetchone() == (0,):
                return
            time.sleep(1)
    raise RuntimeError(f"jobs waited for longer than {JOBS_WITHIN_S} s")


def _attacks(tables: list[stolen.Table], told: dict[str, Any]) -> Iterator[Attack]:
    who: dict[str, int] = told["who"]
    by_name = {table.name: table for table in tables}
    channels = by_name["capture_channel"]
    recording_at, withdrawn_at, paused_at = map(channels.columns.index, ("recording_id", "withdrawn", "paused"))
    group_of = {
        row[recording_at]: "withdrew" if row[withdrawn_at] else "paused" if row[paused_at] else "kept"
        for row in channels.rows
    }
    recordings = sorted(set(who) & set(group_of))
    strata = np.array([group_of[recording] for recording in recordings])
    pairs = {
        half: {group: _pairs([who[name] for name in recordings], strata == group, half) for group in OPEN_GROUPS}
        for half in (0, 1)
    }
    at = {recording: place for place, recording in enumerate(recordings)}
    for table, led in stolen.rows_of(tables, set(recordings)):
        places = {at[recording]: rows for recording, rows in led.items()}
        for name, close in _features(table, places, len(recordings)):
            for group in OPEN_GROUPS:
                yield _tried(name, group, close, pairs[0][group], pairs[1][group])
    yield from _of_erased(by_name, told)


def _tried(name: str, group: str, close: "Near | Equal", first: Pairs, second: Pairs) -> Attack:
    return Attack(name, group, close.gain(first, first), close.gain(first, second))


def _of_erased(tables: dict[str, stolen.Table], told: dict[str, Any]) -> Iterator[Attack]:
    """What is left of erased recordings. An older dump tells whose it was, if it lies or was written side by side."""
    for name, column, whose in (
        ("capture_handletombstone", "handle", "handles"),
        ("datasets_releaserow", "row", "rows"),
    ):
        table = tables[name]
        lying = [str(stolen.plain(row[table.columns.index(column)])) for row in table.rows]
        ending = np.array(["recalled_day" not in table.columns or _recalled(table, row) for row in table.rows])
        speakers = [told[whose][one] for one in lying]
        chosen_on, judged_on = _pairs(speakers, ending, 0), _pairs(speakers, ending, 1)
        places = {at: [at] for at in range(len(lying))}
        for feature, close in _features(table, places, len(lying)):
            yield _tried(feature, "erased", close, chosen_on, judged_on)


def _recalled(table: stolen.Table, row: tuple[Any, ...]) -> bool:
    return row[table.columns.index("recalled_day")] is not None


def _pairs(speakers: list[int], within: NDArray[np.bool_], half: int) -> Pairs:
    """All true pairs of every other speaker, and false ones drawn by chance."""
    by_speaker = defaultdict(list)
    for place, speaker in enumerate(speakers):
        if within[place] and speaker % 2 == half:
            by_speaker[speaker].append(place)
    true = [(a, b) for own in by_speaker.values() for at, a in enumerate(own) for b in own[at + 1 :]]
    some = np.array([place for own in by_speaker.values() for place in own], dtype=np.intp)
    false = _CHANCE.choice(some, (FALSE_PAIRS, 2)) if len(some) else np.zeros((0, 2), dtype=np.intp)
    whose = np.array(speakers)
    false = false[whose[false[:, 0]] != whose[false[:, 1]]]
    both = np.concatenate([np.array(true, dtype=np.intp).reshape(-1, 2), false])
    same = np.arange(len(both)) < len(true)
    return Pairs(both[:, 0], both[:, 1], same)


@dataclass(frozen=True)
class Near:
    """The nearer two numbers are, the likelier one speaker made both. NaN: the recording has none there."""

    values: Numbers

    def gain(self, chosen_on: Pairs, judged_on: Pairs) -> float:
        """True minus false positive rate on the second pairs, at the threshold that is best on the first."""
        away, same = self._away(chosen_on), chosen_on.same
        if not same.any() or same.all():
            return 0.0
        order = np.argsort(away, kind="stable")
        rates = np.cumsum(same[order]) / same.sum() - np.cumsum(~same[order]) / (~same).sum()
        last = np.append(away[order][1:] > away[order][:-1], True)  # a threshold lies between different distances
        best = int(np.argmax(np.where(last & np.isfinite(away[order]), rates, -1.0)))
        near = self._away(judged_on) <= away[order][best]
        return float(near[judged_on.same].mean() - near[~judged_on.same].mean())

    def _away(self, pairs: Pairs) -> Numbers:
        away: Numbers = np.abs(self.values[pairs.one] - self.values[pairs.other])
        return np.where(np.isnan(away), np.inf, away)


@dataclass(frozen=True)
class Equal:
    """Two recordings that share a value are one speaker's."""

    values: Numbers  # the number of the value

    def gain(self, chosen_on: Pairs, judged_on: Pairs) -> float:
        """True minus false positive rate; nothing is chosen."""
        del chosen_on
        same = judged_on.same
        if not same.any() or same.all():
            return 0.0
        equal = self.values[judged_on.one] == self.values[judged_on.other]
        return float(equal[same].mean() - equal[~same].mean())


def _features(table: stolen.Table, places: dict[int, list[int]], size: int) -> Iterator[tuple[str, Near | Equal]]:
    """What one table says of each recording: where its first row lies, and each column's value, number and length."""
    if len(places) < size // 100:
        return
    first = {place: rows[0] for place, rows in places.items()}
    yield f"{table.name}: order of rows", Near(_spread({place: float(row) for place, row in first.items()}, size))
    for number, column in enumerate(table.columns):
        values = {place: table.rows[row][number] for place, row in first.items()}
        known = {place: stolen.plain(value) for place, value in values.items() if value is not None}
        numbers: dict[Any, int] = {}
        ranks = {place: float(numbers.setdefault(value, len(numbers))) for place, value in known.items()}
        yield f"{table.name}.{column}: equal", Equal(_spread(ranks, size))
        if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known.values()):
            yield f"{table.name}.{column}: near", Near(_spread({at: float(one) for at, one in known.items()}, size))
        if known and all(isinstance(value, bytes | memoryview) for value in values.values() if value is not None):
            lengths = {at: float(len(one)) for at, one in known.items()}
            yield f"{table.name}.{column}: length", Near(_spread(lengths, size))


def _spread(values: dict[int, float], size: int) -> Numbers:
    found = np.full(size, np.nan)
    for place, value in values.items():
        found[place] = value
    return found
