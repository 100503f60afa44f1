"""From what a speaker said, and what they were shown, to a consent record. Pure: no database, no key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from fairhearing.consent import dpv
from fairhearing.consent.models import Purpose
from fairhearing.consent.notices import Text
from fairhearing.consent.states import State

STATUS: Final = {
    State.REQUESTED: "dpv:ConsentRequested",
    State.REFUSED: "dpv:ConsentRefused",
    State.GIVEN: "dpv:ConsentGiven",
    State.RECONFIRMED: "dpv:RenewedConsentGiven",
    State.WITHDRAWN: "dpv:ConsentWithdrawn",
    State.EXPIRED: "dpv:ConsentExpired",
    State.TERMINATED: "dpv:ConsentRevoked",  # DPV: ended by somebody other than the data subject
    State.INVALIDATED: "dpv:ConsentInvalidated",
}
_BY_CONTROLLER: Final = frozenset({State.REQUESTED, State.EXPIRED, State.TERMINATED, State.INVALIDATED})
_RIGHTS: Final = [
    "eu-gdpr:A7-3",
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A18",
    "eu-gdpr:A20",
    "eu-gdpr:A77",
]
_PURPOSES: Final = {
    Purpose.SERVICE: ("dpv:ServiceProvision", "the service answers what you say"),
    Purpose.AUTOMATIC_IMPROVEMENT: ("dpv:ServiceOptimisation", "machines learn from what you say"),
    Purpose.HUMAN_REVIEW: (
        "dpv:ServiceOptimisation",
        "people listen to short clips of what you say, and write down or judge what they hear",
    ),
}
_PROCESSING: Final = ["dpv:Collect", "dpv:Store", "dpv:Use"]


@dataclass(frozen=True)
class Said:
    """One event: the state that it led to, when, how, and until when it holds."""

    state: State
    at: datetime
    method: str
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """A published notice: its reference, its digest, its text."""

    reference: str
    digest: str
    text: Text


def build(
    *, shown: Shown, subject: str, receipt: str, issued: datetime, said: Mapping[Purpose, Sequence[Said]]
) -> dict[str, Any]:
    """The record as JSON-LD, checked against its schema. ``subject`` is the speaker's name within it (hex).

    Raises:
        pydantic.ValidationError: it would not be a consent record, for instance without any event.
    """
    notice, controller = shown.text, f"urn:fairhearing:controller:{shown.reference}"
    identifier = f"urn:fairhearing:consent:{subject[:32]}"
    record = dpv.Record(
        context=dpv.CONTEXT,
        id=identifier,
        type=["dpv:ConsentRecord", "dpv:ConsentReceipt"],
        conforms_to=dpv.PROFILE,
        receipt=f"urn:fairhearing:receipt:{receipt}",
        issued=_utc(issued),
        identifier=identifier,
        subject=dpv.Subject(id=f"urn:fairhearing:subject:{subject}"),
        notice=dpv.NoticeShown(
            identifier=(shown.reference, f"sha256:{shown.digest}"), language=notice.language, description=notice.text
        ),
        processes=[_process(purpose, events, notice, controller) for purpose, events in said.items() if events],
        entities=_entities(notice, controller),
    )
    return record.model_dump(by_alias=True, exclude_none=True, mode="json")


def _process(purpose: Purpose, events: Sequence[Said], notice: Text, controller: str) -> dpv.Process:
    broader, words = _PURPOSES[purpose]
    people = purpose is Purpose.HUMAN_REVIEW
    where = f"people listen in {', '.join(notice.countries)}" if people and notice.countries else notice.storage
    machines = "nobody beyond the controller; no person listens"
    return dpv.Process(
        purpose=dpv.Described(type="dpv:Purpose", broader=broader, identifier=purpose.value, description=words),
        service=dpv.Described(type="dpv:Service", description=notice.service),
        legal_basis=["eu-gdpr:A6-1-a", "dpv:ExplicitlyExpressedConsent"],
        personal_data=[_recordings(purpose)],
        source=dpv.Described(type="dpv:DataSource", description="what you say to the service"),
        processing=_PROCESSING,
        human="dpv:HumanInvolved" if people else None,
        storage=[
            dpv.Described(type="dpv:StorageLocation", description=notice.storage),
            dpv.Described(type="dpv:StorageDuration", description=notice.retention),
        ],
        conditions=[dpv.Described(type="dpv:ProcessingLocation", description=where)],
        controller=controller,
        recipients=[dpv.Described(type="dpv:Recipient", description=notice.listeners if people else machines)],
        control=dpv.Control(at=notice.withdraw_at),
        jurisdiction=f"loc:{notice.jurisdiction}",
        rights=_RIGHTS,
        events=[_event(one, controller) for one in events],
    )


def _recordings(purpose: Purpose) -> dpv.PersonalData:
    needed: Literal["dpv:Required", "dpv:Optional"] = "dpv:Required" if purpose is Purpose.SERVICE else "dpv:Optional"
    return dpv.PersonalData(
        broader="pd:VoiceCommunicationRecording", title="recordings of your voice", necessity=needed
    )


def _event(said: Said, controller: str) -> dpv.Event:
    if said.valid_until is None:
        lasts = dpv.Lasts(type="dpv:UntilEventDuration", value="until another answer, or its withdrawal")
    else:
        lasts = dpv.Lasts(type="dpv:UntilTimeDuration", value=_utc(said.valid_until))
    by_controller = said.state in _BY_CONTROLLER
    return dpv.Event(
        type=STATUS[said.state],
        at=_utc(said.at),
        by=controller if by_controller else "dpv:DataSubject",
        how=None if by_controller else said.method,
        lasts=lasts,
    )


def _entities(notice: Text, controller: str) -> list[dpv.Entity]:
    party, authority = notice.controller, f"urn:fairhearing:authority:{notice.jurisdiction}"
    return [
        dpv.Entity(
            id=controller,
            type="dpv:DataController",
            name=party.name,
            identifier=controller,
            address=party.address,
            contact=party.contact,
        ),
        dpv.Entity(id=authority, type="dpv:Authority", name=party.authority, identifier=authority),
    ]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
