"""A thief has the whole database, the public log and the objects folder, but not the key file. What do they learn?

Nothing that a speaker or a reviewer said, no key, no name of the product's; and of no two recordings whether they are
of one speaker: tried by joining on every column of every table.
"""

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from fairhearing.capture import incoming, intake
from fairhearing.capture.models import Channel, Clip, Recording
from fairhearing.datasets import release
from fairhearing.home.epochs import epoch_keys
from fairhearing.speakers import actions as speakers
from fairhearing.vault import keys
from fairhearing.vault.models import DataKey
from tests.house import PRODUCT, House
from tests.invariants.linking import advantages, strata_of
from tests.invariants.world import CANDIDATE, ERASED, HYPOTHESIS, NAMES, OWN_WORDS, SPEAKERS, World, build, stolen
from tests.probes import disguises, dump, object_files, tables


def _found(haystacks: dict[str, bytes], needles: dict[str, bytes]) -> list[tuple[str, str]]:
    return [
        (place, what) for place, content in haystacks.items() for what, needle in needles.items() if needle in content
    ]


def _secrets(world: World) -> dict[str, bytes]:
    """Everything that must not be there, in every disguise."""
    plain = {f"key of {name}": world.house.speaker(name).sealed_form() for name in SPEAKERS}
    plain |= {text: text.encode() for text in (CANDIDATE, OWN_WORDS, HYPOTHESIS, *NAMES)}
    plain |= {word: word.encode() for text in (CANDIDATE, OWN_WORDS, HYPOTHESIS) for word in text.split()}
    plain |= {"API key": world.house.api_key.encode()}
    plain |= {f"data key {key}": secret for key, secret in keys.unwrap_many(_key_ids()).items()}
    needles = {what: form for what, secret in plain.items() for form in disguises(secret)[:1]}
    for what, secret in plain.items():
        needles |= {f"{what} ({number})": form for number, form in enumerate(disguises(secret))}
    for number, sound in enumerate(world.sounds):
        for at in (2000, 16000):
            window = sound[at : at + 16]
            needles |= {f"sound {number} at {at} ({form})": one for form, one in enumerate(disguises(window)[:2])}
    return needles


def _key_ids() -> list[str]:
    return list(DataKey.objects.values_list("id", flat=True))


def test_nothing_that_was_said_and_no_key_lies_in_a_dump(house: House, tmp_path: Path) -> None:
    world = build(house)
    written = release.release(programme=house.programme, format="lhotse", out=tmp_path / "release")
    assert written.rows + written.withheld > 0
    speakers.erase(key=house.speaker(ERASED))
    haystacks = stolen(world)
    needles = _secrets(world)
    assert len(haystacks) > 60, "the dump is not whole"
    assert _found({"planted": b"x" + house.speaker(SPEAKERS[3]).sealed_form().hex().encode()}, needles), "blind search"
    assert _found(haystacks, needles) == []
    # The thief's other way: is the key that opens all this lying beside it?
    master = bytes.fromhex(settings.HOME.key_file.read_text().strip())
    epoch = bytes.fromhex((settings.HOME.epochs / f"{epoch_keys().current()}.key").read_text().strip())
    forms = [*disguises(master), *disguises(epoch)]
    assert not any(form in content for content in haystacks.values() for form in forms)


def test_the_times_of_recordings_channels_and_clips_are_coarse(house: House) -> None:
    """No finer than the hour, wherever a column could hold it: two recordings made in one breath do not show it."""
    for name in SPEAKERS[:3]:
        house.clip(name)
    speakers.withdraw(key=house.speaker(SPEAKERS[0]))
    speakers.erase(key=house.speaker(SPEAKERS[1]))
    looked_at = 0
    for table in tables():
        if not table.name.startswith("capture_"):
            continue
        for row in table.rows:
            for column, value in zip(table.columns, row, strict=True):
                if isinstance(value, datetime):
                    looked_at += 1
                    coarse = (value.minute, value.second, value.microsecond) == (0, 0, 0)
                    assert coarse, (table.name, column, value)
    assert looked_at == Recording.objects.count()
    assert Clip.objects.exists()


