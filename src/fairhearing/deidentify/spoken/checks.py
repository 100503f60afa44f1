"""What can be checked of a number: check digits, telephone plans, calendars, network addresses.

A check that holds is evidence for a type; one that fails never frees a datum that was announced, since people
misspeak and recognisers mishear.
"""

from functools import lru_cache
from ipaddress import ip_address

import phonenumbers

FIRST_YEAR = 1900  # of birth of anyone alive
LAST_YEAR = 2030
TRUNK = frozenset({"GB", "DE", "AT", "CH", "FR"})  # where national numbers begin with a zero


def luhn(digits: str) -> bool:
    """Return whether the check digit of a card number is right (ISO/IEC 7812-1)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card(digits: str) -> bool:
    """Return whether ``digits`` may be a payment card: length, first digit and check digit."""
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and luhn(digits)


def looks_like_iban(symbols: str) -> bool:
    """Return whether ``symbols`` have the shape of an IBAN: country, two check digits, mostly digits."""
    if not 15 <= len(symbols) <= 34 or not symbols[:2].isalpha() or not symbols[2:4].isdigit():
        return False
    return sum(symbol.isdigit() for symbol in symbols) >= 10


def iban(symbols: str) -> bool:
    """Return whether the check digits of an IBAN are right (ISO 13616, modulo 97)."""
    if not looks_like_iban(symbols) or not (symbols.isascii() and symbols.isalnum()):
        return False
    turned = symbols[4:] + symbols[:4]
    return int("".join(str(int(symbol, 36)) for symbol in turned)) % 97 == 1


@lru_cache(maxsize=4096)
def phone(digits: str, regions: tuple[str, ...]) -> bool:
    """Return whether ``digits`` are a telephone number of any of ``regions``, or begin with a country's code.

    Numbers kept for fiction count too: they have the shape of real ones.
    """
    if not 7 <= len(digits) <= 15:
        return False
    for text, region in [(digits, one) for one in regions] + [("+" + digits, None)]:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if (region or len(digits) >= 11) and phonenumbers.is_valid_number(number):
            return True
    trunk = digits[0] == "0" and digits[1] != "0" and len(digits) in (10, 11) and not TRUNK.isdisjoint(regions)
    return trunk or ("55501" in digits and len(digits) in (7, 10, 11))


def year(value: int) -> bool:
    """Return whether someone alive may be born in the year ``value``; two digits are within a century."""
    return 0 <= value <= 99 or FIRST_YEAR <= value <= LAST_YEAR


def network_address(text: str) -> bool:
    """Return whether ``text`` is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
