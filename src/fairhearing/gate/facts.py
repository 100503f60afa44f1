"""Collecting facts: one snapshot, with the rows that could change the answer locked until the caller's end.

Withdrawing updates the channel's row, off-boarding the membership's and the account's, judging the assignment's; each
waits for a play that holds these rows shared, and a play that comes later reads what was written. A pause meets
plays at ``programmes.scopes``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from fairhearing import statements
from fairhearing.accounts.models import REVIEWING, Role
from fairhearing.capture import buckets
from fairhearing.policy import (
    Act,
    Circumstances,
    DrillFacts,
    ExportFacts,
    Listener,
    PlayFacts,
    ProcessFacts,
    TraceFacts,
)
from fairhearing.programmes import rules, scopes
from fairhearing.review import asking, exposure
from fairhearing.review.queries import GRADE, WARNED_FROM

_HOUR = "EXTRACT(HOUR FROM now() AT TIME ZONE 'UTC')::int"

# What the finder graded as such; nothing is known of it in what came without a text.
_DISTRESSING = f"{GRADE} >= {WARNED_FROM}"
_SKILLED = """NOT g.by_skill OR NOT EXISTS (
           SELECT 1 FROM unnest(ARRAY[h.language, NULLIF(g.target_language, '')]) AS needed (language)
           WHERE needed.language IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM vendors_skill s WHERE s.account_id = u.id AND s.language = needed.language))"""

# To people listening, and not run out: a consent that is to be asked for again does not hold in between.
_AGREED = "h.human_review AND (h.consent_until IS NULL OR h.consent_until > (now() AT TIME ZONE 'UTC')::date)"

_ASSIGNED = f"""
SELECT a.account_id = %(account)s, a.state = 'open', a.lease_ends_at > now(), a.plays, a.nonce, a.served_sha256,
       g.slug, g.plays_most, g.bucket_clips_a_week, c.id, c.state = 'ready', c.object_name, c."end" - c.start,
       {_AGREED}, h.withdrawn, r.id, r.age_band = 'minor', r.product, r.region,
       {_DISTRESSING}, g.sensitive_minutes_a_day, {_SKILLED},
       a.first_played_at IS NOT NULL, c.start, h.id, h.bucket_sealed, (now() AT TIME ZONE 'UTC')::date,
       u.is_active, u.role, v.slug, v.country, h.language, r.trigger, {asking.AGREED}, {_HOUR}, {scopes.PAUSED},
       {rules.IN_FORCE}, h.paused
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

# One reviewer's plays come one after the other, because each holds their account alone.
_HEARING = _ASSIGNED.replace("NO KEY UPDATE OF a FOR SHARE OF c, u", "NO KEY UPDATE OF a, u FOR SHARE OF c")

# After these locks: whether they are still of their vendor (locked as well: the outer join above cannot), and what they
# have heard; nothing more is heard between this look and the play's own count.
_HEARD = """
WITH membership AS MATERIALIZED (
    SELECT 1 FROM vendors_membership WHERE account_id = %(account)s AND ended_at IS NULL FOR SHARE
), clips AS MATERIALIZED (
    SELECT c.id, c.start FROM capture_clip c JOIN capture_channel h ON h.id = c.channel_id
    WHERE h.recording_id = %(recording)s AND c.id <> %(clip)s
)
SELECT EXISTS (SELECT 1 FROM membership),
       EXISTS (SELECT 1 FROM clips n JOIN review_assignment x ON x.clip_id = n.id AND x.account_id = %(account)s
               WHERE (x.first_played_at IS NOT NULL OR x.state = 'open' AND %(reading)s)
                 AND NOT EXISTS (SELECT 1 FROM clips b WHERE b.start > LEAST(n.start, %(start)s)
                                                         AND b.start < GREATEST(n.start, %(start)s))),
       COALESCE((SELECT clips FROM review_exposure WHERE digest = %(exposure)s), 0),
       EXISTS (SELECT 1 FROM review_recusal WHERE digest = %(recusal)s)
"""

_DISTRESS = """
SELECT COALESCE((SELECT ms FROM review_distress
                 WHERE account_id = %s AND day = (now() AT TIME ZONE 'UTC')::date), 0) / 1000
"""

