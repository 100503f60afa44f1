"""The speaker's key: derived as the format says, shown by nothing, and finding all that it made, whatever the gaps."""

import copy
import hashlib
import hmac
import json
import pickle
import re
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairhearing.consent.models import Purpose
from fairhearing.consent.speaker_key import LOOK_BEYOND, SpeakerKey, SpeakerKeyInvalid, derive, find_count, handles

SECRET, PRODUCT, USER = b"the product's own secret", "hearth", "user-42"
RAW = bytes(range(32))
KEY = SpeakerKey(RAW)


def _by_hand(secret: bytes, product: str, user: str) -> bytes:
    """RFC 5869 with HMAC alone: extract, then one block of expand."""
    extracted = hmac.new(b"fairhearing/speaker/v1", secret, hashlib.sha256).digest()
    info = product.encode("utf-8") + b"\x00" + user.encode("utf-8")
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def test_the_key_is_what_the_format_says() -> None:
    derived = derive(product_secret=SECRET, product=PRODUCT, user=USER)
    assert derived.sealed_form() == _by_hand(SECRET, PRODUCT, USER)
    # Fixed for ever: products hold keys that were derived so.
    assert derived.sealed_form().hex() == "28c4d438533b45a042a06b35a2bf29bf4ed08b1af90f3d36d6471fc035c9db71"


@given(secret=st.binary(min_size=1, max_size=100), product=st.text(max_size=20), user=st.text(max_size=40))
def test_the_key_is_what_the_format_says_for_everybody(secret: bytes, product: str, user: str) -> None:
    for text in (product, user):
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            return
    assert derive(product_secret=secret, product=product, user=user).sealed_form() == _by_hand(secret, product, user)


def test_handles_are_what_the_format_says() -> None:
    for number in (0, 1, 255, 256, 1 << 40):
        message = b"recording" + number.to_bytes(8, "big")
        assert KEY.recording_handle(number) == hmac.new(RAW, message, hashlib.sha256).digest()
    for purpose in Purpose:
        message = b"consent" + purpose.value.encode("ascii")
        assert KEY.consent_handle(purpose) == hmac.new(RAW, message, hashlib.sha256).digest()
    assert list(handles(KEY, 3)) == [KEY.recording_handle(number) for number in range(3)]


def test_the_documented_vectors_hold() -> None:
    """docs/formats/speaker-key.md is what products build their own derivation against."""
    text = (Path(__file__).parents[2] / "docs" / "formats" / "speaker-key.md").read_text()
    first = derive(product_secret=b"correct horse", product="hearth", user="user-1")
    second = derive(product_secret=bytes(range(32)), product="brücke", user="Zoë")
    derived = [first.recording_handle(number) for number in (0, 1, 1000)]
    derived += [first.consent_handle("human_review"), second.recording_handle(1 << 33)]
    derived += [first.sealed_form(), second.sealed_form()]
    assert set(re.findall(r"`([0-9a-f]{64})`", text)) == {value.hex() for value in derived}


def test_keys_of_others_and_handles_of_other_uses_have_nothing_in_common() -> None:
    keys = [
        derive(product_secret=secret, product=product, user=user)
        for secret in (b"a secret", b"another secret")
        for product in ("one", "two")
        for user in ("ann", "bea", "")
    ]
    made = [key.recording_handle(number) for key in keys for number in range(5)]
    made += [key.consent_handle(purpose) for key in keys for purpose in Purpose]
    made += [key.sealed_form() for key in keys]
    assert len(set(made)) == len(made)


@dataclass
class _Carrier:
    key: SpeakerKey
    number: int


def test_nothing_shows_the_key() -> None:
    forms = (RAW.hex(), repr(RAW), str(list(RAW)), RAW.hex().upper())
    shown = [repr(KEY), str(KEY), f"{KEY}", f"{KEY!r}", repr([KEY]), repr(_Carrier(KEY, 1)), repr({"key": KEY})]
    assert not any(form in text for form in forms for text in shown)
    assert not hasattr(KEY, "__dict__")
    with pytest.raises(AttributeError):
        KEY.anything = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_key_is_not_pickled_copied_or_written_as_json(protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(KEY, protocol)
    for carry in (copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            carry(KEY)
    with pytest.raises(TypeError):
        asdict(_Carrier(KEY, 1))


@given(
    text=st.one_of(
        st.text(alphabet="0123456789abcdef", max_size=80).filter(lambda text: len(text) != 64),
        st.text(min_size=8, max_size=80).filter(lambda text: not set(text) <= set("0123456789abcdefABCDEF")),
    )
)
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(SpeakerKeyInvalid) as refusal:
        SpeakerKey.from_hex(text)
    told = "".join(traceback.format_exception_only(refusal.value)) + repr(refusal.value.args)
    assert f"got {len(text)} characters" in told
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
    assert len(text) < 20 or text not in told


def test_a_key_comes_back_from_its_hex_in_either_case() -> None:
    assert SpeakerKey.from_hex(RAW.hex()) == KEY
    assert SpeakerKey.from_hex(RAW.hex().upper()) == KEY
    assert SpeakerKey(bytes(32)) != KEY
    assert RAW != KEY
    for size in (0, 31, 33):
        with pytest.raises(SpeakerKeyInvalid):
            SpeakerKey(b"x" * size)


class _Store:
    """Handles that are known, and how often somebody looked."""

    def __init__(self, numbers: set[int]) -> None:
        self.known = {KEY.recording_handle(number) for number in numbers}
        self.looks = 0

    def exists(self, wanted: list[bytes]) -> set[bytes]:
        self.looks += 1
        return self.known & set(wanted)


@settings(max_examples=200)
@given(gaps=st.lists(st.integers(0, LOOK_BEYOND), max_size=60))
def test_no_gap_of_up_to_64_hides_anything(gaps: list[int]) -> None:
    """Each number that is in use, with up to 64 free ones before it: the first free number lies behind them all."""
    numbers, at = set(), 0
    for gap in gaps:
        at += gap
        numbers.add(at)
        at += 1
    assert find_count(KEY, _Store(numbers).exists) == (max(numbers) + 1 if numbers else 0)


@given(count=st.integers(0, 5000))
def test_a_speakers_number_is_found_in_few_looks(count: int) -> None:
    store = _Store(set(range(count)))
    assert find_count(KEY, store.exists) == count
    assert store.looks <= 2 * max(1, count).bit_length() + 3


@given(others=st.sets(st.integers(0, 100)))
def test_what_others_have_is_not_counted(others: set[int]) -> None:
    stranger = SpeakerKey(b"s" * 32)
    assert find_count(stranger, _Store(others).exists) == 0
