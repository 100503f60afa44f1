"""Collecting facts: one snapshot, with the rows that could change the answer locked until the caller's end.

Withdrawing updates the channel's row, off-boarding the membership's and the account's, judging the assignment's; each
waits for a play that holds these rows shared, and a play that comes later reads what was written. A pause meets
plays at ``programmes.scopes``.
"""

from dataclasses import dataclass

from fairhearing import statements
from fairhearing.accounts.models import REVIEWING
from fairhearing.policy import ExportFacts, Listener, PlayFacts, ProcessFacts
from fairhearing.programmes import scopes

_ASSIGNED = f"""
SELECT a.account_id = %(account)s, a.state = 'open', a.lease_ends_at > now(), a.plays, a.nonce, a.served_sha256,
       g.slug, g.plays_most, c.id, c.state = 'ready', c.object_name, c."end" - c.start,
       h.human_review, h.withdrawn, r.id, r.age_band = 'minor', r.product, r.region,
       u.is_active, u.role, v.slug, v.country, {scopes.PAUSED}
FROM review_assignment a
JOIN capture_clip c ON c.id = a.clip_id
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
JOIN programmes_programme g ON g.id = a.programme_id
JOIN accounts_account u ON u.id = %(account)s
LEFT JOIN vendors_membership m ON m.account_id = u.id AND m.ended_at IS NULL
LEFT JOIN vendors_vendor v ON v.id = m.vendor_id
WHERE a.id = %(assignment)s
FOR SHARE OF h FOR NO KEY UPDATE OF a FOR SHARE OF c, u
"""  # noqa: S608 - our own names

_OWN = """
SELECT c.id, c.object_name, c."end" - c.start, r.id
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
WHERE c.id = %(clip)s AND h.handle = %(handle)s
FOR SHARE OF h, c
"""

_OWN_PLAYS = """
SELECT count(*) FROM ledger_record
WHERE recording = %(recording)s AND clip = %(clip)s AND kind = 'played' AND role = 'speaker'
  AND hour = date_trunc('hour', now())
"""

_CHANNEL = """
SELECT h.original_object, h.human_review, h.withdrawn, r.id, r.age_band = 'minor', r.duration_ms
FROM capture_channel h
JOIN capture_recording r ON r.id = h.recording_id
WHERE h.id = %(channel)s
FOR SHARE OF h
"""

_EXPORT = f"""
SELECT c.id, c.object_name, c.state = 'ready', c."end" - c.start, h.human_review, h.automatic_improvement,
       h.withdrawn, r.id, r.age_band = 'minor', r.product, r.region, g.slug,
       {scopes.PAUSED}
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
JOIN programmes_programme g ON g.id = c.programme_id
WHERE c.id = %(clip)s
FOR SHARE OF h, c
"""  # noqa: S608 - our own names


OWN_PLAYS_AN_HOUR = 30  # of one clip: enough for anybody's ears, too few to copy everything by machine


@dataclass(frozen=True, slots=True)
class Scene:
    """What the ledger and the vault need to know beside the facts."""

    object_name: str = ""
    recording: str | None = None
    clip: str | None = None
    vendor: str | None = None
    country: str | None = None
    duration_ms: int | None = None
    nonce: bytes = b""
    served_sha256: str = ""


def of_assignment(assignment: str, account: str) -> tuple[PlayFacts, Scene]:
    """The facts of a reviewer's play. Call within a transaction: it holds the locks until its end."""
    scopes.hold_shared()
    row = statements.first(_ASSIGNED, {"assignment": assignment, "account": account})
    if row is None:
        return PlayFacts(found=False, listener=Listener.REVIEWER), Scene()
    (
        mine, is_open, running, plays, nonce, served, programme, plays_most, clip, ready, object_name, samples,
        human_review, withdrawn, recording, minor, product, region, active, role, vendor, country, pauses,
    ) = row  # fmt: skip
    reached = scopes.of_play(programme=programme, product=product, region=region, vendor=vendor)
    facts = PlayFacts(
        found=True,
        listener=Listener.REVIEWER,
        reviewing_role=role in REVIEWING,
        account_active=active,
        member=vendor is not None and _membership_held(account),
        assigned_to_listener=mine,
        assignment_open=is_open,
        lease_running=running,
        plays=plays,
        plays_most=plays_most,
        clip_ready=ready,
        human_review=human_review,
        withdrawn=withdrawn,
        minor=minor,
        paused=not set(pauses).isdisjoint(reached),
    )
    scene = Scene(object_name, recording, clip, vendor, country, samples // 16, bytes(nonce), served)
    return facts, scene


def _membership_held(account: str) -> bool:
    """Lock the live membership (the outer join above cannot), and see that it still lives."""
    sql = "SELECT 1 FROM vendors_membership WHERE account_id = %(account)s AND ended_at IS NULL FOR SHARE"
    return statements.first(sql, {"account": account}) is not None


def of_own_clip(clip: str, handle: bytes | None) -> tuple[PlayFacts, Scene]:
    """The facts of a speaker hearing a clip of their own channel; ``handle`` is one computed from their key."""
    row = statements.first(_OWN, {"clip": clip, "handle": handle})
    if row is None:
        return PlayFacts(found=False, listener=Listener.SPEAKER), Scene()
    found, object_name, samples, recording = row
    (plays,) = statements.first(_OWN_PLAYS, {"recording": recording, "clip": found})
    facts = PlayFacts(
        found=True, listener=Listener.SPEAKER, own_channel=True, plays=plays, plays_most=OWN_PLAYS_AN_HOUR
    )
    return facts, Scene(object_name, recording, found, duration_ms=samples // 16)


def of_original(channel: str) -> tuple[ProcessFacts, Scene]:
    """The facts of machine processing of one channel's original."""
    row = statements.first(_CHANNEL, {"channel": channel})
    if row is None or not row[0]:
        return ProcessFacts(found=False), Scene()
    object_name, human_review, withdrawn, recording, minor, duration_ms = row
    facts = ProcessFacts(found=True, human_review=human_review, withdrawn=withdrawn, minor=minor)
    return facts, Scene(object_name, recording, duration_ms=duration_ms)


def of_release(clip: str) -> tuple[ExportFacts, Scene]:
    """The facts of a clip that is to leave in a release."""
    scopes.hold_shared()
    row = statements.first(_EXPORT, {"clip": clip})
    if row is None:
        return ExportFacts(found=False), Scene()
    (
        found, object_name, ready, samples, human_review, improvement, withdrawn, recording, minor,
        product, region, programme, pauses,
    ) = row  # fmt: skip
    reached = scopes.of_play(programme=programme, product=product, region=region, vendor=None)
    facts = ExportFacts(
        found=True,
        clip_ready=ready,
        human_review=human_review,
        automatic_improvement=improvement,
        withdrawn=withdrawn,
        minor=minor,
        paused=not set(pauses).isdisjoint(reached),
    )
    return facts, Scene(object_name, recording, found, duration_ms=samples // 16)
