"""The log's codes in a person's words. Each kind of entry has its one sentence here."""

from typing import Final

from fairhearing.ledger.entries import Kind
from fairhearing.ledger.queries import Opening
from fairhearing.policy import Reason

KINDS: Final[dict[Kind, str]] = {
    Kind.PLAYED: "Sound was released to a person's ears: a reviewer's, or its own speaker's.",
    Kind.REFUSED: "Somebody asked for sound and was refused; every ground stands beside it.",
    Kind.PROCESSED: "Sound was released to a machine: to de-identify it, or to compare a leaked file with it.",
    Kind.EXPORTED: "Sound left in a release, or as one marked copy for a drill.",
    Kind.HEARD: "A reviewer answered, and their page reported how long the clip had sounded.",
    Kind.CONSENTED: "Recordings came in with their speakers' answers to one notice: how many agreed, how many refused.",
    Kind.ANSWERED: "A speaker said of clips whether people may hear them: how many yes and no, and not of which.",
    Kind.KEYS_ROTATED: "A product's secret changed: what was kept under its speakers' old keys went under new ones.",
    Kind.INVALIDATED: "All consents under one notice were declared invalid, and what relied on them was closed.",
    Kind.CONSENT_ENDED: "Consents ran out, or a product ended its service: how many recordings were closed.",
    Kind.WITHDRAWN: "A speaker took recordings back: how many stands here, and not which.",
    Kind.SPEAKER_PAUSED: "A speaker let nobody listen for a while: how many recordings stands here, and not which.",
    Kind.SPEAKER_RESUMED: "Such a pause ended, by its speaker or by its day: how many recordings stands here.",
    Kind.ERASED: "A speaker had recordings erased: how many stands here, and not which.",
    Kind.RECALLED: "Rows of releases that had already left were recalled by an erasure.",
    Kind.PAUSED: "Listening was stopped for everything, or for one programme, product, region or vendor.",
    Kind.RESUMED: "Listening went on where it had been stopped.",
    Kind.RULES_SET: "How a programme takes out what identifies its speakers was set.",
    Kind.POLICY_CHANGED: "A controller's own rule of who may hear what was set or lifted.",
    Kind.SIGNED_IN: "Somebody with an account signed in.",
    Kind.AGREEMENT_SIGNED: "An agreement with a vendor was put on record.",
    Kind.OFF_BOARDED: "Somebody left their vendor, and what was in their hands was taken back.",
    Kind.TRACED: "A trace of a leaked file was asked for, approved or answered, or named whose copy leaked.",
}

ROLES: Final = {
    "reviewer": "reviewer",
    "speaker": "the speaker",
    "product": "product",
    "machine": "machine",
    "lead_reviewer": "lead reviewer",
    "vendor_manager": "vendor manager",
    "investigator": "investigator",
    "privacy_officer": "privacy officer",
    "auditor": "auditor",
    "controller": "controller",
    "owner": "owner",
    "operator": "operator",
}
PURPOSES: Final = ("human_review", "own_ears", "prepare", "release", "trace", "drill")

PARTS: Final = {
    "entry": "Kind and hour",
    "speaker": "Recording and clip",
    "reviewer": "Account",
    "circumstances": "Vendor, country, role, purpose, length, grounds, detail",
}
OPENINGS: Final = {
    Opening.OPENS: "opens",
    Opening.FORGOTTEN: "forgotten",
    Opening.NONE: "the entry has none",
    Opening.LOST: "cannot be checked: the key of its week is gone",
    Opening.DOES_NOT_OPEN: "DOES NOT OPEN",
}
ANSWERS: Final = {
    "chosen": "chose a candidate",
    "own_text": "wrote a text of their own",
    "undone": "took the answer back",
    "personal_data": "flagged it: personal data",
    "not_for_device": "flagged it: not meant for the device",
    "too_sensitive": "flagged it: too sensitive",
    "known_person": "flagged it: somebody they know",
}
STATES: Final = {
    "open": "It is still in their hands.",
    "judged": "It was judged.",
    "skipped": "It was skipped.",
    "expired": "It went back: the time ran out, or a pause or their leaving ended it.",
    "ended": "It was taken back.",
}


def kind_sentence(kind: str) -> str:
    """What an entry of this kind says; "" for a kind that is none of ours."""
    return KINDS[Kind(kind)] if kind in KINDS else ""


def kind_name(kind: str) -> str:
    """``policy_changed`` → "policy changed"."""
    return kind.replace("_", " ")


def ground(reason: str) -> str:
    """The sentence that whoever was refused is told; the code itself when it is none of ours."""
    try:
        return Reason(reason).sentence
    except ValueError:
        return str(reason)
