"""Making the demo's recordings and sending them in, as a product would: one by one, by the way that all take."""

import shutil
import tempfile
from pathlib import Path

import structlog
from django.conf import settings

from fairhearing.capture import incoming, intake
from fairhearing.demo import people, recordings
from fairhearing.demo.voices import VoicesMissing
from fairhearing.programmes.queries import get_programme

log = structlog.get_logger()


def seed() -> None:
    """Make every recording of the script that is not there yet. Started again, it goes on; once done, it ends."""
    mark = settings.HOME.run / "demo.seeded"
    if mark.exists():
        return
    for killed in settings.HOME.run.glob("demo-*"):
        shutil.rmtree(killed, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=settings.HOME.run))
    try:
        made = recordings.write(
            folder, derive=lambda product, user: people.derive_key(product, user).sealed_form().hex()
        )
        for slug, line in made:
            _send(slug, line, folder / slug / line["audio_filepath"])
    except VoicesMissing as missing:
        log.warning("the demo has no recordings", reason=str(missing))
        return
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    mark.touch()


def _send(slug: str, line: dict[str, object], sound: Path) -> None:
    """Recordings whose speaker refused human review are refused here too; that is part of the demo."""
    programme = get_programme(slug)
    try:
        parsed = incoming.parse(line)
        checked = intake.check(
            programme=programme, product=str(line["product"]), incoming=parsed, sound=sound.read_bytes()
        )
    except incoming.FieldInvalid as refused:
        log.info("a recording of the demo was refused", reason=refused.field)
        return
    intake.store(programme=programme, checked=[checked])