_OWN = """
SELECT c.id, c.object_name, c."end" - c.start, r.id
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
WHERE c.id = %(clip)s AND h.handle = %(handle)s
FOR SHARE OF h, c
"""

_OWN_ORIGINAL = """
SELECT h.original_object, r.id, r.duration_ms
FROM capture_channel h
JOIN capture_recording r ON r.id = h.recording_id
WHERE h.id = %(channel)s AND h.handle = %(handle)s AND h.original_object <> ''
FOR SHARE OF h
"""

_OWN_PLAYS = """
SELECT count(*) FROM ledger_record
WHERE recording = %(recording)s AND clip IS NOT DISTINCT FROM %(clip)s AND kind = %(kind)s AND role = 'speaker'
  AND hour = date_trunc('hour', now())
"""

_CHANNEL = f"""
SELECT h.original_object, {_AGREED}, h.withdrawn, r.id, r.age_band = 'minor', r.duration_ms,
       r.product, r.region, h.language, r.trigger, g.slug, {_HOUR}, {rules.IN_FORCE}
FROM capture_channel h
JOIN capture_recording r ON r.id = h.recording_id
JOIN programmes_programme g ON g.id = r.programme_id
WHERE h.id = %(channel)s
FOR SHARE OF h
"""  # noqa: S608 - our own names

_MADE_OF = f"""
SELECT c.object_name, {_AGREED}, h.withdrawn, r.id, r.age_band = 'minor', (c."end" - c.start) / 16,
       r.product, r.region, h.language, r.trigger, g.slug, {_HOUR}, {rules.IN_FORCE}
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
JOIN programmes_programme g ON g.id = r.programme_id
WHERE c.id = %(clip)s
FOR SHARE OF h, c
"""  # noqa: S608 - our own names

_EXPORT = f"""
SELECT c.id, c.object_name, c.state = 'ready', c."end" - c.start, {_AGREED}, h.automatic_improvement,
       h.withdrawn, r.id, r.age_band = 'minor', r.product, r.region, g.slug,
       h.language, r.trigger, {_HOUR}, {scopes.PAUSED}, {rules.IN_FORCE}, h.paused
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
JOIN programmes_programme g ON g.id = c.programme_id
WHERE c.id = %(clip)s
FOR SHARE OF h, c
"""  # noqa: S608 - our own names

_CLIP = """
SELECT c.id, c.object_name, c."end" - c.start, r.id, r.planted
FROM capture_clip c
JOIN capture_channel h ON h.id = c.channel_id
JOIN capture_recording r ON r.id = h.recording_id
WHERE c.id = %(clip)s
FOR SHARE OF h, c
"""

_INVESTIGATORS = """
SELECT count(*) FILTER (WHERE id = ANY(%(people)s)), count(*)
FROM accounts_account WHERE role = %(role)s AND is_active
"""


TWO_PEOPLE = 2
OWN_PLAYS_AN_HOUR = 30  # of one clip: enough for anybody's ears, too few to copy everything by machine
OWN_COPIES_AN_HOUR = 3  # of one clip, or one original, that its speaker takes away


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
    counted: exposure.Counted | None = None
    distressing: bool = False


class _Row(NamedTuple):
    """What ``_ASSIGNED`` gives."""

    mine: bool
    is_open: bool
    running: bool
    plays: int
    nonce: bytes
    served: str
    programme: str
    plays_most: int
    bucket_clips_most: int
    clip: str
    ready: bool
    object_name: str
    samples: int
    human_review: bool
    withdrawn: bool
    recording: str
    minor: bool
    product: str
    region: str
    distressing: bool
    distress_minutes_most: int
    skilled: bool
    heard: bool
    start: int
    channel: str
    bucket_sealed: bytes | None
    today: date
    active: bool
    role: str
    vendor: str | None
    country: str | None
    language: str
    trigger: str
    clip_agreed: bool
    hour: int
    pauses: list[str]
    version: list[str]
    paused: bool


