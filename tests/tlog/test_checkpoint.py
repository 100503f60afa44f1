import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.tlog import checkpoint as checkpoints
from fairhearing.tlog import keys, note, receipt
from fairhearing.tlog.checkpoint import Checkpoint, CheckpointInvalid
from fairhearing.tlog.keys import KeyType, Signer
from fairhearing.tlog.note import NoteInvalid, SignatureMissing, SignatureWrong
from fairhearing.tlog.proofs import ProofInvalid, inclusion_proof
from fairhearing.tlog.receipt import Receipt, ReceiptMalformed
from fairhearing.tlog.tree import EMPTY_ROOT

from . import naive

ORIGIN = "log.example/heard"
LOG = Signer(ORIGIN, b"l" * 32)
OTHER = Signer("other.example/log", b"o" * 32)
LEAVES = naive.leaves(11)
CHECKPOINT = Checkpoint(ORIGIN, 11, naive.root(LEAVES))
SIGNED = checkpoints.sign(CHECKPOINT, LOG)
RECEIPT = Receipt(6, tuple(inclusion_proof(6, 11, naive.Reader(LEAVES))), SIGNED)


def test_a_checkpoint_comes_back_from_its_note() -> None:
    assert checkpoints.verify(SIGNED, LOG.verifier()) == CHECKPOINT
    assert SIGNED.startswith(f"{ORIGIN}\n11\n")


def test_another_logs_checkpoint_is_refused() -> None:
    with pytest.raises(SignatureMissing):
        checkpoints.verify(SIGNED, OTHER.verifier())
    with pytest.raises(CheckpointInvalid, match=r"the signer is other\.example/log"):
        checkpoints.sign(CHECKPOINT, OTHER)
    foreign = keys.sign(CHECKPOINT.encode(), OTHER)
    with pytest.raises(CheckpointInvalid, match=r"is of 'log\.example/heard', expected 'other\.example/log'"):
        checkpoints.verify(foreign, OTHER.verifier())


def test_extension_lines_are_kept() -> None:
    extended = Checkpoint(ORIGIN, 11, CHECKPOINT.root, ("one", "two words"))
    assert checkpoints.verify(checkpoints.sign(extended, LOG), LOG.verifier()) == extended


GOOD = CHECKPOINT.encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        GOOD[:-1],
        GOOD + "\n",
        GOOD.replace("\n11\n", "\n011\n"),
        GOOD.replace("\n11\n", "\n+11\n"),
        GOOD.replace("\n11\n", "\n-1\n"),
        GOOD.replace("\n11\n", "\n١١\n"),
        GOOD.replace("\n11\n", "\n1_1\n"),
        GOOD.replace("\n11\n", "\n\n"),
        GOOD.replace("\n11\n", f"\n{2**63}\n"),
        GOOD.replace("\n11\n", "\n" + "9" * 9000 + "\n"),
        GOOD.replace("\n11\n", "\n0\n"),
        GOOD.replace(ORIGIN, ""),
        GOOD.replace("=\n", "\n"),
        f"{ORIGIN}\n11\nAAAA\n",
        f"{ORIGIN}\n11\n",
    ],
)
def test_another_spelling_of_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointInvalid):
        Checkpoint.parse(text)


def test_the_empty_tree_has_one_root() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert Checkpoint.parse(empty.encode()) == empty
    with pytest.raises(CheckpointInvalid, match="the empty tree has root"):
        Checkpoint(ORIGIN, 0, b"x" * 32)


@given(st.text(max_size=80) | st.from_regex(r"[a-z]{1,3}\n[0-9]{1,3}\n[A-Za-z0-9+/]{43}=\n"))
def test_any_text_is_a_checkpoint_or_refused(text: str) -> None:
    with contextlib.suppress(CheckpointInvalid):
        assert Checkpoint.parse(text).encode() == text


def test_witnesses_are_counted_when_known_and_refused_when_wrong() -> None:
    witness = OTHER.verifier(KeyType.COSIGNATURE)
    assert checkpoints.witnesses(SIGNED, [witness]) == []
    signatures = [LOG.signature(GOOD), OTHER.cosignature(GOOD, 1_700_000_000)]
    cosigned = note.build(GOOD, signatures)
    assert checkpoints.verify(cosigned, LOG.verifier()) == CHECKPOINT
    assert checkpoints.witnesses(cosigned, [witness]) == [OTHER.name]
    assert checkpoints.witnesses(cosigned, []) == []
    wrong = note.build(GOOD, [signatures[0], OTHER.cosignature("another\n", 1_700_000_000)])
    with pytest.raises(SignatureWrong):
        checkpoints.witnesses(wrong, [witness])


def test_a_receipt_shows_its_entry_and_no_other() -> None:
    assert receipt.verify(RECEIPT, naive.entries(11)[6], LOG.verifier()) == CHECKPOINT
    with pytest.raises(ProofInvalid):
        receipt.verify(RECEIPT, naive.entries(11)[5], LOG.verifier())
    with pytest.raises(SignatureMissing):
        receipt.verify(RECEIPT, naive.entries(11)[6], OTHER.verifier())


@pytest.mark.parametrize("extra", [None, b"", b"salt \x00\xff"])
def test_a_receipt_comes_back_from_its_file(extra: bytes | None) -> None:
    made = Receipt(RECEIPT.index, RECEIPT.proof, SIGNED, extra)
    assert Receipt.parse(made.encode()) == made
    assert Receipt.parse(made.encode().encode()) == made


def test_a_receipt_of_a_log_of_one_entry_has_no_hashes() -> None:
    alone = checkpoints.sign(Checkpoint(ORIGIN, 1, LEAVES[0]), LOG)
    made = Receipt(0, (), alone)
    assert made.encode() == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{alone}"
    receipt.verify(Receipt.parse(made.encode()), naive.entries(1)[0], LOG.verifier())


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("@v1", "@v2"),
        ("index 6", "index 06"),
        ("index 6", "index -6"),
        ("index 6", "index"),
        ("index 6\n", ""),
        ("index 6", "extra ####\nindex 6"),
        ("index 6", "index 6\nAAAA"),
        ("index 6", "index 6\nextra AAAA"),
        ("\n\nlog", "\nlog"),
    ],
)
def test_another_spelling_of_a_receipt_is_refused(part: str, instead: str) -> None:
    with pytest.raises(ReceiptMalformed):
        # Without the note's own blank line, so that the receipt has none at all when it loses its own.
        Receipt.parse(RECEIPT.encode().replace("\n\n—", "\n—").replace(part, instead, 1))


@pytest.mark.parametrize(("index", "proof"), [(-1, ()), (2**63, ()), (0, (b"short",)), (0, (b"x" * 32,) * 64)])
def test_a_receipt_of_impossible_values_is_not_made(index: int, proof: tuple[bytes, ...]) -> None:
    with pytest.raises(ReceiptMalformed):
        Receipt(index, proof, SIGNED)


@given(st.integers(0, len(RECEIPT.encode().encode()) * 8 - 1))
def test_any_flipped_bit_of_a_receipt_is_found(bit: int) -> None:
    data = bytearray(RECEIPT.encode().encode())
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises((ReceiptMalformed, ProofInvalid, NoteInvalid, CheckpointInvalid)):
        receipt.verify(Receipt.parse(bytes(data)), naive.entries(11)[6], LOG.verifier())


@given(st.binary(max_size=120) | st.text(max_size=80).map(lambda text: "c2sp.org/tlog-proof@v1\n" + text))
def test_anything_is_a_receipt_or_refused(data: bytes | str) -> None:
    with contextlib.suppress(ReceiptMalformed):
        Receipt.parse(data)
