"""Policy files: who must have signed (C2SP tlog-policy)."""

import contextlib
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairhearing.tlog.keys import KeyType, Signer, TreeCosigner
from fairhearing.tlog.trust import Trust, TrustMalformed

LOG = Signer("log.example/heard", b"l" * 32).verifier()
KEYS = {
    f"{side}{number}": Signer(f"{side}.example/{number}", f"{side}{number}".encode() * 16).verifier(KeyType.COSIGNATURE)
    for side in "xy"
    for number in (1, 2, 3)
}
TREE = TreeCosigner("tree.example", b"t" * 32).verifier()
WITNESSES = "".join(f"witness {name} {key.vkey} https://{name}.example/w\n" for name, key in KEYS.items())
TWO_SIDES = f"""
# two of theirs and one of ours
log {LOG.vkey}   https://log.example
{WITNESSES}
group X\t2 x1 x2 x3
  group Y any y1 y2 y3
group both all X Y
quorum both
"""


def test_a_policy_with_groups_of_groups_counts_as_it_says() -> None:
    trust = Trust.parse(TWO_SIDES)
    assert [log.key for log in trust.logs] == [LOG]
    assert trust.witnesses["x1"].url == "https://x1.example/w"
    for number in range(len(KEYS) + 1):
        for names in combinations(KEYS, number):
            enough = sum(name[0] == "x" for name in names) >= 2 and any(name[0] == "y" for name in names)
            assert trust.is_met([KEYS[name] for name in names]) is enough


def test_one_witness_or_nobody_can_be_the_quorum() -> None:
    assert Trust.parse("quorum none\n").is_met([])
    one = Trust.parse(f"witness w {TREE.vkey}\nquorum w")
    assert one.is_met([TREE])
    assert not one.is_met(list(KEYS.values()))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no quorum"),
        ("quorum none\nquorum none\n", "second quorum"),
        ("quorum w\n", "not known yet"),
        ("quorum\n", "expected quorum"),
        ("speaker x\n", "expected log"),
        (f"log {KEYS['x1'].vkey}\n", "expected a log's"),
        (f"log {LOG.vkey} a b\n", "expected log VKEY"),
        (f"log {LOG.vkey}\nlog {LOG.vkey}\n", "stands twice"),
        ("log nonsense\n", "another form"),
        (f"witness w {LOG.vkey}\n", "expected a witness's"),
        ("witness w\n", "expected witness NAME"),
        (f"witness none {TREE.vkey}\n", "is taken"),
        (f"witness w {TREE.vkey}\nwitness w {KEYS['x1'].vkey}\n", "is taken"),
        (f"witness v {TREE.vkey}\nwitness w {TREE.vkey}\n", "stands twice"),
        (f"{WITNESSES}group g 0 x1\n", "expected 1 to 1"),
        (f"{WITNESSES}group g 3 x1 x2\n", "expected 1 to 2"),
        (f"{WITNESSES}group g 01 x1 x2\n", "leading zeros"),
        (f"{WITNESSES}group g some x1 x2\n", "decimal"),
        (f"{WITNESSES}group g any\n", "expected group"),
        (f"{WITNESSES}group g any none\n", "not known yet"),
        (f"{WITNESSES}group g any g\n", "not known yet"),
        (f"{WITNESSES}group g any x1 x1\n", "counts twice"),
        (f"{WITNESSES}group g any x1\ngroup h any x1\n", "counts twice"),
        ("quorum none\r\n", "control"),
        ("quorum none\x7f\n", "control"),
        ("#" + "x" * 1_000_001, "characters"),
    ],
)
def test_what_the_format_does_not_allow_is_refused(text: str, why: str) -> None:
    with pytest.raises(TrustMalformed, match=why):
        Trust.parse(text)


@given(st.text(max_size=60) | st.lists(st.sampled_from(TWO_SIDES.split("\n"))).map("\n".join))
def test_anything_is_a_policy_or_refused(text: str) -> None:
    with contextlib.suppress(TrustMalformed):
        Trust.parse(text)
