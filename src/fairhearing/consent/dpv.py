"""The shape of a consent record: ISO/IEC TS 27560:2023 with what the GDPR adds, in the W3C's Data Privacy Vocabulary.

Each class is one node of the JSON-LD, and refuses what it does not know; the JSON Schema that is published is made of
them (``schema``), and every record that is given out passed it. docs/formats/consent-record.md names the clauses.
Terms are those of DPV 2.1 and of its guide for 27560.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

PROFILE: Final = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr"
CONTEXT: Final = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "pd": "https://w3id.org/dpv/pd#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
_UTC: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"

Line = Annotated[str, Field(min_length=1)]
Moment = Annotated[str, Field(pattern=_UTC)]


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Subject(_Node):
    """Whose consent it is, under a name that only their key makes."""

    id: Annotated[Line, Field(alias="@id")]
    type: Annotated[Literal["dpv:DataSubject"], Field(alias="@type")] = "dpv:DataSubject"


class NoticeShown(_Node):
    """What was shown: its reference and SHA-256, its language, its words."""

    type: Annotated[Literal["dpv:ConsentNotice"], Field(alias="@type")] = "dpv:ConsentNotice"
    identifier: Annotated[tuple[Line, Line], Field(alias="dct:identifier")]
    language: Annotated[Line, Field(alias="dct:language")]
    description: Annotated[Line, Field(alias="dct:description")]


class Described(_Node):
    """A thing of a kind, in words."""

    type: Annotated[str, Field(alias="@type", pattern=r"^dpv:[A-Z][A-Za-z]+$")]
    broader: Annotated[str | None, Field(alias="skos:broader")] = None
    identifier: Annotated[str | None, Field(alias="dct:identifier")] = None
    description: Annotated[Line, Field(alias="dct:description")]


class PersonalData(_Node):
    """What is processed, and whether the service needs it."""

    type: Annotated[Literal["dpv:PersonalData"], Field(alias="@type")] = "dpv:PersonalData"
    broader: Annotated[Line, Field(alias="skos:broader")]
    title: Annotated[Line, Field(alias="dct:title")]
    necessity: Annotated[Literal["dpv:Required", "dpv:Optional"], Field(alias="dpv:hasNecessity")]


class Control(_Node):
    """How consent is withdrawn."""

    type: Annotated[Literal["dpv:WithdrawConsent"], Field(alias="@type")] = "dpv:WithdrawConsent"
    at: Annotated[Line, Field(alias="dpv:isExercisedAt")]


class Lasts(_Node):
    """How long: until a moment, or until something happens."""

    type: Annotated[Literal["dpv:UntilTimeDuration", "dpv:UntilEventDuration"], Field(alias="@type")]
    value: Annotated[Line, Field(alias="rdf:value")]


class Event(_Node):
    """One event: what, when, by whom, how, and how long it holds."""

    type: Annotated[str, Field(alias="@type", pattern=r"^dpv:(Renewed)?Consent[A-Z][a-z]+$|^dpv:RenewedConsentGiven$")]
    at: Annotated[Moment, Field(alias="dpv:isIndicatedAtTime")]
    by: Annotated[Line, Field(alias="dpv:isIndicatedBy")]
    how: Annotated[str | None, Field(alias="dpv:hasIndicationMethod")] = None
    lasts: Annotated[Lasts, Field(alias="dpv:hasDuration")]


class Process(_Node):
    """Everything about one purpose, and the events of the consent to it, the oldest first."""

    type: Annotated[Literal["dpv:Process"], Field(alias="@type")] = "dpv:Process"
    purpose: Annotated[Described, Field(alias="dpv:hasPurpose")]
    service: Annotated[Described, Field(alias="dpv:hasService")]
    legal_basis: Annotated[list[Line], Field(alias="dpv:hasLegalBasis", min_length=1)]
    personal_data: Annotated[list[PersonalData], Field(alias="dpv:hasPersonalData", min_length=1)]
    source: Annotated[Described, Field(alias="dpv:hasDataSource")]
    processing: Annotated[list[Line], Field(alias="dpv:hasProcessing", min_length=1)]
    human: Annotated[str | None, Field(alias="dpv:hasHumanInvolvement")] = None
    storage: Annotated[list[Described], Field(alias="dpv:hasStorageCondition", min_length=2)]
    conditions: Annotated[list[Described], Field(alias="dpv:hasProcessingCondition", min_length=1)]
    controller: Annotated[Line, Field(alias="dpv:hasDataController")]
    recipients: Annotated[list[Described], Field(alias="dpv:hasRecipient", min_length=1)]
    control: Annotated[Control, Field(alias="dpv:hasConsentControl")]
    jurisdiction: Annotated[Line, Field(alias="dpv:hasJurisdiction")]
    rights: Annotated[list[Line], Field(alias="dpv:hasRight", min_length=1)]
    events: Annotated[list[Event], Field(alias="dpv:hasConsentStatus", min_length=1)]


class Entity(_Node):
    """A party: its role, name, address and contact."""

    id: Annotated[Line, Field(alias="@id")]
    type: Annotated[Literal["dpv:DataController", "dpv:Authority"], Field(alias="@type")]
    name: Annotated[Line, Field(alias="dpv:hasName")]
    identifier: Annotated[Line, Field(alias="dpv:hasIdentifier")]
    address: Annotated[str | None, Field(alias="dpv:hasAddress")] = None
    contact: Annotated[str | None, Field(alias="dpv:hasContact")] = None


class Record(_Node):
    """A consent record, given out as a receipt: the record's id, and the receipt's own."""

    context: Annotated[dict[str, str], Field(alias="@context")]
    id: Annotated[Line, Field(alias="@id")]
    type: Annotated[list[str], Field(alias="@type", min_length=2)]
    conforms_to: Annotated[
        Literal["https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr"], Field(alias="dct:conformsTo")
    ]
    receipt: Annotated[Line, Field(alias="dct:identifier")]
    issued: Annotated[Moment, Field(alias="dct:issued")]
    identifier: Annotated[Line, Field(alias="dpv:hasIdentifier")]
    subject: Annotated[Subject, Field(alias="dpv:hasDataSubject")]
    notice: Annotated[NoticeShown, Field(alias="dpv:hasNotice")]
    processes: Annotated[list[Process], Field(alias="dpv:hasProcess", min_length=1)]
    entities: Annotated[list[Entity], Field(alias="dpv:hasEntity", min_length=1)]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a consent record."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Record.model_json_schema(by_alias=True)}


def check(record: object) -> Record:
    """Check a record that was read.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return Record.model_validate(record)
