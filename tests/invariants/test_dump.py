"""A thief has the whole database, the public log and the objects folder, but not the key file. What do they learn?

Nothing that a speaker or a reviewer said, no key, no name of the product's; and of no two recordings whether they are
of one speaker: tried by joining on every column of every table.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from numpy.typing import NDArray

from fairhearing.audio.encode import to_pcm16, wav_bytes
from fairhearing.capture import actions as capture
from fairhearing.capture import incoming, intake
from fairhearing.capture.models import Channel, Clip, Recording, RecordingState
from fairhearing.datasets import release
from fairhearing.home.epochs import epoch_keys
from fairhearing.review import settle
from fairhearing.speakers import actions as speakers
from fairhearing.vault import keys
from fairhearing.vault.models import DataKey
from tests.house import PRODUCT, RATE, House, consent, many_channels_wav, metadata, tone
from tests.probes import Table, disguises, dump, fetch_log, object_files, tables, whole_log

SPEAKERS = [f"speaker-{number}" for number in range(12)]
EACH = 6  # recordings of each speaker
WITHDREW = SPEAKERS[:3]
ERASED = SPEAKERS[11]
CANDIDATE, OWN_WORDS, HYPOTHESIS = "marmalade lanterns humming", "pelican umbrella quartz", "zeppelin walnut thunder"
NAMES = ("ext-kumquat-", "idem-rhubarb-", "file-tangerine-", "user-persimmon")
_ID = re.compile(r"\b[a-z]{3,4}_[a-z2-7]{26}\b|\b[0-9a-f]{64}\b")


@dataclass
class World:
    """Speakers with recordings in every state, and who is behind each recording, which only this test knows."""

    house: House
    who: dict[str, set[str]] = field(default_factory=dict)
    sounds: list[bytes] = field(default_factory=list)

    def line(self, name: str, number: int) -> dict[str, Any]:
        """A manifest line. Each speaker agreed on a day of their own; what else differs goes by number."""
        given_at = datetime(2026, 1, 2, 8, 3, 59, tzinfo=UTC) + timedelta(days=7 * SPEAKERS.index(name))
        changes = {
            "language": ("en", "es")[number % 2],
            "captured_at": f"2026-03-0{1 + number % 3}T10:{SPEAKERS.index(name):02d}:{number:02d}Z",
            "region": ("IE", "PT", "")[number % 3],
            "external_id": f"{NAMES[0]}{name}-{number}",
            "hypotheses": [{"text": f"{HYPOTHESIS} {name}", "engine": "asr-1", "score": 0.5 + number / 100}],
        }
        own = metadata(self.house.speaker(name), consent=consent(given_at=given_at.isoformat()))
        return {**own, **changes}

    def sound(self) -> bytes:
        """A WAV that sounds like no other."""
        pcm = to_pcm16(tone(1.0, 200.0 + len(self.sounds)))
        self.sounds.append(pcm.astype("<i2").tobytes())
        return wav_bytes(pcm, RATE)


def build(house: House) -> World:
    """Batches of imports, uploads over the API, calls of two channels, clips, listens, judgements, a release."""
    world = World(house)
    by_batch = [[(name, number) for name in SPEAKERS for number in range(at, at + 2)] for at in range(0, EACH - 2, 2)]
    for batch in by_batch:
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
        for (name, _), outcome in zip(batch, outcomes, strict=True):
            assert isinstance(outcome, intake.Outcome), outcome
            world.who[outcome.recording] = {name}
    for name in SPEAKERS[1:-1]:  # the last two of each come over the API
        _upload(world, name, EACH - 1)
    _call(world, SPEAKERS[4], SPEAKERS[5])
    _call(world, SPEAKERS[6], SPEAKERS[7])
    imported = [recording for recording in world.who if recording not in _waiting(world)]
    _make_clips(world, imported)
    for name, answer in (("alice", {"choice": 1}), ("bob", {"choice": 1}), ("charlie", {"text": OWN_WORDS})):
        for _ in range(12):
            house.judge(name, **answer)
    settle.settle_due()
    for name in WITHDREW:
        speakers.withdraw(key=house.speaker(name))
    return world


def _waiting(world: World) -> list[str]:
    """A third of the recordings is never prepared: originals, hypotheses and jobs are in the dump as well."""
    return sorted(world.who)[::3]


def _upload(world: World, name: str, number: int) -> None:
    sound = SimpleUploadedFile(f"{NAMES[2]}{name}.wav", world.sound(), "audio/wav")
    answer = Client().post(
        "/api/v1/recordings",
        {"audio": sound, "metadata": json.dumps(world.line(name, number))},
        **world.house.product(**{"Idempotency-Key": f"{NAMES[1]}{name}-{number}"}),
    )
    assert answer.status_code == 201, answer.content
    world.who[answer.json()["recording"]] = {name}


def _call(world: World, one: str, other: str) -> None:
    """Two people on two channels: one recording that is of both."""
    parties = [{key: world.line(name, 0)[key] for key in ("speaker_key", "consent")} for name in (one, other)]
    line = {name: value for name, value in world.line(one, 9).items() if name not in ("speaker_key", "consent")}
    hertz = (301.0, 302.0)
    checked = intake.check(
        programme=world.house.programme,
        product=PRODUCT,
        incoming=incoming.parse({**line, "channels": parties, "external_id": f"{NAMES[0]}{one}-{other}"}),
        sound=many_channels_wav(*hertz),
    )
    (outcome,) = intake.store(programme=world.house.programme, checked=[checked])
    assert isinstance(outcome, intake.Outcome), outcome
    world.sounds += [to_pcm16(tone(1.0, one)).astype("<i2").tobytes() for one in hertz]
    world.who[outcome.recording] = {one, other}


def _make_clips(world: World, recordings: list[str]) -> None:
    candidates = tuple(capture.NewCandidate(f"{CANDIDATE} {word}", "en", "asr-1") for word in ("one", "two"))
    for channel in Channel.objects.select_related("recording").filter(recording__in=recordings):
        pcm = to_pcm16(tone(1.0, 500.0 + len(world.sounds))).astype("<i2").tobytes()
        world.sounds.append(pcm)
        new = capture.NewClip(start=0, end=RATE, pcm16=pcm, peaks=[7, 41, 99], candidates=candidates, worth=1.0)
        clips = capture.add_clips(channel=channel, clips=[new])
        settle.enqueue(clips=clips, wanted=2)
    for recording in Recording.objects.filter(id__in=recordings):
        capture.settle_recording(
            recording=recording, state=RecordingState.PREPARED, reasons=[], report={"v": 1}, cpu_ms=1
        )
    capture.shred_originals(channels=list(Channel.objects.filter(recording__in=recordings)))


def stolen(world: World) -> dict[str, bytes]:
    """The dump, the objects and the public log: everything but the key file."""
    log = {f"log/{path}": fetch_log(path) for path in ("checkpoint", f"tile/entries/000.p/{whole_log().size}")}
    return {**dump(), **{f"objects/{name}": content for name, content in object_files().items()}, **log}


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


# --- Linking ---------------------------------------------------------------------------------------------------------


class Joined:
    """The dump as a graph: which rows belong to which recording, by foreign keys, by ids, by the log's index."""

    def __init__(self, dumped: list[Table]) -> None:
        self.tables = {table.name: table for table in dumped}
        self._keys = _primary_keys()
        self._by_token: dict[Any, list[tuple[str, int]]] = defaultdict(list)  # a name -> rows that bear it
        self._mentions: dict[Any, list[tuple[str, int]]] = defaultdict(list)  # a name -> rows that mention it
        for table in dumped:
            for at, row in enumerate(table.rows):
                own = self._own_names(table, row)
                for token in own:
                    self._by_token[token].append((table.name, at))
                for token in self._names(table, row) - own:
                    self._mentions[token].append((table.name, at))

    def _own_names(self, table: Table, row: tuple[Any, ...]) -> set[Any]:
        names = set()
        for column in self._keys.get(table.name, []):
            value = row[table.columns.index(column)]
            names.add(value if isinstance(value, str) and _ID.fullmatch(value) else (table.name, _plain(value)))
        return names

    def _names(self, table: Table, row: tuple[Any, ...]) -> set[Any]:
        names: set[Any] = set()
        for column, value in zip(table.columns, row, strict=True):
            if isinstance(value, str | dict | list):
                names |= set(_ID.findall(value if isinstance(value, str) else json.dumps(value)))
            target = _REFERENCES.get((table.name, column))
            if target is not None and value is not None:
                names.add((target, _plain(value)))
        return names

    def rows_of(self, recording: str) -> set[tuple[str, int]]:
        """Every row that leads to this recording or that this recording leads to."""
        reached: set[tuple[str, int]] = set()
        edge = set(self._by_token[recording]) | set(self._mentions[recording])
        while edge:
            reached |= edge
            tokens = {token for row in edge for token in self._own_names(self.tables[row[0]], self._row(row))}
            edge = {row for token in tokens for row in self._mentions[token]} - reached
        forward = reached
        while forward:
            tokens = {token for row in forward for token in self._names(self.tables[row[0]], self._row(row))}
            forward = {row for token in tokens for row in self._by_token[token]} - reached
            reached |= forward
        return reached

    def _row(self, row: tuple[str, int]) -> tuple[Any, ...]:
        return self.tables[row[0]].rows[row[1]]

    def values(self, recordings: list[str]) -> dict[tuple[str, str], dict[str, frozenset[Any]]]:
        """For each column of each table: the values that each recording has there."""
        found: dict[tuple[str, str], dict[str, set[Any]]] = defaultdict(lambda: {name: set() for name in recordings})
        for recording in recordings:
            for name, at in self.rows_of(recording):
                table = self.tables[name]
                for column, value in zip(table.columns, table.rows[at], strict=True):
                    found[(name, column)][recording].add(_plain(value))
        return {column: {name: frozenset(values) for name, values in by.items()} for column, by in found.items()}


