"""The page that verifies a receipt, in a browser: what is true is shown, and each lie is refused at its own step."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from fairhearing.ledger import log, publish, queries, signing, tiles
from fairhearing.ledger.entries import Kind, NewEntry, canonical, commitment
from fairhearing.ledger.models import LogEntry
from fairhearing.operations import receipts as speakers
from fairhearing.tlog import Checkpoint, Signer, checkpoint
from fairhearing.tlog.keys import KeyType, TreeCosigner
from fairhearing.tlog.tree import EMPTY_ROOT
from tests.browser.conftest import Office
from tests.browser.receipts import FakeLog, entry, fake_log, flip, serve
from tests.browser.test_pages import look_at
from tests.browser.watching import Watched, tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

CORE = ["receipt", "key", "signature", "entry", "inclusion"]
ALL = [*CORE, "newest", "growth"]
NOT_THERE = "status of 404"


def fill(size: int) -> None:
    while (missing := size - tiles.size()) > 0:
        with transaction.atomic(), connection.cursor() as cursor:
            log.append_with(cursor, [NewEntry(kind=Kind.PLAYED, vendor="tarn")] * min(100, missing))


def opened(office: Office, **options: Any) -> tuple["Page", Watched]:
    watched = office.watched(**options)
    page = watched.page()
    page.goto("/log/")
    return page, watched


def verify(page: "Page", receipt: str, **fields: str) -> dict[str, list[str]]:
    """Fill the form in, press the button, and give the states of the steps by their names."""
    page.locator("details.more").evaluate("(one) => { one.open = true; }")
    for name, value in {"receipt": receipt, **fields}.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#verify-now").click()
    return results(page)


def results(page: "Page") -> dict[str, list[str]]:
    page.wait_for_selector('#result[aria-busy="false"]')
    found: dict[str, list[str]] = {}
    for step in page.locator("#steps > li").all():
        found.setdefault(str(step.get_attribute("data-name")), []).append(str(step.get_attribute("data-state")))
    return found


def refused(found: dict[str, list[str]]) -> list[str]:
    return [name for name, states in found.items() if "refused" in states]


def words(page: "Page", name: str) -> str:
    return " ".join(page.locator(f'#steps > li[data-name="{name}"]').all_inner_texts())


def verdict(page: "Page") -> str:
    return page.locator("#verdict").inner_text()


def cosigned(receipt: str, *signers: Signer | TreeCosigner) -> str:
    text = receipt.split("\n\n")[1] + "\n"
    return receipt + "".join(one.cosignature(text, 1_780_000_000).line for one in signers)


# --- true receipts


def test_a_true_receipt_verifies_at_every_step(office: Office) -> None:
    fill(300)
    witness, tree_witness = Signer("w.example/1", b"w" * 32), TreeCosigner("w.example/2", b"t" * 32)
    receipt = cosigned(publish.receipt("7").encode(), witness, tree_witness)
    page, watched = opened(office)
    key = witness.verifier(KeyType.COSIGNATURE).vkey
    fill(700)
    found = verify(page, receipt, witnesses=f"{key}\n{tree_witness.verifier().vkey}\n")
    assert found == {name: ["shown"] for name in CORE} | {
        "witness": ["shown", "open"],
        "newest": ["shown"],
        "growth": ["shown"],
    }
    assert verdict(page).startswith("Verified.")
    assert "2026-05-28 20:26:40 UTC" in words(page, "witness")
    assert "not checked in this browser" in words(page, "witness").lower()
    assert "first 300 are those" in words(page, "growth")
    assert "That the key is the log’s" in page.locator("#not-shown").inner_text()
    assert watched.complaints() == []


def test_with_its_entry_a_receipt_verifies_without_any_request(office: Office) -> None:
    fill(5)
    receipt, body = publish.receipt("3").encode(), bytes(LogEntry.objects.get(index=3).body).decode()
    page, watched = opened(office)
    page.locator("#compare").uncheck()
    watched.context.set_offline(True)
    before = len(watched.requests)
    assert verify(page, receipt, entry=body) == {name: ["shown"] for name in CORE}
    assert len(watched.requests) == before
    assert watched.complaints() == []
    # What needs the server is left open while it does not answer, and refuses nothing.
    watched.context.set_offline(False)
    page.route("**/log/**", lambda route: route.abort())
    page.locator("#compare").check()
    assert verify(page, receipt) == {
        **{name: ["shown"] for name in CORE},
        "newest": ["open"],
        "growth": ["open"],
    }
    assert verify(page, receipt, entry="")["inclusion"] == ["open"]
    assert verdict(page).startswith("Not decided")


def test_by_keyboard_alone_from_the_number_of_an_entry(office: Office) -> None:
    fill(300)
    page, watched = opened(office)
    tab_to(page, page.locator("#entry-index"))
    page.keyboard.type("299")
    tab_to(page, page.locator("#fetch-receipt"))
    page.keyboard.press("Enter")
    page.get_by_text("The receipt of entry 299 is in the field").wait_for()
    tab_to(page, page.locator("#verify-now"))
    page.keyboard.press("Enter")
    assert results(page) == {name: ["shown"] for name in ALL}
    assert page.evaluate("document.activeElement.id") == "result-heading"
    assert watched.complaints() == []
    look_at(page, "log-verified")


def test_a_file_is_read_and_a_link_names_an_entry(office: Office, tmp_path: Path) -> None:
    fill(5)
    file = tmp_path / "one.tlog-proof"
    publish.prove("4", file)
    page, watched = opened(office)
    page.goto("/log/#entry-4")
    assert page.locator("#entry-index").input_value() == "4"
    page.locator("#receipt-file").set_input_files(file)
    page.get_by_text("one.tlog-proof").wait_for()
    assert page.locator("#receipt").input_value() == file.read_text()
    page.locator("#verify-now").click()
    assert results(page) == {name: ["shown"] for name in ALL}
    (tmp_path / "sound.wav").write_bytes(b"RIFF\xff\xfe")
    page.locator("#receipt-file").set_input_files(tmp_path / "sound.wav")
    page.get_by_text("not text in UTF-8").wait_for()
    page.locator("#entry-index").fill("99")
    page.locator("#fetch-receipt").click()
    page.get_by_text("no proof for entry 99").wait_for()
    assert watched.complaints(allow=NOT_THERE) == []


# --- lies, each refused at its own step


def lines_with(receipt: str, number: int, line: str) -> str:
    lines = receipt.split("\n")
    lines[number] = line
    return "\n".join(lines)


LIES: dict[str, tuple[Callable[[str], str], list[str], str]] = {
    # name: what is done to the receipt of entry 3 of 7 (3 hashes), where it is refused, a part of the words
    "index": (lambda one: one.replace("index 3\n", "index 2\n"), ["inclusion"], "leads to root"),
    "index-outside": (lambda one: one.replace("index 3\n", "index 7\n"), ["entry"], "log of 7 entries"),
    "index-spelling": (lambda one: one.replace("index 3\n", "index 03\n"), ["receipt"], "leading zeros"),
    "hash": (lambda one: lines_with(one, 3, flip(one.split("\n")[3])), ["inclusion"], "leads to root"),
    "hash-missing": (lambda one: one.replace(one.split("\n")[2] + "\n", ""), ["inclusion"], "2 hashes, expected 3"),
    "hash-more": (
        lambda one: one.replace("index 3\n", f"index 3\n{one.split(chr(10))[2]}\n"),
        ["inclusion"],
        "4 hashes, expected 3",
    ),
    "hash-cut": (lambda one: lines_with(one, 2, one.split("\n")[2][:-3]), ["receipt"], "hash 0 of the receipt’s proof"),
    "hash-short": (lambda one: lines_with(one, 2, "AAAA"), ["receipt"], "has 3 bytes, expected 32"),
    "root": (lambda one: lines_with(one, 8, flip(one.split("\n")[8])), ["signature", "inclusion"], "not for this text"),
    "size": (lambda one: lines_with(one, 7, "6"), ["signature"], "not for this text"),
    "origin": (lambda one: lines_with(one, 6, "another.example/log"), ["signature"], "another.example/log"),
    "signature": (
        lambda one: lines_with(one, 10, f"{one.split(chr(10))[10][:-8]}AAAAAA=="),
        ["signature"],
        "not for this text",
    ),
    "cut-off": (lambda one: one[:-20], ["receipt"], "the signature of"),
    "no-signature": (lambda one: "\n".join(one.split("\n")[:9]) + "\n\n", ["receipt"], "signature lines"),
    "junk": (lambda one: one + "and more\n", ["receipt"], "“and more”"),
    "blank-junk": (lambda one: one + "\n", ["receipt"], "signature lines"),
    "header": (lambda one: one.replace("@v1", "@v2"), ["receipt"], "tlog-proof@v1"),
    "control": (lambda one: one.replace("\n\n", "\n\n\x07", 1), ["receipt"], "U+0007"),
    "empty": (lambda one: "", ["receipt"], "is empty"),
    "something-else": (lambda one: "Dear reader\n", ["receipt"], "Dear reader"),
}


def test_a_receipt_that_was_changed_is_refused_where_it_was_changed(office: Office) -> None:
    fill(7)
    receipt = publish.receipt("3").encode()
    page, watched = opened(office)
    for lie, (change, where, part) in LIES.items():
        changed = change(receipt)
        assert changed != receipt, lie
        assert refused(verify(page, changed)) == where, lie
        assert verdict(page).startswith("Not verified."), lie
        assert part.lower() in words(page, where[0]).lower(), lie
    assert refused(verify(page, receipt)) == [], "one lie before it taints the next receipt"
    assert watched.complaints() == []


def test_another_entry_another_key_and_an_empty_log_are_refused(office: Office) -> None:
    fill(7)
    receipt = publish.receipt("3").encode()
    page, watched = opened(office)
    body = bytes(LogEntry.objects.get(index=4).body).decode()
    assert refused(verify(page, receipt, entry=body)) == ["inclusion"]
    own = signing.signer().verifier()
    usurper = Signer(own.name, b"u" * 32).verifier()
    assert refused(verify(page, receipt, entry="", key=usurper.vkey)) == ["signature"]
    assert f"{usurper.key_id.hex()}" in words(page, "signature")
    elsewhere = Signer("another.example/log", b"u" * 32).verifier()
    assert refused(verify(page, receipt, key=elsewhere.vkey)) == ["signature"]
    assert refused(verify(page, receipt, key=own.vkey[:-4])) == ["key"]
    assert refused(verify(page, receipt, key=own.vkey.replace(own.name, "another.example"))) == ["key"]
    witness = Signer("w.example/1", b"w" * 32).verifier(KeyType.COSIGNATURE)
    assert refused(verify(page, receipt, key=witness.vkey)) == ["key"]
    nothing = checkpoint.sign(Checkpoint(own.name, 0, EMPTY_ROOT), signing.signer())
    empty = f"c2sp.org/tlog-proof@v1\nindex 0\n\n{nothing}"
    assert refused(verify(page, empty, key=own.vkey, entry=body)) == ["inclusion"]
    assert "size 0" in words(page, "inclusion")
    assert watched.complaints() == []


def test_a_witness_that_did_not_sign_this_is_told_from_one_that_signed_nothing(office: Office) -> None:
    fill(7)
    witness = Signer("w.example/1", b"w" * 32)
    key = witness.verifier(KeyType.COSIGNATURE).vkey
    receipt = publish.receipt("3").encode()
    page, watched = opened(office)
    assert verify(page, receipt, witnesses=key)["witness"] == ["open"]
    assert "has no cosignature of this key" in words(page, "witness")
    other = fake_log(7).receipt(3).encode()
    moved = receipt + cosigned(other, witness).splitlines(keepends=True)[-1]
    assert refused(verify(page, moved, witnesses=key)) == ["witness"]
    changed = cosigned(receipt, witness).rstrip("\n")
    value = changed.rsplit(" ", 1)[1]
    for at in (5, 11, 12, 75):  # its time, its signature
        assert refused(verify(page, f"{changed.removesuffix(value)}{flip(value, at)}\n", witnesses=key)) == ["witness"]
    assert verify(page, cosigned(receipt, witness), witnesses="")["witness"] == ["open"]
    assert "You gave no key of w.example/1" in words(page, "witness")
    assert refused(verify(page, receipt, witnesses=queries.vkey())) == ["witness"]
    assert refused(verify(page, receipt, witnesses="witness one\n")) == ["witness"]
    assert watched.complaints() == []


# --- a server that shows another log now


def showing(
    office: Office, shown: str, get: Callable[[str], bytes], receipt: str
) -> tuple["Page", dict[str, list[str]]]:
    page, watched = opened(office)
    serve(page, shown, get)
    found = verify(page, receipt, entry=entry(2).decode())
    assert watched.complaints() == []
    return page, found


def test_a_log_that_went_on_is_followed_by_its_tiles(office: Office) -> None:
    old, now = fake_log(300), fake_log(1000)
    page, found = showing(office, now.checkpoint(), now.content, old.receipt(2).encode())
    assert found == {name: ["shown"] for name in ALL}
    assert "first 300" in words(page, "growth")


def test_a_log_that_was_rolled_back_or_split_is_found(office: Office) -> None:
    old = fake_log(300)
    receipt = old.receipt(2).encode()
    rolled_back = fake_log(299)
    page, found = showing(office, rolled_back.checkpoint(), rolled_back.content, receipt)
    assert refused(found) == ["growth"]
    assert "299 entries, expected at least the 300" in words(page, "growth")
    same_size = FakeLog([*old.entries[:-1], entry(9999)], old.signer)
    page, found = showing(office, same_size.checkpoint(), same_size.content, receipt)
    assert refused(found) == ["growth"]
    assert "two versions" in words(page, "growth")
    assert "Not verified" in verdict(page)


def split_at(number: int, size: int) -> FakeLog:
    """A log that goes on, but for one entry that is another."""
    entries = [entry(one) for one in range(size)]
    entries[number] = entry(9999)
    return FakeLog(entries, signing.signer())


def test_a_larger_log_that_does_not_begin_with_the_old_one_is_found(office: Office) -> None:
    """Whatever tiles it serves: its own, the old log's, or each where it fits best."""
    old = fake_log(300)
    receipt = old.receipt(2).encode()
    page, watched = opened(office)
    for size, number in itertools.product((301, 512, 1000), (0, 280, 299)):
        now, honest = split_at(number, size), fake_log(size)
        for own in (("0", "1"), (), ("0",), ("1",)):
            page.unroute_all()
            serve(page, now.checkpoint(), mixed(now, honest, own))
            found = verify(page, receipt, entry=entry(2).decode())
            assert refused(found) == ["growth"], (size, number, own)
            assert "leads to root" in words(page, "growth")
    assert watched.complaints() == []