def of_assignment(
    assignment: str, account: str, act: Act = Act.PLAY, *, hearing: bool = False
) -> tuple[PlayFacts, Scene]:
    """The facts of a reviewer's play, or of the sealing or reading before it.

    Call within a transaction: it holds the locks until its end. ``hearing``: a play follows, and this reviewer's other
    plays wait for it.
    """
    scopes.hold_shared()
    found = statements.first(_HEARING if hearing else _ASSIGNED, {"assignment": assignment, "account": account})
    if found is None:
        return PlayFacts(found=False, listener=Listener.REVIEWER), Scene()
    row = _Row(*found)
    reached = scopes.of_play(programme=row.programme, product=row.product, region=row.region, vendor=row.vendor)
    past = _heard_by(account, row, reading=act is Act.READ)
    facts = PlayFacts(
        found=True,
        listener=Listener.REVIEWER,
        act=act,
        reviewing_role=row.role in REVIEWING,
        account_active=row.active,
        member=row.vendor is not None and past.member,
        assigned_to_listener=row.mine,
        assignment_open=row.is_open,
        lease_running=row.running,
        plays=row.plays,
        plays_most=row.plays_most,
        heard_before=row.heard,
        neighbour_heard=past.neighbour,
        recused=past.recused,
        bucket_clips=past.bucket_clips,
        bucket_clips_most=row.bucket_clips_most,
        skilled=row.skilled,
        distressing=row.distressing,
        distress_s=statements.first(_DISTRESS, [account])[0] if row.distressing else 0,
        distress_s_most=60 * row.distress_minutes_most,
        clip_ready=row.ready,
        human_review=row.human_review,
        clip_agreed=row.clip_agreed,
        withdrawn=row.withdrawn,
        minor=row.minor,
        paused=row.paused or not set(row.pauses).isdisjoint(reached),
        circumstances=Circumstances(
            vendor=row.vendor or "",
            country=row.country or "",
            programme=row.programme,
            product=row.product,
            region=row.region,
            language=row.language,
            trigger=row.trigger,
            hour=row.hour,
        ),
        rules=rules.of_version(row.version),
    )
    scene = Scene(
        object_name=row.object_name,
        recording=row.recording,
        clip=row.clip,
        vendor=row.vendor,
        country=row.country,
        duration_ms=row.samples // 16,
        nonce=bytes(row.nonce),
        served_sha256=row.served,
        counted=past.counted,
        distressing=row.distressing,
    )
    return facts, scene


class _Past(NamedTuple):
    """Whether they are of their vendor still, and heard a neighbour; clips of the bucket, and where this one counts."""

    member: bool
    neighbour: bool
    bucket_clips: int
    recused: bool
    counted: exposure.Counted


def _heard_by(account: str, row: _Row, *, reading: bool) -> _Past:
    sealed = None if row.bucket_sealed is None else bytes(row.bucket_sealed)
    counted = exposure.counted(
        account=account,
        programme=row.programme,
        language=row.language,
        bucket=buckets.open_sealed(channel=row.channel, sealed=sealed),
        day=row.today,
    )
    asked = {
        "account": account,
        "recording": row.recording,
        "clip": row.clip,
        "start": row.start,
        "exposure": counted.digest,
        "recusal": counted.recusal,
        "reading": reading,
    }
    member, neighbour, bucket_clips, recused = statements.first(_HEARD, asked)
    return _Past(member, neighbour, bucket_clips, recused, counted)


