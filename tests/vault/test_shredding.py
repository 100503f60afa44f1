"""Reading only with a permit; what was shredded is gone from the tables and from the disk, also after a crash."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from fairhearing.vault import keys, reader, shredder, writer
from fairhearing.vault.keys import KeyShredded
from fairhearing.vault.models import DataKey, DoomedObject, StoredObject
from fairhearing.vault.objects import ObjectMissing
from fairhearing.vault.permits import Permit, SealPermit
from fairhearing.vault.sealing import SealBroken
from tests.probes import object_files

REAL_COMMITS = pytest.mark.django_db(transaction=True)


@transaction.atomic
def _put(*contents: bytes) -> tuple[str, list[str]]:
    key_id = keys.create()
    return key_id, [writer.put(key_id=key_id, kind="clip", content=content) for content in contents]


def _permit(name: str) -> Permit:
    return Permit(name, "lis_x", "test")


@pytest.fixture(autouse=True)
def folder(own_objects: Path) -> Path:
    """The sweep and the looking stay within the test's own objects."""
    return own_objects


def _files(folder: Path) -> list[str]:
    return [path.rsplit("/", 1)[-1] for path in object_files(folder)]


def _on_disk(folder: Path, names: list[str]) -> list[str]:
    files = _files(folder)
    return [name for name in names if name in files]


class Looks:
    """Has everything that a permit has, and is none."""

    def __init__(self, name: str) -> None:
        self.object_name, self.record, self.purpose, self.assignment = name, "lis_x", "test", "asg_x"


class Pretends(Permit):
    """A subclass: made elsewhere than in the gate."""


@pytest.mark.django_db
def test_the_reader_takes_a_permit_and_nothing_else() -> None:
    _, (name,) = _put(b"plain sound")
    wrong: list[Any] = [name, None, name.encode(), Looks(name), {"object_name": name}, Permit, ("x", "y", "z")]
    wrong.append(Pretends(name, "lis_x", "test"))
    for one in wrong:
        with pytest.raises(TypeError):
            reader.open(one)
    assert reader.open(_permit(name)) == b"plain sound"
    assert reader.open(SealPermit(name, "asg_x"), start=6) == b"sound"
    assert reader.open(_permit(name), start=2, end=5) == b"ain"


@pytest.mark.django_db
def test_a_permit_cannot_be_turned_to_another_object() -> None:
    permit = _permit("a" * 64)
    with pytest.raises(AttributeError):
        permit.object_name = "b" * 64  # type: ignore[misc]
    with pytest.raises(ObjectMissing):
        reader.open(permit)


@pytest.mark.django_db
def test_objects_that_changed_places_on_the_disk_do_not_open() -> None:
    _, (mine, yours) = _put(b"mine", b"yours")
    store = writer.store()
    content = store.get(yours)
    store.delete(mine)
    store.put(mine, content)
    with pytest.raises(SealBroken):
        reader.open(_permit(mine))
    assert reader.open(_permit(yours)) == b"yours"


@pytest.mark.django_db
def test_an_object_is_never_overwritten_and_its_name_never_leads_out_of_the_folder(folder: Path) -> None:
    _, (name,) = _put(b"once")
    with pytest.raises(FileExistsError):
        writer.store().put(name, b"twice")
    assert reader.open(_permit(name)) == b"once"
    for wrong in ("../../etc/passwd", "a" * 63, "A" * 64, "a" * 65, ""):
        with pytest.raises(ValueError, match="64 hex digits"):
            writer.store().get(wrong)
    assert _files(folder) == [name]


@REAL_COMMITS
def test_what_was_shredded_is_gone_from_the_tables_and_the_disk(folder: Path) -> None:
    key_id, names = _put(b"one", b"two")
    other_key, others = _put(b"somebody else's")
    assert _on_disk(folder, names) == names
    with transaction.atomic():
        assert shredder.shred([key_id]) == 2
        assert _on_disk(folder, names) == names, "nothing is destroyed before it is decided"
    assert _on_disk(folder, names) == []
    assert not DataKey.objects.filter(id=key_id).exists()
    assert not StoredObject.objects.filter(name__in=names).exists()
    assert not DoomedObject.objects.exists()
    with pytest.raises(KeyShredded):
        keys.unwrap(key_id)
    assert keys.unwrap_many([key_id, other_key]).keys() == {other_key}
    for name in names:
        with pytest.raises(ObjectMissing):
            reader.open(_permit(name))
    assert reader.open(_permit(others[0])) == b"somebody else's"


@REAL_COMMITS
def test_shredding_that_is_rolled_back_destroys_nothing() -> None:
    key_id, (name,) = _put(b"kept")

    @transaction.atomic
    def rolled_back() -> None:
        shredder.shred([key_id])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rolled_back()
    assert reader.open(_permit(name)) == b"kept"
    assert not DoomedObject.objects.exists()


@REAL_COMMITS
def test_a_crash_between_the_commit_and_the_removal_is_made_good_by_the_sweep(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, names = _put(b"one", b"two")
    _, (kept,) = _put(b"kept")

    def crash(_names: list[str]) -> None:
        raise SystemExit("the power went out")

    with monkeypatch.context() as dark:
        dark.setattr(shredder, "_remove", crash)
        with pytest.raises(SystemExit), transaction.atomic():
            shredder.shred([key_id])
    assert set(DoomedObject.objects.values_list("name", flat=True)) == set(names)
    assert not DataKey.objects.filter(id=key_id).exists(), "the key is gone already: what is left is noise"
    assert sorted(_on_disk(folder, names)) == sorted(names)
    assert shredder.sweep() == 2
    assert _on_disk(folder, names) == []
    assert not DoomedObject.objects.exists()
    assert shredder.sweep() == 0
    assert reader.open(_permit(kept)) == b"kept"


@REAL_COMMITS
def test_the_sweep_takes_what_no_row_names_and_leaves_what_is_being_written(folder: Path) -> None:
    @transaction.atomic
    def rolled_back() -> None:
        _put(b"never committed")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rolled_back()
    orphans = _files(folder)
    _, (kept,) = _put(b"kept")
    assert shredder.sweep() == 0
    assert len(orphans) == 1
    assert shredder.sweep(orphans_older_than_s=-1) == 1
    assert _on_disk(folder, orphans) == []
    assert reader.open(_permit(kept)) == b"kept"