def mixed(now: FakeLog, honest: FakeLog, own: tuple[str, ...]) -> Callable[[str], bytes]:
    """Tiles of these levels from one log, and of all others from another."""
    return lambda path: (now if path.split("/")[1] in own else honest).content(path)


def test_a_newest_checkpoint_that_is_none_is_refused(office: Office) -> None:
    old, other = fake_log(30), fake_log(40, signer=Signer(signing.signer().name, b"o" * 32))
    for shown in (other.checkpoint(), fake_log(40).checkpoint()[:-9], "nothing\n"):
        page, found = showing(office, shown, fake_log(40).content, old.receipt(2).encode())
        assert refused(found) == ["newest"]
        assert found["growth"] == ["open"]
        assert "Not verified" in verdict(page)
    page, found = showing(office, fake_log(400).checkpoint(), lambda _: b"\0" * 31, old.receipt(2).encode())
    assert refused(found) == ["growth"]
    assert "31 bytes, expected" in words(page, "growth")


# --- private parts, and what a speaker holds


def committed(parts: dict[str, dict[str, Any]], salt: bytes, kind: str = "played") -> FakeLog:
    body = {"hour": "2026-01-02T03Z", "kind": kind, "v": 1}
    commitments = {name: commitment(name, salt, facts) for name, facts in parts.items()}
    return FakeLog([canonical({**body, "parts": commitments})], signing.signer())


