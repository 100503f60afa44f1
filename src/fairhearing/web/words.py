"""Codes in a person's words."""

from django.conf.locale import LANG_INFO


def language_name(code: str) -> str:
    """``es-MX`` → "Mexican Spanish", ``sw`` → "Swahili"; a code that Django does not know stays as it is."""
    for known in (code.lower(), code.split("-", maxsplit=1)[0].lower()):
        entry = LANG_INFO.get(known, {})
        if "name" in entry:
            return str(entry["name"])
    return code
