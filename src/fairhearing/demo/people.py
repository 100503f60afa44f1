"""Who is in the demo, and a door for each of them. Made once; the doors open on this machine alone (``web.public``)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from fairhearing.accounts import actions as accounts
from fairhearing.accounts import queries
from fairhearing.accounts.models import Account, Role
from fairhearing.capture.models import Recording, RecordingState
from fairhearing.consent.speaker_key import SpeakerKey, derive
from fairhearing.demo import script
from fairhearing.programmes import actions as programmes
from fairhearing.programmes.models import Programme, Task, Voice
from fairhearing.speakers import links
from fairhearing.vendors import actions as vendors

VENDORS = {"tarn-lane": ("Tarn Lane Transcription", "IE"), "meridian": ("Meridian Language Desk", "PT")}
GUIDELINES = {
    "assistant": (
        "Write what was said, word for word, in lower case and without punctuation. [PHONE], [NAME] and the like stand "
        "for what was cut. Flag a clip in which you can still tell who speaks, or that nobody meant for the device."
    ),
    "translator": (
        "Pick the translation that says what the speaker meant, or write a better one. Keep [PHONE], [NAME] and the "
        "like where they stand."
    ),
}


@dataclass(frozen=True)
class Person:
    """One of the demo's people."""

    door: str
    label: str
    detail: str
    role: Role | None
    vendor: str | None = None

    @property
    def email(self) -> str:
        """An address that leads nowhere."""
        return f"{self.door}@demo.example"


PEOPLE = (
    Person(
        "ada-fenn",
        "Ada Fenn, reviewer",
        "listens for Tarn Lane Transcription (Ireland)",
        Role.REVIEWER,
        "tarn-lane",
    ),
    Person(
        "bo-larkin",
        "Bo Larkin, reviewer",
        "listens for Meridian Language Desk (Portugal)",
        Role.REVIEWER,
        "meridian",
    ),
    Person(
        "cy-moss",
        "Cy Moss, reviewer",
        "listens for Tarn Lane Transcription (Ireland)",
        Role.REVIEWER,
        "tarn-lane",
    ),
    Person("dana-holt", "Dana Holt, controller", "runs the two programmes; can pause everything", Role.CONTROLLER),
    Person("eli-ward", "Eli Ward, auditor", "checks the log", Role.AUDITOR),
    Person("speaker", "", "talked to the assistant; sees, hears and erases what is held", None),
)


def ensure() -> None:
    """Make programmes, vendors and accounts that are not there yet."""
    made = {
        slug: vendors.create_vendor(slug=slug, name=name, country=country) for slug, (name, country) in VENDORS.items()
    }
    for person in PEOPLE:
        if person.role is None or queries.find_account(person.email) is not None:
            continue
        account = accounts.create_account(email=person.email, role=person.role)
        if person.vendor is not None:
            vendors.join(account=account, vendor=made[person.vendor])
    for slug, programme in script.load().items():
        if not Programme.objects.filter(slug=slug).exists():
            programmes.create(
                slug=slug,
                name={"assistant": "Voice assistant", "translator": "Call translator"}[slug],
                language=programme.language,
                task=Task(programme.task),
                target_language=programme.target_language or "",
                guideline=GUIDELINES[slug],
            )
            if programme.language != "en" or programme.target_language:
                # Half of its calls are in Spanish, whose voices cannot be exchanged; nobody's voice is at stake here.
                programmes.set_rules(slug=slug, by="demo", reason="synthesised voices, two languages", voice=Voice.OFF)


def derive_key(product: str, user: str) -> SpeakerKey:
    """What the demo's products would derive from a secret of their own."""
    return derive(product_secret=settings.SECRETS.derive(f"demo/product/{product}"), product=product, user=user)


def doors(action: str) -> list[dict[str, Any]]:
    """A door for each person, for the start page."""
    speaker = _speaker()
    return [
        {
            "label": person.label or f"{speaker.name}, speaker",
            "detail": person.detail,
            "action": action,
            "value": person.door,
        }
        for person in PEOPLE
    ]


def progress() -> dict[str, int]:
    """How many of the demo's recordings are ready."""
    scenes = [scene for programme in script.load().values() for scene in programme.scenes]
    refused = sum(not any(user.human_review for user in scene.users) for scene in scenes)
    done = Recording.objects.exclude(state=RecordingState.RECEIVED).count()
    total = len(scenes) - refused
    return {"prepared": min(done, total), "total": total}


def find_account(door: str) -> Account | None:
    """Whose account a door leads into."""
    person = next((one for one in PEOPLE if one.door == door and one.role is not None), None)
    return queries.find_account(person.email) if person else None


def speaker_url(door: str) -> str | None:
    """The one-time link behind the speaker's door, as their product would have made it."""
    if door != "speaker":
        return None
    product = next(programme.product for programme in script.load().values() if programme.speaker)
    link = links.make(derive_key(product, _speaker().id))
    return f"{reverse('speaker-link')}#{link.token}"


def _speaker() -> script.User:
    return next(programme.speaker for programme in script.load().values() if programme.speaker)