def openings(parts: dict[str, dict[str, Any]], salt: bytes) -> str:
    return json.dumps({name: {"facts": facts, "salt": salt.hex()} for name, facts in parts.items()})


def test_private_parts_open_with_their_salt_and_nothing_else(office: Office) -> None:
    salt = b"\x07" * 32
    facts = {"vendor": "tarn", "reasons": ['é\x7f\n"\\/\u2028😀'], "duration_ms": 1200, "detail": {"b": -1, "a": "x"}}
    parts = {"circumstances": facts, "reviewer": {"account": "acc_1"}}
    fake = committed(parts, salt)
    receipt, body = fake.receipt(0).encode(), fake.entries[0].decode()
    page, watched = opened(office)
    page.locator("#compare").uncheck()
    true = verify(page, receipt, entry=body, openings=openings(parts, salt))
    assert true == {name: ["shown"] for name in CORE} | {"part": ["shown"] * 3}
    lies = [
        openings({**parts, "reviewer": {"account": "acc_2"}}, salt),
        openings(parts, b"\x08" * 32),
        openings({"speaker": {"account": "acc_1"}}, salt),
        openings({"circumstances": parts["reviewer"]}, salt),
        openings(parts, b"\x07" * 31),
        "[]",
        "{}",
        "{",
        '{"reviewer": {"salt": 7}}',
    ]
    for lie in lies:
        assert refused(verify(page, receipt, openings=lie)) == ["part"], lie
    assert watched.complaints() == []


