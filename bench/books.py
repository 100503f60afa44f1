"""A process that compares what the server acknowledged with what its database and its log hold."""

import json
import sys
import time
from typing import Any

from fairhearing.home import Home
from fairhearing.startup import ready


def main() -> None:
    """Read what to do from standard input; print what was found."""
    given = json.load(sys.stdin)
    with ready.django(Home.from_environment()):
        from django.conf import settings

        if given.get("wait_for_jobs"):
            _wait_for_jobs()
            print("{}")
        elif given.get("wait_for_demo"):
            while not (settings.HOME.run / "demo.seeded").exists():
                time.sleep(0.5)
            _wait_for_jobs()
            print("{}")
        else:
            print(json.dumps(_compare(given["acknowledged"])))


def _wait_for_jobs() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.5)


def _compare(acknowledged: dict[str, list[str]]) -> dict[str, Any]:
    """``lost``: acknowledged and not there, or there and not acknowledged; ``double``: a clip twice with somebody.

    Assignments that ended unheard are left out: the gate takes a clip back that this reviewer may not hear.
    """
    from django.db import connection

    from fairhearing.ledger.entries import Kind
    from fairhearing.ledger.models import Record
    from fairhearing.review.models import Assignment, AssignmentState, Judgement

    listens = set(Record.objects.filter(kind=Kind.PLAYED).values_list("id", flat=True))
    judgements = set(Judgement.objects.values_list("id", flat=True))
    unheard = Assignment.objects.filter(state=AssignmentState.EXPIRED, first_played_at=None)
    assignments = set(Assignment.objects.exclude(id__in=unheard).values_list("id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT clip_id FROM review_assignment a JOIN programmes_programme g "
            "ON g.id = a.programme_id WHERE a.state <> 'expired' AND a.purpose = 'judging' "
            "GROUP BY clip_id, g.judgements_most HAVING count(*) > g.judgements_most) d"
        )
        too_many = (cursor.fetchone() or (0,))[0]
    twice = len(acknowledged["assignments"]) - len(set(acknowledged["assignments"]))
    return {
        "listens": len(listens),
        "judgements": len(judgements),
        "lost": len(set(acknowledged["listens"]) ^ listens)
        + len(set(acknowledged["judgements"]) ^ judgements)
        + len(set(acknowledged["assignments"]) ^ assignments),
        "double": twice + too_many,
        "errors": acknowledged["errors"][:5],
    }


if __name__ == "__main__":
    main()
