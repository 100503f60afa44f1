"""How reliable reviewers are, estimated anew now and then from which answers were the same (``Likeness``) and from
answers to known clips (``Verdict``). No text is opened for it.

It decides how much an answer tells, never what becomes of a person: nothing here suspends anybody.
"""

from collections.abc import Iterator
from typing import Final

from django.utils import timezone

from fairhearing import statements
from fairhearing.measure.reliability import Answer, estimate
from fairhearing.review.models import Reliability

ANSWERS_MOST: Final = 100_000  # of a programme: the newest
RIGHT: Final = 0  # the number of a right answer to a known clip, as of one like the reference

_PROGRAMMES = """
SELECT programme_id FROM review_likeness GROUP BY 1 UNION SELECT programme_id FROM review_verdict GROUP BY 1 ORDER BY 1
"""
_LIKE = """
SELECT l.clip_id, l.account_id, l.number FROM review_likeness l
JOIN review_judgement j ON j.id = l.judgement_id
WHERE l.programme_id = %s ORDER BY j.at DESC LIMIT %s
"""
_COMPARED = """
SELECT clip_id, account_id, "right" FROM review_verdict WHERE programme_id = %s ORDER BY at DESC LIMIT %s
"""


def estimate_all() -> int:
    """Estimate the reviewers of all programmes; gives how many. The worker calls it every few minutes."""
    return sum(estimate_programme(str(row[0])) for row in statements.rows(_PROGRAMMES, []))


def estimate_programme(programme: str) -> int:
    """Estimate the reviewers of one programme (by id); gives how many."""
    compared = statements.rows(_COMPARED, [programme, ANSWERS_MOST])
    # A known clip stands for itself among the clips: what was answered to it while it was judged is another clip's.
    known = {f"known {row[0]}": RIGHT for row in compared}
    answers = [*_alike(programme), *(Answer(f"known {row[0]}", row[1], RIGHT if row[2] else 1) for row in compared)]
    found = estimate(answers, known=known)
    now = timezone.now()
    Reliability.objects.bulk_create(
        [
            Reliability(
                account_id=account,
                programme_id=programme,
                right=one.right,
                spread=one.spread,
                judgements=one.clips,
                at=now,
            )
            for account, one in found.reviewers.items()
        ],
        update_conflicts=True,
        unique_fields=["account", "programme"],
        update_fields=["right", "spread", "judgements", "at"],
    )
    return len(found.reviewers)


def _alike(programme: str) -> Iterator[Answer]:
    return (Answer(*row) for row in statements.rows(_LIKE, [programme, ANSWERS_MOST]))