def test_a_speakers_receipt_leads_to_its_entry(office: Office) -> None:
    fill(4)
    with transaction.atomic():
        made = speakers.append(Kind.ERASED, ["rec_1", "rec_2"])
    page, watched = opened(office)
    assert verify(page, made.text()) == {name: ["shown"] for name in [*CORE, "speaker", "newest", "growth"]}
    assert "which you did not open" in words(page, "speaker")
    for lie in (replace(made, index=3), replace(made, kind=Kind.WITHDRAWN)):
        assert refused(verify(page, lie.text())) == ["speaker"]
    assert refused(verify(page, replace(made, index=99).text())) == ["receipt"]
    assert refused(verify(page, '{"kind": "erased"}')) == ["receipt"]
    # A server that answers with the proof of another entry of this kind is found too.
    another = publish.receipt("2").encode()
    page.route("**/log/proof/*", lambda route: route.fulfill(body=another))
    assert refused(verify(page, made.text())) == ["speaker"]
    assert watched.complaints(allow=NOT_THERE) == []


def test_a_speakers_receipt_is_held_against_what_was_opened(office: Office) -> None:
    salt, root = b"\x09" * 32, hashlib.sha256(b"").hexdigest()
    parts = {"circumstances": {"detail": {"recordings": 2, "root": root}}}
    fake = committed(parts, salt, kind="erased")
    mine = speakers.Receipt(Kind.ERASED, "rcd_1", 0, 2, "00" * 32, root)
    page, watched = opened(office)
    proof = fake.receipt(0).encode()
    page.route("**/log/proof/*", lambda route: route.fulfill(body=proof))
    page.locator("#compare").uncheck()
    fields = {"entry": fake.entries[0].decode(), "openings": openings(parts, salt)}
    assert refused(verify(page, mine.text(), **fields)) == []
    assert "with the root of your receipt" in words(page, "speaker")
    for lie in (replace(mine, root="00" * 32), replace(mine, recordings=3)):
        assert refused(verify(page, lie.text(), **fields)) == ["speaker"]
    assert watched.complaints() == []


