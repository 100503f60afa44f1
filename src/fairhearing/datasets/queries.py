"""Looking releases up."""

from collections import defaultdict
from collections.abc import Sequence

from fairhearing.datasets.models import ReleaseRow


def releases_of(clips: Sequence[str]) -> dict[str, list[str]]:
    """The releases that each clip is in."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = ReleaseRow.objects.filter(clip_id__in=list(clips)).values_list("clip_id", "release_id")
    for clip, release in rows:
        found[clip].append(release)
    return found


def list_recalled(release: str) -> list[str]:
    """The rows of a release that were erased since it left. Sorted, so that the order tells nothing."""
    rows = ReleaseRow.objects.filter(release_id=release, recalled_day__isnull=False)
    return sorted(rows.values_list("row", flat=True))