# Joins that no constraint in the database names.
_REFERENCES: dict[tuple[str, str], str] = {("ledger_record", "index"): "ledger_logentry"}


def _primary_keys() -> dict[str, list[str]]:
    sql = """
    SELECT c.conrelid::regclass::text, a.attname, c.contype, c.confrelid::regclass::text
    FROM pg_constraint c JOIN unnest(c.conkey) AS k(number) ON TRUE
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
    WHERE c.contype IN ('p', 'f') AND array_length(c.conkey, 1) = 1
    """
    primary: dict[str, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for table, column, kind, target in cursor.fetchall():
            if kind == "p":
                primary[table].append(column)
            else:
                _REFERENCES[(table, column)] = target
    return primary


def _plain(value: Any) -> Any:
    """A value that can be compared: bytes as hex, JSON as text."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return value


def advantages(world: World, dumped: list[Table], strata: dict[str, Any]) -> dict[tuple[str, str], tuple[float, float]]:
    """For each column: true minus false positive rate of "same value, so same speaker", and what chance allows.

    Pairs are compared within a stratum (both withdrawn, or both not): that a recording was withdrawn is what its
    row must say, and who knows it knows no more than that.
    """
    recordings = sorted(strata)
    one, other = np.triu_indices(len(recordings), k=1)
    alike = np.array([strata[recordings[a]] == strata[recordings[b]] for a, b in zip(one, other, strict=True)])
    one, other = one[alike], other[alike]
    same = np.array([[bool(world.who[a] & world.who[b]) for b in recordings] for a in recordings])
    assert same[one, other].sum() > 80
    assert (~same[one, other]).sum() > 500
    # What chance does: the same recordings, dealt out to the speakers anew within each stratum.
    dealt = [same, *(same[np.ix_(order, order)] for order in _deals([strata[name] for name in recordings]))]
    found = {}
    for column, values in Joined(dumped).values(recordings).items():
        pairs = zip(one, other, strict=True)
        shares = np.array([_shares(values[recordings[a]], values[recordings[b]]) for a, b in pairs])
        gains = np.array([shares[by[one, other]].mean() - shares[~by[one, other]].mean() for by in dealt])
        found[column] = (float(gains[0]), float(0.03 + 6 * gains[1:].std()))
    return found


def _deals(strata: list[Any], times: int = 200) -> list[NDArray[np.intp]]:
    """Orders of the recordings, shuffled within each stratum, the same in every run."""
    chance = np.random.default_rng(2019)
    places = [[at for at, stratum in enumerate(strata) if stratum == wanted] for wanted in set(strata)]
    orders = []
    for _ in range(times):
        order = np.arange(len(strata))
        for place in places:
            order[place] = chance.permutation(place)
        orders.append(order)
    return orders


def _shares(one: frozenset[Any], other: frozenset[Any]) -> bool:
    return bool(one & other) or one == other


def _strata(world: World) -> dict[str, Any]:
    withdrawn = dict(Channel.objects.values_list("recording_id", "withdrawn"))
    return {recording: withdrawn[recording] for recording in world.who if recording in withdrawn}


def test_no_column_of_any_table_tells_which_recordings_are_one_speakers(house: House) -> None:
    world = build(house)
    speakers.erase(key=house.speaker(ERASED))
    strata = _strata(world)
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
            found = advantages(world, tables(), _strata(world))
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