# --- the key, and browsers that cannot


def test_a_key_that_is_remembered_is_used_and_a_changed_one_is_shouted_about(office: Office) -> None:
    fill(7)
    page, watched = opened(office)
    assert "came from this server" in page.locator("#key-standing").inner_text()
    tab_to(page, page.locator("#remember-key"))
    page.keyboard.press("Enter")
    page.get_by_text("The key is remembered in this browser").wait_for()
    page.reload()
    assert page.locator("#key-changed").is_hidden()
    assert refused(verify(page, publish.receipt("3").encode())) == []
    assert "the key that this browser remembers" in verdict(page)
    assert "That the key is the log’s" not in page.locator("#not-shown").inner_text()

    usurper = Signer(signing.signer().name, b"u" * 32)
    page.evaluate("(key) => localStorage.setItem('fairhearing.log-key', key)", usurper.verifier().vkey)
    page.reload()
    alert = page.locator("#key-changed")
    alert.wait_for()
    assert usurper.verifier().vkey in alert.inner_text()
    assert queries.vkey() in alert.inner_text()
    look_at(page, "log-key-changed")
    assert page.locator("#key").input_value() == usurper.verifier().vkey
    assert refused(verify(page, publish.receipt("3").encode())) == ["signature"]
    # Typing the new key in does not help: the old one has to be forgotten, knowingly.
    assert refused(verify(page, publish.receipt("3").encode(), key=queries.vkey())) == ["key"]
    look_at(page, "log-refused")
    page.locator("#forget-key").click()
    assert alert.is_hidden()
    assert refused(verify(page, publish.receipt("3").encode())) == []
    page.locator("#key").fill("no key")
    page.locator("#remember-key").click()
    page.get_by_text("expected name+id+base64").wait_for()
    assert page.evaluate("Object.keys({ ...localStorage }).filter((name) => name.includes('log'))") == []
    assert watched.complaints() == []


def test_a_browser_without_ed25519_says_so_and_what_to_do(office: Office) -> None:
    fill(3)
    watched = office.watched()
    watched.context.add_init_script(
        """
        const real = crypto.subtle?.importKey.bind(crypto.subtle);
        if (real) crypto.subtle.importKey = (format, key, algorithm, ...rest) =>
          algorithm === "Ed25519" ? Promise.reject(new DOMException("no", "NotSupportedError"))
                                  : real(format, key, algorithm, ...rest);
        """
    )
    page = watched.page()
    page.goto("/log/")
    page.locator("#unable").wait_for()
    assert "no Ed25519" in page.locator("#unable").inner_text()
    assert "command line" in page.locator("#unable").inner_text()
    assert page.locator("#verify-now").is_disabled()
    look_at(page, "log-unable")
    assert watched.complaints() == []


def test_the_script_can_be_read(office: Office) -> None:
    page, _ = opened(office)
    link = page.get_by_role("link", name="script")
    source = page.request.get(str(link.get_attribute("href"))).text()
    for text in ("async function verifyInclusion(", "/** SHA-256(0x00 ‖ entry). */", "// 3. The key's holder signed"):
        assert text in source
