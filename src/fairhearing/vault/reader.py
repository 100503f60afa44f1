"""Reading sound: with a permit of the gate's, and in no other way. Imported by ``gate`` alone."""

from fairhearing.vault import keys, sealing, writer
from fairhearing.vault.models import StoredObject
from fairhearing.vault.objects import ObjectMissing
from fairhearing.vault.permits import Permit, SealPermit


def open(permit: Permit | SealPermit, *, start: int = 0, end: int | None = None) -> bytes:  # noqa: A001
    """The plain content of the object that the permit names, or a range of it in bytes.

    Raises:
        TypeError: anything but a permit was passed.
        ObjectMissing: erased.
        keys.KeyShredded: erased.
        sealing.SealBroken: the bytes were changed.
    """
    if type(permit) not in (Permit, SealPermit):
        raise TypeError(f"vault.reader.open takes a permit of the gate's, got {type(permit).__name__}")
    row = (
        StoredObject.objects.filter(name=permit.object_name)
        .values_list("kind", "key_id", "key__epoch", "key__wrapped")
        .first()
    )
    if row is None:
        raise ObjectMissing(f"object {permit.object_name} was erased")
    kind, key_id, epoch, wrapped = row
    key = keys.unwrap_row(key_id, epoch, bytes(wrapped))
    sealed = writer.store().get(permit.object_name)
    return sealing.open_range(
        key,
        writer.owner(permit.object_name, kind),
        lambda first, beyond: sealed[first:beyond],
        len(sealed),
        start,
        end,
    )
