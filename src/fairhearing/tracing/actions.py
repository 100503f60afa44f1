"""Asking, approving, answering. Each stands in the log under the person's own name; so does each name that is found."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from fairhearing import ids
from fairhearing.accounts.models import TRACING, Account
from fairhearing.audio.encode import from_pcm16
from fairhearing.gate import mark
from fairhearing.gate import trace as gate
from fairhearing.gate.denied import TraceDenied
from fairhearing.ledger import log as ledger
from fairhearing.ledger.appender import append_durably
from fairhearing.ledger.entries import Kind, NewEntry
from fairhearing.policy import Reason
from fairhearing.tracing import held, leaks, queries
from fairhearing.tracing.models import Finding, Trace
from fairhearing.watermark import trace as marks
from fairhearing.watermark.grid import Floats

APPROVED_FOR = timedelta(days=7)
LEAST_P = 1e-300  # a bound that is smaller underflows; nothing is ever said to be certain
_GONE = np.zeros(16000, np.float32)  # in place of a clip that was erased meanwhile: nothing is found in silence
Progress = Callable[[int, int], None]


def digest(leak: bytes) -> str:
    """By which a file is known: its SHA-256 in hex."""
    return hashlib.sha256(leak).hexdigest()


class TraceRefused(Exception):
    """It may not be asked, approved or answered; the message says why and what to do."""


@transaction.atomic
def ask(*, leak: bytes, reason: str, account: Account) -> Trace:
    """Ask for a trace of a leaked file, of which the hash alone is kept. Another investigator has to approve.

    Raises:
        TraceRefused: not an investigator, or no reason was given.
    """
    _require_investigator(account)
    if not reason.strip():
        raise TraceRefused("Say why: a trace names a person, and whoever approves must know what it is for.")
    asked = Trace.objects.create(
        id=ids.new("trace"),
        leak_sha256=digest(leak),
        reason=reason.strip()[:300],
        asked_by=account.id,
    )
    _log(asked, "asked", account=account.id)
    return asked


@transaction.atomic
def approve(*, trace: str, account: Account) -> Trace:
    """Approve what another investigator asked for; it can be answered for seven days.

    Raises:
        TraceRefused: not an investigator, not another one, or no such request.
    """
    _require_investigator(account)
    asked = Trace.objects.select_for_update().filter(id=trace).first()
    if asked is None or not asked.asked_by:
        raise TraceRefused("There is no such request.")
    if asked.asked_by == account.id:
        raise TraceRefused("Who asked cannot approve: it takes another investigator.")
    asked.approved_by, asked.approved_at = account.id, timezone.now()
    asked.save(update_fields=["approved_by", "approved_at"])
    _log(asked, "approved", account=account.id)
    return asked


def answer(*, leak: bytes, on_progress: Progress | None = None) -> Trace:
    """Trace a leaked file that was approved, or any while nobody is an investigator.

    Of every six seconds the likest clips are opened (an entry each) and their copies' marks sought. What was found is
    kept with the request, and each holder that is named has an entry of its own in the log.

    Raises:
        TraceRefused: nobody approved it, or not within the last seven days.
        fairhearing.audio.decode.AudioRefused: the file has no sound that can be read.
        LedgerUnavailable: nothing was compared.
    """
    request = _approved(digest(leak))
    samples = leaks.samples_of(leak)
    append_durably(_entry(request, "answered", account=request.approved_by or None))
    known = held.clips_that_left()
    copies: dict[str, list[held.Copy]] = {}

    def clip_of(number: int) -> Floats:
        return _opened(known.clips[number], request)

    def keys_of(number: int) -> list[bytes]:
        clip = known.clips[number]
        copies[clip] = held.copies_of(clip)
        return [mark.key_of(clip=clip, holder=copy.holder) for copy in copies[clip]]

    traced = marks.trace(samples, known.index, clip_of=clip_of, keys_of=keys_of, on_stretch=on_progress)
    return _keep(request, traced, known.clips, copies)


def forget_clips(clips: list[str]) -> None:
    """Forget what was found about clips that are erased: the copy's holder stays on record, the clip does not."""
    Finding.objects.filter(clip__in=clips).update(clip="", listens=[])


def _opened(clip: str, request: Trace) -> Floats:
    people = [request.asked_by, request.approved_by]
    try:
        plain = gate.compare(clip=clip, trace=request.id, people=people)
    except TraceDenied as denied:
        if denied.reasons == (Reason.UNKNOWN,):
            return _GONE
        raise TraceRefused(str(denied)) from None
    return from_pcm16(np.frombuffer(plain, dtype="<i2").astype(np.int16))


@transaction.atomic
def _keep(request: Trace, traced: marks.Traced, clips: list[str], copies: dict[str, list[held.Copy]]) -> Trace:
    request.answered_at = timezone.now()
    request.clips, request.threshold = traced.clips, traced.threshold
    request.candidates = sum(map(len, copies.values()))
    request.save()
    request.findings.all().delete()  # of an earlier answer to the same request
    for found in traced.found:
        clip = clips[found.clip]
        copy = copies[clip][found.key]
        Finding.objects.create(
            trace=request,
            clip=clip,
            holder=copy.holder,
            recipient=copy.recipient,
            listens=list(copy.listens),
            score=found.score,
            p_false=max(found.p_false, LEAST_P),
        )
    for finding in request.findings.all():
        account = None if finding.recipient else finding.holder
        _log(request, "named", account=account, clip=finding.clip, recording=held.recording_of(finding.clip))
    return request


def _approved(sha256: str) -> Trace:
    """The request that this file may be traced under; one of the platform's own where nobody is an investigator."""
    if not queries.list_investigators():
        return Trace.objects.create(id=ids.new("trace"), leak_sha256=sha256, reason="asked at the command line")
    newest = Trace.objects.filter(leak_sha256=sha256).exclude(approved_by="").order_by("-approved_at").first()
    if newest is None or newest.approved_at is None:
        raise TraceRefused(
            "Nobody approved a trace of this file. An investigator asks for it under Traces, and another approves."
        )
    if newest.approved_at < timezone.now() - APPROVED_FOR:
        raise TraceRefused(f"The approval of {newest.id} is older than seven days: ask again.")
    return newest


def _require_investigator(account: Account) -> None:
    if account.role not in TRACING or not account.is_active:
        raise TraceRefused("Only investigators trace.")


def _log(request: Trace, what: str, *, account: str | None, **about: str | None) -> None:
    ledger.append(_entry(request, what, account=account, **about))


def _entry(
    request: Trace, what: str, *, account: str | None, clip: str | None = None, recording: str | None = None
) -> NewEntry:
    detail: dict[str, str | int] = {"trace": request.id, "leak": request.leak_sha256}
    role = "reviewer" if what == "named" else "investigator" if request.asked_by else "operator"
    return NewEntry(
        kind=Kind.TRACED, purpose=what, account=account, clip=clip, recording=recording, role=role, detail=detail
    )
