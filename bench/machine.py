"""The machine, its load, and what processes use of it."""

import os
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, int | float]:
    """Cores that we may use, and memory."""
    memory = os.sysconf("SC_PHYS_PAGES") * PAGE
    return {"cores": len(os.sched_getaffinity(0)), "memory_gb": round(memory / 2**30, 1)}


def load() -> float:
    """Processes that ran or wanted to, on average over the last minute."""
    return round(os.getloadavg()[0], 2)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: the smallest value that ``percent`` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * percent // 100).__int__() - 1))]


def median(values: Iterable[float], digits: int = 2) -> float:
    """The median, rounded."""
    return round(statistics.median(values), digits)


def family(roots: Iterable[int]) -> set[int]:
    """Processes and all that descend from them."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
    found = {pid for pid in roots if pid in parents}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@dataclass(frozen=True)
class Memory:
    """Of several processes: ``pss_mb`` counts what they share once, ``rss_mb`` counts it in each of them."""

    pss_mb: float
    rss_mb: float
    processes: int


def memory(pids: Iterable[int]) -> Memory:
    """What processes hold in memory now."""
    pss = rss = number = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        pss, rss, number = pss + sizes["Pss"], rss + sizes["Rss"], number + 1
    return Memory(round(pss / 1024, 1), round(rss / 1024, 1), number)


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time that processes and their ended children used."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS
