"""The page's verification and Python's are one: on random trees, texts and lies they accept and refuse the same."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fairhearing.ledger.entries import canonical, commitment
from fairhearing.tlog import Signer, keys, receipt
from fairhearing.tlog.checkpoint import CheckpointInvalid
from fairhearing.tlog.keys import KeyMalformed, Verifier
from fairhearing.tlog.note import NoteInvalid
from fairhearing.tlog.proofs import (
    ProofInvalid,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from fairhearing.tlog.receipt import Receipt, ReceiptMalformed
from tests.browser.conftest import Office
from tests.browser.receipts import FakeLog, entry, fake_log
from tests.tlog import naive

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 63, 64, 65, 100, 127, 128, 129, 200, 255, 256, 257, 300]
REFUSED = (ProofInvalid, ReceiptMalformed, NoteInvalid, CheckpointInvalid, KeyMalformed)
HUGE = 2**63 - 1

# Runs every case through one of the module's functions and gives whether it was accepted.
MODULE = """
async ([kind, cases]) => {
  const module = await import("/static/dist/receipt.js");
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const offline = () => Promise.reject(new Error("nothing is to be fetched here"));
  const check = {
    inclusion: (one) => module.verifyInclusion({
      index: BigInt(one.index), size: BigInt(one.size), leaf: bytes(one.leaf), root: bytes(one.root),
      proof: one.proof.map(bytes) }),
    consistency: (one) => module.verifyConsistency({
      oldSize: BigInt(one.oldSize), size: BigInt(one.size), oldRoot: bytes(one.oldRoot), root: bytes(one.root),
      proof: one.proof.map(bytes) }),
    receipt: async (one) => {
      const asked = { remembered: null, witnesses: "", openings: "", compare: false, ...one };
      const steps = await module.verify(asked, offline);
      if (module.conclude(steps) !== "shown") throw new Error("refused");
    },
    key: (one) => module.parseKey(one, "the key"),
  }[kind];
  return Promise.all(cases.map((one) => check(one).then(() => true, () => false)));
}
"""


def agree(page: "Page", kind: str, cases: list[Any], python: Callable[[Any], Any]) -> list[bool]:
    """What both say of each case; fails at the first of which they say different things."""
    accepted = []
    for one in cases:
        try:
            python(one)
            accepted.append(True)
        except REFUSED:
            accepted.append(False)
    said = page.evaluate(MODULE, [kind, cases])
    differ = [(one, ours) for one, ours, theirs in zip(cases, accepted, said, strict=True) if ours != theirs]
    assert differ == [], f"{len(differ)} of {len(cases)}; Python says {differ[0][1]}"
    return accepted


@pytest.fixture
def page(office: Office) -> "Page":
    opened = office.watched().page()
    opened.goto("/log/")
    return opened


def mangled(chance: random.Random, proof: list[str]) -> list[str]:
    """A proof in which one hash is changed, missing, twice there, too short, or at another place."""
    hashes, at = list(proof), chance.randrange(len(proof) + 1)
    choice = chance.randrange(5)
    if choice == 0 or not hashes:
        hashes.insert(at, chance.randbytes(32).hex())
    elif choice == 1:
        del hashes[at - 1]
    elif choice == 2:
        hashes[at - 1] = f"{int(hashes[at - 1], 16) ^ (1 << chance.randrange(256)):064x}"
    elif choice == 3:
        hashes[at - 1] = hashes[at - 1][:-2]
    else:
        chance.shuffle(hashes)
    return hashes


def inclusion_cases(chance: random.Random) -> Iterator[dict[str, Any]]:
    for size in SIZES:
        leaves = naive.leaves(size)
        reader, root = naive.Reader(leaves), naive.root(leaves).hex()
        indexes = range(size) if size in (5, 33, 100) else {0, size - 1, size // 2, chance.randrange(size)}
        for index in indexes:
            proof = [one.hex() for one in inclusion_proof(index, size, reader)]
            true = {"index": index, "size": size, "leaf": leaves[index].hex(), "root": root, "proof": proof}
            yield true
            yield true | {"index": chance.choice([index ^ 1, index + 1, size, size + index, HUGE])}
            yield true | {"size": chance.choice([0, size - 1, size + 1, 2 * size, HUGE])}
            yield true | {"leaf": leaves[(index + 1) % size].hex()}
            yield true | {"proof": mangled(chance, proof)}


def test_inclusion_proofs_of_random_trees(page: "Page") -> None:
    def python(one: dict[str, Any]) -> None:
        read = {name: bytes.fromhex(one[name]) for name in ("leaf", "root")}
        proof = [bytes.fromhex(value) for value in one["proof"]]
        verify_inclusion(index=one["index"], size=one["size"], proof=proof, **read)

    cases = [as_text(one, "index", "size") for one in inclusion_cases(random.Random(6962))]
    accepted = agree(page, "inclusion", cases, lambda one: python(as_numbers(one, "index", "size")))
    assert len(cases) > 500
    assert 0.2 < sum(accepted) / len(cases) < 0.6


def consistency_cases(chance: random.Random) -> Iterator[dict[str, Any]]:
    for size in SIZES:
        leaves = naive.leaves(size)
        reader, root = naive.Reader(leaves), naive.root(leaves).hex()
        olds = range(1, size + 1) if size in (8, 33, 100) else {1, size, (size + 1) // 2, chance.randint(1, size)}
        for old in olds:
            proof = [one.hex() for one in consistency_proof(old, size, reader)]
            old_root = naive.root(leaves[:old]).hex()
            true = {"oldSize": old, "size": size, "oldRoot": old_root, "root": root, "proof": proof}
            yield true
            yield true | {"oldSize": chance.choice([0, old - 1, old + 1, size + 1, HUGE])}
            yield true | {"size": chance.choice([0, old - 1, size - 1, size + 1, HUGE])}
            yield true | {"oldRoot": chance.choice([root, leaves[0].hex(), chance.randbytes(32).hex()])}
            yield true | {"root": chance.choice([old_root, chance.randbytes(32).hex()])}
            yield true | {"proof": mangled(chance, proof)}


def test_consistency_proofs_of_random_trees(page: "Page") -> None:
    def python(one: dict[str, Any]) -> None:
        verify_consistency(
            old_size=one["oldSize"],
            size=one["size"],
            old_root=bytes.fromhex(one["oldRoot"]),
            root=bytes.fromhex(one["root"]),
            proof=[bytes.fromhex(value) for value in one["proof"]],
        )

    cases = [as_text(one, "oldSize", "size") for one in consistency_cases(random.Random(9162))]
    accepted = agree(page, "consistency", cases, lambda one: python(as_numbers(one, "oldSize", "size")))
    assert len(cases) > 500
    assert 0.15 < sum(accepted) / len(cases) < 0.6


def as_text(one: dict[str, Any], *names: str) -> dict[str, Any]:
    """Sizes as text on their way to the page: a double would round the large ones."""
    return one | {name: str(one[name]) for name in names}


def as_numbers(one: dict[str, Any], *names: str) -> dict[str, Any]:
    return one | {name: int(one[name]) for name in names}


def typos(chance: random.Random, text: str) -> str:
    """A text in which one or two characters were changed, lost or put in, or a line was lost or doubled."""
    for _ in range(chance.choice([1, 1, 2])):
        at = chance.randrange(len(text))
        put = chance.choice([*"=+/ AQgw09\n\r\t\0—é\u00a0\u0085\u2028\ufeff", chance.choice(text), text[at].swapcase()])
        lines = text.split("\n")
        number = chance.randrange(len(lines))
        text = chance.choice(
            [
                text[:at] + put + text[at + 1 :],
                text[:at] + put + text[at:],
                text[:at] + text[at + 1 :],
                text[:at],
                "\n".join(lines[:number] + lines[number + 1 :]),
                "\n".join([*lines[: number + 1], *lines[number:]]),
                text + put,
            ]
        )
        if not text:
            break
    return text


def receipt_texts(chance: random.Random, log: FakeLog, index: int) -> Iterator[str]:
    made = log.receipt(index)
    for extra in (None, b"", b"extra data"):
        yield Receipt(made.index, made.proof, made.checkpoint_note, extra).encode()
    whole = made.encode()
    other = Signer("w.example/1", b"w" * 32).signature("something else\n").line
    yield whole + other
    yield whole + whole.splitlines(keepends=True)[-1]
    yield whole.replace("\n", "\r\n")
    # Signed by the key, and of another log, or of none.
    mine = made.checkpoint_note.split("\n\n")[0] + "\n"
    for text in (mine.replace("log.", "other."), f"{mine}more\n", f"{mine}\nmore\n", mine.split("\n")[0] + "\n"):
        yield replace(made, checkpoint_note=keys.sign(text, log.signer)).encode()
    for _ in range(40):
        yield typos(chance, chance.choice([whole, whole, whole + other]))


def test_receipts_with_typos(page: "Page") -> None:
    chance = random.Random(20261122)
    signer = Signer("log.example/é", b"s" * 32)
    key = signer.verifier()
    cases = []
    for size in (1, 2, 7, 100, 300):
        log = fake_log(size, signer=signer)
        for index in {0, size - 1, size // 2}:
            cases += [
                {"receipt": text, "entry": entry(index).decode(), "key": key.vkey}
                for text in receipt_texts(chance, log, index)
            ]

    def python(one: dict[str, str]) -> None:
        receipt.verify(Receipt.parse(one["receipt"]), one["entry"].encode(), Verifier.parse(one["key"]))

    accepted = agree(page, "receipt", cases, python)
    assert len(cases) > 500
    assert sum(accepted) >= 5 * len({one["entry"] for one in cases}) / 2
    assert sum(accepted) < len(cases) / 2


def test_keys_with_typos(page: "Page") -> None:
    chance = random.Random(4)
    known = [Signer(name, b"k" * 32).verifier().vkey for name in ("log.example/1", "é", "a\ufeffb")]
    cases = [*known, *(typos(chance, chance.choice(known)) for _ in range(400))]
    accepted = agree(page, "key", cases, Verifier.parse)
    assert accepted[: len(known)] == [True] * len(known)


def test_commitments_to_random_facts(page: "Page") -> None:
    chance = random.Random(27560)

    def value(depth: int) -> Any:
        kinds: list[Callable[[], Any]] = [
            lambda: chance.randint(-(2**53) + 1, 2**53 - 1),
            lambda: "".join(chance.choice('aZ0 "\\/\b\f\n\r\t\x00\x1f\x7fé\u2028\uffff😀') for _ in range(8)),
            lambda: chance.choice([None, True, False]),
        ]
        if depth:
            kinds += [
                lambda: [value(depth - 1) for _ in range(3)],
                lambda: {chance.choice("a\uffff😀") + str(value(0)): value(depth - 1) for _ in range(5)},
            ]
        return chance.choice(kinds)()

    cases = []
    for _ in range(200):
        facts, salt = {"a": value(3), "B": value(2)}, chance.randbytes(32)
        text = json.dumps({"speaker": {"salt": salt.hex(), "facts": json.loads(canonical(facts))}})
        cases.append((text, commitment("speaker", salt, facts)))
    computed = page.evaluate(
        """async (texts) => {
          const module = await import("/static/dist/receipt.js");
          return Promise.all(texts.map((text) => module.commitment(module.parseOpenings(text)[0])));
        }""",
        [text for text, _ in cases],
    )
    assert computed == [expected for _, expected in cases]
