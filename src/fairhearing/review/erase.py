"""Forgetting clips: everything that people said about them, and their place in the queue."""

from collections.abc import Sequence

from django.db import connection


def forget_clips(clips: Sequence[str]) -> None:
    """Delete assignments, judgements, supervisions and queue items of clips. Call within the erasure's transaction."""
    with connection.cursor() as cursor:
        for table in ("review_supervision", "review_queueitem", "review_judgement", "review_assignment"):
            cursor.execute(f"DELETE FROM {table} WHERE clip_id = ANY(%s)", [list(clips)])  # noqa: S608 - our own names


def close_clips(clips: Sequence[str]) -> int:
    """Take clips out of the queue and end what is open on them; gives how many assignments ended."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM review_queueitem WHERE clip_id = ANY(%s)", [list(clips)])
        cursor.execute(
            "UPDATE review_assignment SET state = 'ended' WHERE state = 'open' AND clip_id = ANY(%s)",
            [list(clips)],
        )
        return int(cursor.rowcount)
