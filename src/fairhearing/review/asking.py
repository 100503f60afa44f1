"""Clips that wait for their speakers: asked for each of them, or paused. They lie in the queue, and nobody is given
them meanwhile.
"""

from collections.abc import Sequence
from typing import Final

from fairhearing import statements

# Whether a clip may be heard by people, as far as its speaker was asked for it: their answer, or else that they need
# not be asked for it. A canary has no speaker to ask.
AGREED: Final = "COALESCE(c.heard_by_people, r.planted OR g.asks = 'once')"

# Whether nobody is given a clip for now: its speaker has not said yes to it, or lets nobody listen for a while.
_WAITS: Final = f"(h.paused OR NOT {AGREED})"

_ASKED = """
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
JOIN programmes_programme g ON g.id = c.programme_id
"""
_HOLD_BACK = f"""
UPDATE review_queueitem q SET awaits_speaker = {_WAITS}
{_ASKED} WHERE c.id = q.clip_id AND q.awaits_speaker <> {_WAITS} AND {{which}}
"""  # noqa: S608 - our own names
# What ended goes back on the ring, and waits there.
_END = f"""
WITH gone AS (
    UPDATE review_assignment a SET state = 'expired'
    {_ASKED} WHERE c.id = a.clip_id AND a.state = 'open' AND {_WAITS} AND {{which}}
    RETURNING a.clip_id, a.purpose
), back AS (SELECT clip_id, purpose, count(*) AS number FROM gone GROUP BY clip_id, purpose)
UPDATE review_queueitem q SET wanted = q.wanted + back.number FROM back
WHERE q.clip_id = back.clip_id AND q.purpose = back.purpose
"""  # noqa: S608 - our own names
_OF_CLIPS, _OF_PROGRAMME = "c.id = ANY(%s)", "c.programme_id = %s"
_AS_THEY_STAND = "SELECT 1 FROM programmes_programme WHERE id = ANY(%s) FOR SHARE"


def hold_back_fresh(*, clips: Sequence[str], programmes: Sequence[str]) -> None:
    """Let clips that were just put into the queue wait for a yes, where their programmes (by id) ask for one.

    How the programmes ask does not change before the transaction ends.
    """
    statements.rows(_AS_THEY_STAND, [list(programmes)])
    statements.rows(_HOLD_BACK.format(which=_OF_CLIPS), [list(clips)])


def follow_speakers(*, clips: Sequence[str]) -> None:
    """Give out clips (by id) that people may hear, and take back the others. Call after their will is written."""
    statements.rows(_HOLD_BACK.format(which=_OF_CLIPS), [list(clips)])
    statements.rows(_END.format(which=_OF_CLIPS), [list(clips)])


def follow_rule(*, programme: str) -> None:
    """Let the queue of a programme (by id) be as the programme asks now."""
    statements.rows(_HOLD_BACK.format(which=_OF_PROGRAMME), [programme])
    statements.rows(_END.format(which=_OF_PROGRAMME), [programme])
