"""Reading sound: with a permit of the gate's, and in no other way. Imported by ``gate`` alone."""

from fairhearing import statements
from fairhearing.vault import keys, sealing, writer
from fairhearing.vault.objects import ObjectMissing
from fairhearing.vault.permits import Permit, SealPermit

_OBJECT = """
SELECT o.kind, o.key_id, k.epoch, k.wrapped FROM vault_storedobject o JOIN vault_datakey k ON k.id = o.key_id
WHERE o.name = %s
"""


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
    row = statements.first(_OBJECT, [permit.object_name])
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
