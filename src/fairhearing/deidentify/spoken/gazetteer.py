"""What is a name and what is a word: given and family names, and the ordinary words of a language.

Names come from Faker's providers (MIT), words with their counts from pyspellchecker's dictionaries (MIT); both are
read once a process, when a language is first used (about 0.3 s and 20 MB together).
"""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files

# Speakers of any language bear names of many: all of them serve all languages.
LOCALES = """
en_US en_GB en_IN en_IE en_KE es_ES es_MX es_CO de_DE de_AT fr_FR it_IT pl_PL pt_BR nl_NL sv_SE no_NO da_DK fi_FI
cs_CZ ro_RO tr_TR yo_NG ig_NG ha_NG tw_GH zu_ZA vi_VN id_ID
"""
COUNTED = re.compile(r'"([^"]+)": (\d{3,})')  # words seen at least a hundred times


@dataclass(frozen=True)
class Names:
    """Given and family names in lower case, each word of a name on its own."""

    given: frozenset[str]
    family: frozenset[str]


@cache
def names(locales: str = LOCALES) -> Names:
    """Return the names of ``locales``, Faker's names of them with spaces between."""
    given: set[str] = set()
    family: set[str] = set()
    for locale in locales.split():
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            if attribute.startswith("first_name"):
                given.update(_entries(getattr(provider, attribute)))
            elif attribute.startswith("last_name"):
                family.update(_entries(getattr(provider, attribute)))
    return Names(frozenset(given), frozenset(family))


def _entries(found: object) -> list[str]:
    if not isinstance(found, (tuple, list, dict)):
        return []
    return [one.lower() for one in found if isinstance(one, str) and len(one) > 1 and one.isalpha()]


@cache
def counts(code: str) -> dict[str, int]:
    """Return the words of a language with how often they were counted; empty where no dictionary is known."""
    source = files("spellchecker") / "resources" / f"{code}.json.gz"
    if not source.is_file():
        return {}
    text = gzip.decompress(source.read_bytes()).decode("utf-8")
    return {word: int(count) for word, count in COUNTED.findall(text)}
