import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.tlog import note
from fairhearing.tlog.cosignatures import cosigned_time
from fairhearing.tlog.keys import KeyMalformed, KeyType, Signer, Verifier, sign
from fairhearing.tlog.note import (
    Note,
    NoteInvalid,
    NoteMalformed,
    Signature,
    SignatureMissing,
    SignatureWrong,
)

# The worked example of C2SP signed-note.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_SIGNATURE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
EXAMPLE = f"This is an example message.\n\n— example.com/foo {EXAMPLE_SIGNATURE}\n"

ALICE = Signer("alice.example/log", b"a" * 32)
BOB = Signer("bob.example/log", b"b" * 32)
TEXT = "one\n\ntwo\n"


def test_the_specifications_example_verifies_from_text_and_from_bytes() -> None:
    key = Verifier.parse(EXAMPLE_KEY)
    assert key.vkey == EXAMPLE_KEY
    assert note.verify(EXAMPLE, [key]).text == "This is an example message.\n"
    assert note.verify(EXAMPLE.encode(), [key]).encode() == EXAMPLE


def test_a_stranger_does_not_make_a_note_believed() -> None:
    with pytest.raises(SignatureMissing, match=r"no signature of bob\.example/log"):
        note.verify(sign(TEXT, ALICE), [BOB.verifier()])
    with pytest.raises(SignatureMissing, match="no key"):
        note.verify(sign(TEXT, ALICE), [])


def test_a_text_with_blank_lines_is_signed_whole() -> None:
    assert note.verify(sign(TEXT, ALICE), [ALICE.verifier()]).text == TEXT


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    signed = note.build(TEXT, [BOB.signature("another text\n"), ALICE.signature(TEXT)])
    assert [found.name for found in note.verify(signed, [ALICE.verifier()]).signatures] == [ALICE.name]


def test_a_known_key_that_fails_refuses_the_note_even_beside_one_that_holds() -> None:
    signed = note.build(TEXT, [BOB.signature("another text\n"), ALICE.signature(TEXT)])
    with pytest.raises(SignatureWrong, match=r"bob\.example/log"):
        note.verify(signed, [ALICE.verifier(), BOB.verifier()])


def test_a_name_or_an_id_alone_does_not_make_a_key_known() -> None:
    true = ALICE.signature(TEXT)
    renamed = Signature("mallory", true.key_id, true.value)
    renumbered = Signature(true.name, b"\0\0\0\0", true.value)
    with pytest.raises(SignatureMissing):
        note.verify(note.build(TEXT, [renamed, renumbered]), [ALICE.verifier()])


def test_sixteen_signatures_and_more_are_read_and_101_are_not() -> None:
    many = [Signer(f"witness{at}", bytes([at]) * 32) for at in range(100)]
    signatures = [signer.signature(TEXT) for signer in many]
    found = note.verify(note.build(TEXT, signatures), [signer.verifier() for signer in many])
    assert len(found.signatures) == 100
    with pytest.raises(NoteMalformed, match="has 101 signatures"):
        note.build(TEXT, [*signatures, ALICE.signature(TEXT)])


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "text\n",
        "text\n\n",
        f"text\n— example.com/foo {EXAMPLE_SIGNATURE}\n",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE.replace("—", "-"),
        EXAMPLE.replace("— ", "—"),
        EXAMPLE.replace("foo ", "foo  "),
        EXAMPLE.replace("foo", "f+o"),
        EXAMPLE.replace("foo", "f\u2003o"),
        EXAMPLE.replace("QM=", "QN="),
        EXAMPLE.replace("QM=", "QM"),
        EXAMPLE.replace(EXAMPLE_SIGNATURE, "Uw2QOg=="),
        EXAMPLE.replace(EXAMPLE_SIGNATURE, ""),
        EXAMPLE.replace("This", "Th\ris"),
        EXAMPLE.replace("This", "Th\0is"),
        EXAMPLE.replace("This", "Th\tis"),
        EXAMPLE.replace("This", "Th\ud800is"),
        EXAMPLE.encode().replace(b"This", b"Th\xffis"),
        EXAMPLE.encode().replace(b"This", b"Th\xc0\x80is"),
        "x" * 1_000_000 + EXAMPLE,
    ],
)
def test_what_is_no_note_is_refused(malformed: str | bytes) -> None:
    with pytest.raises(NoteMalformed):
        Note.parse(malformed)


@pytest.mark.parametrize("text", ["", "no end", "a\tb\n", "\ud800\n"])
def test_a_text_that_no_note_can_carry_is_not_signed(text: str) -> None:
    with pytest.raises(NoteMalformed):
        sign(text, ALICE)


@given(st.binary(max_size=100) | st.text(max_size=100))
def test_anything_is_a_note_or_refused(data: bytes | str) -> None:
    with contextlib.suppress(NoteInvalid):
        note.verify(data, [ALICE.verifier()])


@given(st.integers(0, len(EXAMPLE.encode()) * 8 - 1))
def test_any_flipped_bit_of_a_note_is_found(bit: int) -> None:
    data = bytearray(EXAMPLE.encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NoteInvalid):
        note.verify(bytes(data), [Verifier.parse(EXAMPLE_KEY)])


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY.replace("foo", "bar"),
        EXAMPLE_KEY.replace("foo", "f o"),
        EXAMPLE_KEY.replace("+Aek", "+Aok"),
        EXAMPLE_KEY.replace("+Aek", "+Bek"),
        EXAMPLE_KEY[:-4],
        EXAMPLE_KEY + "\n",
        "example.com/foo+530d903a+",
    ],
)
def test_a_key_that_does_not_fit_itself_is_refused(vkey: str) -> None:
    with pytest.raises(KeyMalformed):
        Verifier.parse(vkey)


@given(st.text(max_size=60) | st.from_regex(r"[a-z]{1,5}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{0,44}"))
def test_any_text_is_a_key_or_refused(vkey: str) -> None:
    with contextlib.suppress(KeyMalformed):
        Verifier.parse(vkey)


def test_a_key_with_a_plus_in_its_base64_comes_back() -> None:
    keys = [Signer("log", bytes([at]) * 32).verifier() for at in range(40)]
    assert any("+" in key.vkey.split("+", 2)[2] for key in keys)
    assert [Verifier.parse(key.vkey) for key in keys] == keys


@pytest.mark.parametrize(("name", "seed"), [("", b"a" * 32), ("a b", b"a" * 32), ("\ud800", b"a" * 32), ("a", b"")])
def test_a_signer_without_a_proper_name_or_seed_is_refused(name: str, seed: bytes) -> None:
    with pytest.raises(KeyMalformed):
        Signer(name, seed)


def test_a_signer_shows_no_secret_and_is_not_pickled() -> None:
    assert repr(ALICE) == "Signer('alice.example/log', …)"
    with pytest.raises(TypeError):
        pickle.dumps(ALICE)


def test_a_cosignature_holds_for_its_text_and_time_alone() -> None:
    witness = BOB.verifier(KeyType.COSIGNATURE)
    made = BOB.cosignature(TEXT, 1_700_000_000)
    assert cosigned_time(made.value) == 1_700_000_000
    assert note.verify(note.build(TEXT, [made]), [Verifier.parse(witness.vkey)]).signatures == (made,)
    later = Signature(made.name, made.key_id, (1_700_000_001).to_bytes(8, "big") + made.value[8:])
    with pytest.raises(SignatureWrong):
        note.verify(note.build(TEXT, [later]), [witness])
    with pytest.raises(SignatureWrong):
        note.verify(note.build(TEXT, [Signature(made.name, made.key_id, b"short")]), [witness])
