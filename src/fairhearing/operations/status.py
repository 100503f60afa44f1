"""The figures of a programme, over every domain."""

from fairhearing.capture import queries as capture
from fairhearing.capture.models import Clip, RecordingState
from fairhearing.ledger.entries import Kind
from fairhearing.ledger.models import Record
from fairhearing.programmes import queries as programmes
from fairhearing.programmes.models import Programme
from fairhearing.review import queries as review


def of_programme(programme: Programme) -> dict[str, int]:
    """Recordings by state, clips, work, listens."""
    states = capture.count_states(programme.id)
    clips = Clip.objects.filter(programme=programme).values("id")
    return {
        "recordings": sum(states.values()),
        **{state.value: states.get(state.value, 0) for state in RecordingState},
        "clips": capture.count_clips(programme.id),
        "waiting": review.count_waiting(programme.id),
        **review.counts(programme.id),
        "listens": Record.objects.filter(kind=Kind.PLAYED, role="reviewer", clip__in=clips).count(),
        "erased": programme.erased,
        "refused": Record.objects.filter(kind=Kind.REFUSED, clip__in=clips).count(),
    }


def of_everything() -> dict[str, object]:
    """By programme, and over all."""
    by_programme = {one.slug: of_programme(one) for one in programmes.list_programmes()}
    total: dict[str, int] = {}
    for counts in by_programme.values():
        for name, number in counts.items():
            total[name] = total.get(name, 0) + number
    # Listens to what was erased since: the clip is forgotten, the listen is not.
    total["listens"] = Record.objects.filter(kind=Kind.PLAYED, role="reviewer").count()
    return {
        "programmes": by_programme,
        "total": total,
        "paused": [one.scope for one in programmes.list_pauses()],
    }