def test_no_column_of_any_table_tells_which_recordings_are_one_speakers(house: House) -> None:
    world = build(house)
    speakers.erase(key=house.speaker(ERASED))
    strata = strata_of(world)
    assert len(strata) > 50
    found = advantages(world, tables(), strata)
    joined = {name for name, _ in found}
    assert {"capture_channel", "capture_clip", "vault_datakey", "vault_storedobject", "review_judgement"} <= joined
    assert {"ledger_record", "ledger_logentry", "procrastinate_jobs", "capture_hypothesis"} <= joined
    assert {column: by for column, by in found.items() if by[0] > by[1]} == {}


@pytest.mark.parametrize("planted", ["a column of the speaker's", "a shared number in JSON", "a row between them"])
def test_the_search_for_links_finds_one_that_was_planted(house: House, planted: str) -> None:
    """A search that finds nothing proves nothing, until it has found what was put there for it."""
    world = World(house)
    for name in SPEAKERS:
        for _ in range(5):
            world.who[house.recording(name).id] = {name}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE planted (recording text, hint jsonb)")
        try:
            for recording, names in world.who.items():
                (name,) = names
                hints = {
                    "a column of the speaker's": json.dumps(name),
                    "a shared number in JSON": json.dumps({"bucket": SPEAKERS.index(name)}),
                    "a row between them": json.dumps({"seen": f"2026-01-02T{SPEAKERS.index(name):02d}"}),
                }
                cursor.execute("INSERT INTO planted VALUES (%s, %s)", [recording, hints[planted]])
            found = advantages(world, tables(), strata_of(world))
        finally:
            cursor.execute("DROP TABLE planted")
    assert [column for column, (gain, freedom) in found.items() if gain > freedom] == [("planted", "hint")]


def test_the_order_of_rows_within_a_batch_tells_nothing(house: House) -> None:
    """Imported speaker by speaker; on the disk, neighbours are no more often one speaker's than chance has it."""
    world = World(house)
    batch = [(name, number) for name in SPEAKERS[:8] for number in range(8)]
    checked = [
        intake.check(
            programme=house.programme,
            product=PRODUCT,
            incoming=incoming.parse(world.line(name, number)),
            sound=world.sound(),
        )
        for name, number in batch
    ]
    outcomes = intake.store(programme=house.programme, checked=checked)
    who = {outcome.recording: name for (name, _), outcome in zip(batch, outcomes, strict=True)}
    for table, column in (("capture_recording", "id"), ("capture_channel", "recording_id")):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table}")  # as they lie
            order = [who[row[0]] for row in cursor.fetchall()]
        neighbours = sum(one == other for one, other in pairwise(order))
        # 63 neighbours; by chance 7 of them are one speaker's, unshuffled it would be 56.
        assert neighbours < 28, (table, order)


def test_tombstones_of_an_erasure_lead_to_no_recording(house: House) -> None:
    """Of who erased remain random-looking handles and digests, alone in their rows."""
    world = build(house)
    gone = [recording for recording, names in world.who.items() if names == {ERASED}]
    held = {channel.id for channel in Channel.objects.filter(recording__in=gone)}
    held |= {clip.id for clip in Clip.objects.filter(channel__recording__in=gone)}
    objects = set(object_files())
    speakers.erase(key=house.speaker(ERASED))
    content = b"".join(dump().values())
    assert [name for name in (*gone, *held) if name.encode() in content] == []
    assert len(objects - set(object_files())) >= len(gone)
    by_name = {table.name: table for table in tables()}
    assert by_name["capture_handletombstone"].columns == ["handle"]
    assert by_name["capture_contenttombstone"].columns == ["digest"]
    assert len(by_name["capture_handletombstone"].rows) == len(gone)
