"""What a witness checks, kind by kind, and the bytes that go to and fro (C2SP tlog-witness, tlog-cosignature)."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog import keys, note, receipt, witness
from fairhearing.tlog.checkpoint import Checkpoint
from fairhearing.tlog.cosignatures import cosigned_time, text_message, tree_message
from fairhearing.tlog.keys import KeyMalformed, KeyType, Signer, TreeCosigner, Verifier
from fairhearing.tlog.note import NoteInvalid, SignatureMissing, SignatureWrong
from fairhearing.tlog.proofs import consistency_proof, inclusion_proof
from fairhearing.tlog.receipt import Receipt
from fairhearing.tlog.witness import (
    AddCheckpoint,
    Inconsistent,
    NotTheLogs,
    OldSizeDiffers,
    OriginUnknown,
    Refused,
    RequestMalformed,
    Seen,
)

from . import naive

LOG = Signer("log.example/heard", b"l" * 32)
OTHER = Signer("other.example/log", b"o" * 32)
TRUSTED = [LOG.verifier()]
LEAVES = naive.leaves(20)
FORKED = [*LEAVES[:4], *reversed(LEAVES[4:])]
OWN = json.loads((Path(__file__).parent / "vectors" / "cosigned.json").read_text())


def signed(size: int, leaves: list[bytes] = LEAVES, signer: Signer = LOG) -> str:
    return checkpoints.sign(Checkpoint(signer.name, size, naive.root(leaves[:size])), signer)


def request(old: int, size: int, leaves: list[bytes] = LEAVES) -> AddCheckpoint:
    proof = consistency_proof(old, size, naive.Reader(leaves)) if 0 < old < size else []
    return AddCheckpoint(old, tuple(proof), signed(size, leaves))


def seen(size: int, leaves: list[bytes] = LEAVES) -> Seen:
    return Seen(size, naive.root(leaves[:size]))


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 1), (0, 20), (1, 1), (1, 2), (7, 8), (8, 19), (20, 20)])
def test_a_log_that_only_grew_is_signed(old: int, size: int) -> None:
    assert witness.check(request(old, size), seen(old), TRUSTED).size == size


def test_a_log_that_is_not_known_is_not_signed() -> None:
    with pytest.raises(OriginUnknown):
        witness.check(request(0, 5), Seen(), [])


def test_a_checkpoint_that_the_logs_key_did_not_sign_is_not_signed() -> None:
    foreign = AddCheckpoint(0, (), signed(5, signer=OTHER))
    wrong = AddCheckpoint(0, (), signed(5).replace("\n5\n", "\n6\n"))
    for asked in (foreign, wrong):
        with pytest.raises(NotTheLogs):
            witness.check(asked, Seen(), TRUSTED)
    borrowed = AddCheckpoint(0, (), keys.sign(Checkpoint(OTHER.name, 5, naive.root(LEAVES[:5])).encode(), LOG))
    with pytest.raises(NotTheLogs):
        witness.check(borrowed, Seen(), TRUSTED)


def test_a_split_view_is_refused_at_every_size() -> None:
    for old in range(5, 20):
        for size in range(old + 1, 21):
            with pytest.raises(Inconsistent):
                witness.check(request(old, size, FORKED), seen(old), TRUSTED)


def test_another_tree_of_the_same_size_is_refused() -> None:
    with pytest.raises(Inconsistent):
        witness.check(AddCheckpoint(9, (), signed(9, FORKED)), seen(9), TRUSTED)


def test_a_rollback_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        witness.check(request(9, 5), seen(9), TRUSTED)
    assert caught.value.status == 400
    with pytest.raises(OldSizeDiffers) as differs:
        witness.check(request(5, 5), seen(9), TRUSTED)
    assert (differs.value.status, differs.value.size) == (409, 9)


def test_what_was_signed_before_is_not_signed_again_from_its_older_size() -> None:
    replayed = request(5, 9)
    witness.check(replayed, seen(5), TRUSTED)
    for now in (9, 12):
        with pytest.raises(OldSizeDiffers, match=f"the last size signed is {now}"):
            witness.check(replayed, seen(now), TRUSTED)


def test_size_0_as_the_older_size_takes_no_proof_and_is_no_way_around_what_was_seen() -> None:
    with pytest.raises(Inconsistent):
        witness.check(AddCheckpoint(0, (b"x" * 32,), signed(5)), Seen(), TRUSTED)
    with pytest.raises(OldSizeDiffers):
        witness.check(request(0, 9), seen(5), TRUSTED)


def test_the_empty_tree_with_another_root_is_refused() -> None:
    text = Checkpoint(LOG.name, 0, naive.root([])).encode().replace("47DEQ", "57DEQ")
    with pytest.raises(Inconsistent) as caught:
        witness.check(AddCheckpoint(0, (), keys.sign(text, LOG)), Seen(), TRUSTED)
    assert caught.value.status == 422


def test_what_is_signed_must_be_a_checkpoint() -> None:
    for text in (f"{LOG.name}\n", f"{LOG.name}\n5\nAAAA\n", f"{LOG.name}\n05\n{OWN['root']}\n"):
        with pytest.raises(Refused) as caught:
            witness.check(AddCheckpoint(0, (), keys.sign(text, LOG)), Seen(), TRUSTED)
        assert caught.value.status == 400
    with pytest.raises(Refused):
        witness.check(AddCheckpoint(0, (), f"{LOG.name}\nno note"), Seen(), TRUSTED)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.data())
def test_whatever_comes_only_growth_from_what_was_seen_is_signed(old: int, size: int, was: int, data: Any) -> None:
    leaves = data.draw(st.sampled_from([LEAVES, FORKED]))
    honest = old == was <= size and (leaves is LEAVES or was < 5)
    if honest:
        assert witness.check(request(old, size, leaves), seen(was), TRUSTED).size == size
    else:
        with pytest.raises(Refused):
            witness.check(request(old, size, leaves), seen(was), TRUSTED)


@given(st.integers(0, len(request(7, 19).encode()) * 8 - 1))
def test_any_flipped_bit_of_a_request_is_refused(bit: int) -> None:
    data = bytearray(request(7, 19).encode())
    data[bit // 8] ^= 1 << bit % 8

    def asked() -> None:
        changed = AddCheckpoint.parse(bytes(data))
        witness.check(changed, seen(7), witness.by_origin(TRUSTED).get(witness.origin_of(changed), []))

    with pytest.raises((RequestMalformed, Refused)):
        asked()


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.text(max_size=40))
def test_a_request_comes_back_from_its_bytes(old: int, proof: list[bytes], rest: str) -> None:
    made = AddCheckpoint(old, tuple(proof), rest)
    assert AddCheckpoint.parse(made.encode()) == made


@given(st.binary(max_size=120) | st.text(max_size=80).map(lambda text: b"old 5\n" + text.encode()))
def test_anything_is_a_request_or_refused(data: bytes) -> None:
    with contextlib.suppress(RequestMalformed):
        assert AddCheckpoint.parse(data).encode() == data


@pytest.mark.parametrize("body", [b"", b"old 1\n", b"old 01\n\nx", b"old -1\n\nx", b"old 1\nAAAA\n\nx", b"new 1\n\nx"])
def test_another_spelling_of_a_request_is_refused(body: bytes) -> None:
    with pytest.raises(RequestMalformed):
        AddCheckpoint.parse(body)


def test_a_request_of_impossible_values_is_not_made() -> None:
    for old, proof in ((-1, ()), (2**63, ()), (1, (b"short",)), (1, (b"x" * 32,) * 64)):
        with pytest.raises(RequestMalformed):
            AddCheckpoint(old, proof, "")


# --- cosignatures

W1, W2 = Signer("w.example/1", b"1" * 32), TreeCosigner("w.example/2", b"2" * 32)
BOTH = [W1.verifier(KeyType.COSIGNATURE), W2.verifier()]
TEXT = Checkpoint(LOG.name, 5, naive.root(LEAVES[:5])).encode()


def lines(text: str = TEXT, time: int = 1_700_000_000) -> bytes:
    return "".join(one.cosignature(text, time).line for one in (W1, W2)).encode()


def test_the_messages_are_those_of_the_specification() -> None:
    assert text_message(TEXT, 17) == b"cosignature/v1\ntime 17\n" + TEXT.encode()
    root = naive.root(LEAVES[:5])
    by_hand = (
        b"subtree/v1\n\0" + b"\x0bw.example/2" + (17).to_bytes(8, "big") + b"\x11log.example/heard"
        + (0).to_bytes(8, "big") + (5).to_bytes(8, "big") + root
    )  # fmt: skip
    assert tree_message("w.example/2", TEXT, 17) == by_hand


def test_a_witness_s_answer_is_taken_when_it_fits_the_checkpoint() -> None:
    found = witness.parse_cosignatures(lines(), signed(5), BOTH)
    assert [one.name for one in found] == ["w.example/1", "w.example/2"]
    assert [cosigned_time(one.value) for one in found] == [1_700_000_000] * 2
    cosigned = note.build(TEXT, [LOG.signature(TEXT), *found])
    assert checkpoints.cosigners(cosigned, BOTH) == BOTH
    assert checkpoints.cosigners(cosigned, [LOG.verifier()]) == [], "a log does not witness itself"
    assert checkpoints.verify(cosigned, LOG.verifier()).size == 5


def test_a_witness_s_answer_that_does_not_fit_is_refused() -> None:
    with pytest.raises(SignatureMissing):
        witness.parse_cosignatures(OTHER.cosignature(TEXT, 1).line.encode(), signed(5), BOTH)
    for text in (TEXT.replace("\n5\n", "\n6\n"), TEXT.replace("heard", "other")):
        for line in lines(text).splitlines(keepends=True):
            with pytest.raises(SignatureWrong):
                witness.parse_cosignatures(line, signed(5), BOTH)
    for answer in (b"", b"\n", lines()[:-1], b"\xff\n", lines() + b"\n", b"x" + lines()):
        with pytest.raises(NoteInvalid):
            witness.parse_cosignatures(answer, signed(5), BOTH)


@given(st.integers(0, len(lines()) * 8 - 1))
def test_any_flipped_bit_of_a_cosignature_is_found_or_makes_it_another_s(bit: int) -> None:
    data = bytearray(lines())
    data[bit // 8] ^= 1 << bit % 8
    try:
        found = witness.parse_cosignatures(bytes(data), signed(5), BOTH)
    except NoteInvalid:
        return
    assert len(found) == 1, "a changed name or id is nobody's; what is left is the other's and right"


@given(st.binary(max_size=90))
def test_no_bytes_are_taken_for_a_cosignature(value: bytes) -> None:
    assert not any(key.accepts(TEXT, value) for key in BOTH)
    assert not any(key.accepts("no checkpoint\n", value) for key in BOTH)


def test_a_time_beyond_the_format_is_refused() -> None:
    value = (2**63).to_bytes(8, "big") + W1.cosignature(TEXT, 5).value[8:]
    assert not BOTH[0].accepts(TEXT, value)
    with pytest.raises(ValueError, match="has no time"):
        cosigned_time(value)


def test_a_cosigner_shows_nothing_of_its_key() -> None:
    assert repr(W2) == "TreeCosigner('w.example/2', …)"
    with pytest.raises(TypeError):
        W2.__reduce__()
    with pytest.raises(KeyMalformed):
        TreeCosigner("w.example/2", b"short")
    with pytest.raises(ValueError, match="expected a checkpoint"):
        W2.cosignature("no checkpoint\n", 1)


def test_a_witness_s_key_signs_no_log() -> None:
    cosigned = note.build(TEXT, [W1.cosignature(TEXT, 1)])
    with pytest.raises(checkpoints.CheckpointInvalid, match="witness's"):
        checkpoints.verify(cosigned, W1.verifier(KeyType.COSIGNATURE))


def test_the_committed_vectors_still_verify() -> None:
    """Made once and kept: what a later version signs or reads differently shows here."""
    log, *cosigners = [Verifier.parse(key) for key in (OWN["log"], *OWN["witnesses"])]
    proof = Receipt.parse(OWN["proof"])
    assert proof.encode() == OWN["proof"]
    assert receipt.verify(proof, OWN["entry"].encode(), log) == checkpoints.verify(OWN["checkpoint"], log)
    assert checkpoints.cosigners(OWN["checkpoint"], cosigners) == cosigners
    asked = AddCheckpoint.parse(OWN["request"].encode())
    assert witness.check(asked, Seen(asked.old_size, bytes.fromhex(OWN["old_root"])), [log]).size == 20
    assert Signer(log.name, bytes.fromhex(OWN["log_seed"])).verifier() == log
    signer = Signer(cosigners[0].name, bytes.fromhex(OWN["witness_seed"]))
    assert signer.cosignature(note.Note.parse(OWN["checkpoint"]).text, OWN["time"]).line in OWN["checkpoint"]


def make_vectors() -> dict[str, Any]:
    """How ``vectors/cosigned.json`` was made."""
    text = Checkpoint(LOG.name, 20, naive.root(LEAVES)).encode()
    cosigned = note.build(text, [LOG.signature(text), *(one.cosignature(text, 1_700_000_000) for one in (W1, W2))])
    return {
        "log": LOG.verifier().vkey,
        "log_seed": (b"l" * 32).hex(),
        "witnesses": [key.vkey for key in BOTH],
        "witness_seed": (b"1" * 32).hex(),
        "time": 1_700_000_000,
        "root": note.Note.parse(cosigned).text.split("\n")[2],
        "checkpoint": cosigned,
        "entry": "entry 7",
        "proof": Receipt(7, tuple(inclusion_proof(7, 20, naive.Reader(LEAVES))), cosigned).encode(),
        "old_root": naive.root(LEAVES[:7]).hex(),
        "request": request(7, 20).encode().decode(),
    }
