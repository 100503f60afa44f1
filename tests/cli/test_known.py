"""``fairhearing known``."""

from fairhearing.review import settle
from fairhearing.review.models import KnownAnswer
from tests.cli.calling import Call
from tests.house import House
from tests.review.posting import rules


def test_a_settled_clip_is_kept_listed_and_let_go(call: Call, house: House) -> None:
    clip = house.clip()
    for name in ("alice", "bob"):
        house.judge(name, choice=2)
    assert settle.settle_due() == 1
    rules(house, known_share=1.0)
    assert call("known", "add", clip.id, "--json").value == {"clip": clip.id, "known_share": 1.0}
    house.clip("wren")
    while (work := house.judge("charlie", choice=1))["clip"] != clip.id:  # every second one is a known one, at most
        house.clip(f"after {work['clip']}")
    listed = call("known", "list", "assistant", "--json").value
    assert listed == {"known": [{"clip": clip.id, "answers": 1, "right": 0}], "disputed": 0}
    assert call("known", "remove", clip.id, "--json").value == {"clip": clip.id}
    assert not KnownAnswer.objects.exists()


def test_what_cannot_be_known_is_said(call: Call, house: House) -> None:
    clip = house.clip()
    assert "being judged" in call("known", "add", clip.id).sentence
    assert "no such clip" in call("known", "add", "clip_of_nobody").sentence
    assert "not known" in call("known", "remove", clip.id).sentence
    assert call("known", "list", "nowhere").sentence
