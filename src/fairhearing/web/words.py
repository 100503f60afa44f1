"""Codes in a person's words."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext


def language_name(code: str) -> str:
    """``es-MX`` → "Mexican Spanish", in the page's own language; a code that Django does not know stays as it is."""
    for known in (code.lower(), code.split("-", maxsplit=1)[0].lower()):
        entry = LANG_INFO.get(known, {})
        if "name" in entry:
            return gettext(entry["name"])
    return code


VOICES = {
    "off": "the speaker's own voice",
    "clear": "another voice (clear)",
    "strong": "another voice (strong)",
}
FREE_SPEECH = {
    "quarantine": "free speech without the product's word times is set aside",
    "serve": "free speech is served, and names in it may be heard",
}

# Why a recording was set aside or thrown away (``deidentify.Reason``, which the web does not load).
_SET_ASIDE = {
    "no_speech": "Nobody speaks.",
    "nothing_left": "All that was said is personal.",
    "no_recogniser_for_language": "Nothing here hears this language: send word times, or name a recogniser.",
    "no_finder_for_language": "Personal data is not known in this language.",
    "unlocated_personal_data": "A text names personal data that was not found in the sound.",
    "translation_not_redacted": "A translation could not be cut where the speech was.",
    "free_speech": "Free speech without word times: names in it are not found reliably.",
    "no_voice_for_language": "The voice cannot be changed in this language.",
    "voice_unsure": "The voice could not be changed: noise, music or another language.",
    "not_meant": "It was not meant for the device.",
    "meant_unsure": "Whether it was meant for the device is not certain.",
    "background_voice": "Somebody else can be heard.",
}


def set_aside(reasons: list[str]) -> list[str]:
    """Return a sentence for each reason; a failed stage is named."""
    return [_SET_ASIDE.get(reason) or f"It could not be treated ({reason.replace('_', ' ')})." for reason in reasons]
