"""Forgetting clips: everything that people said about them, and their place in the queue."""

from collections.abc import Sequence

from django.db import connection

from fairhearing.review import known


def forget_clips(clips: Sequence[str]) -> None:
    """Delete all that people did and said about clips. Call within the erasure's transaction."""
    known.forget_clips(clips)
    with connection.cursor() as cursor:
        for table in ("review_supervision", "review_queueitem", "review_judgement", "review_assignment"):
            cursor.execute(f"DELETE FROM {table} WHERE clip_id = ANY(%s)", [list(clips)])  # noqa: S608 - our own names


def close_clips(clips: Sequence[str]) -> int:
    """Take clips out of the queue and end what is open on them; gives how many assignments ended."""
    with connection.cursor() as cursor:
        for table in ("review_queueitem", "review_knownanswer"):
            cursor.execute(f"DELETE FROM {table} WHERE clip_id = ANY(%s)", [list(clips)])  # noqa: S608 - our own names
        cursor.execute(
            "UPDATE review_assignment SET state = 'ended' WHERE state = 'open' AND clip_id = ANY(%s)",
            [list(clips)],
        )
        return int(cursor.rowcount)