def of_own_clip(clip: str, handle: bytes | None, *, leaving: bool = False) -> tuple[PlayFacts, Scene]:
    """The facts of a speaker hearing a clip of their own channel; ``handle`` is one computed from their key.

    ``leaving``: they take it away, which is counted apart.
    """
    row = statements.first(_OWN, {"clip": clip, "handle": handle})
    if row is None:
        return PlayFacts(found=False, listener=Listener.SPEAKER), Scene()
    found, object_name, samples, recording = row
    return _own(Scene(object_name, recording, found, duration_ms=samples // 16), leaving=leaving)


def of_own_original(channel: str, handle: bytes | None, *, leaving: bool = False) -> tuple[PlayFacts, Scene]:
    """The facts of a speaker hearing their own channel as it came, where it is kept, or taking it away."""
    row = statements.first(_OWN_ORIGINAL, {"channel": channel, "handle": handle})
    if row is None:
        return PlayFacts(found=False, listener=Listener.SPEAKER), Scene()
    object_name, recording, duration_ms = row
    return _own(Scene(object_name, recording, duration_ms=duration_ms), leaving=leaving)


def _own(scene: Scene, *, leaving: bool) -> tuple[PlayFacts, Scene]:
    kind, most = ("exported", OWN_COPIES_AN_HOUR) if leaving else ("played", OWN_PLAYS_AN_HOUR)
    asked = {"recording": scene.recording, "clip": scene.clip, "kind": kind}
    (taken,) = statements.first(_OWN_PLAYS, asked)
    facts = PlayFacts(found=True, listener=Listener.SPEAKER, own_channel=True, plays=taken, plays_most=most)
    return facts, scene


def of_original(channel: str) -> tuple[ProcessFacts, Scene]:
    """The facts of machine processing of one channel's original."""
    return _processing(statements.first(_CHANNEL, {"channel": channel}))


def of_clip_again(clip: str) -> tuple[ProcessFacts, Scene]:
    """The facts of machine processing of a clip that was made before: the speaker's will is the same."""
    facts, scene = _processing(statements.first(_MADE_OF, {"clip": clip}))
    return facts, replace(scene, clip=clip) if facts.found else scene


def _processing(row: tuple[Any, ...] | None) -> tuple[ProcessFacts, Scene]:
    if row is None or not row[0]:
        return ProcessFacts(found=False), Scene()
    (
        object_name, human_review, withdrawn, recording, minor, duration_ms, product, region, language, trigger,
        programme, hour, version,
    ) = row  # fmt: skip
    facts = ProcessFacts(
        found=True,
        human_review=human_review,
        withdrawn=withdrawn,
        minor=minor,
        circumstances=Circumstances(
            programme=programme, product=product, region=region, language=language, trigger=trigger, hour=hour
        ),
        rules=rules.of_version(version),
    )
    return facts, Scene(object_name, recording, duration_ms=duration_ms)


def of_release(clip: str) -> tuple[ExportFacts, Scene]:
    """The facts of a clip that is to leave in a release."""
    scopes.hold_shared()
    row = statements.first(_EXPORT, {"clip": clip})
    if row is None:
        return ExportFacts(found=False), Scene()
    (
        found, object_name, ready, samples, human_review, improvement, withdrawn, recording, minor,
        product, region, programme, language, trigger, hour, pauses, version, paused,
    ) = row  # fmt: skip
    reached = scopes.of_play(programme=programme, product=product, region=region, vendor=None)
    facts = ExportFacts(
        found=True,
        clip_ready=ready,
        human_review=human_review,
        automatic_improvement=improvement,
        withdrawn=withdrawn,
        minor=minor,
        paused=paused or not set(pauses).isdisjoint(reached),
        circumstances=Circumstances(
            programme=programme, product=product, region=region, language=language, trigger=trigger, hour=hour
        ),
        rules=rules.of_version(version),
    )
    return facts, Scene(object_name, recording, found, duration_ms=samples // 16)


def of_trace(clip: str, people: Sequence[str]) -> tuple[TraceFacts, Scene]:
    """The facts of comparing a leak with a clip. As soon as there is one investigator, two must stand behind it."""
    behind, all_of_them = statements.first(_INVESTIGATORS, {"people": list(people), "role": Role.INVESTIGATOR.value})
    row = statements.first(_CLIP, {"clip": clip})
    needed = TWO_PEOPLE if all_of_them else 0
    facts = TraceFacts(found=row is not None, people=behind, people_needed=needed)
    return facts, Scene() if row is None else Scene(row[1], row[3], row[0], duration_ms=row[2] // 16)


def of_drill(clip: str) -> tuple[DrillFacts, Scene]:
    """The facts of taking a marked copy for a drill."""
    row = statements.first(_CLIP, {"clip": clip})
    if row is None:
        return DrillFacts(found=False), Scene()
    return DrillFacts(found=True, planted=row[4]), Scene(row[1], row[3], row[0], duration_ms=row[2] // 16)
