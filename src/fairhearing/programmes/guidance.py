"""What a programme tells its reviewers: the guideline, and where they find help."""

from django.core.exceptions import ValidationError
from django.db import transaction

from fairhearing.ledger import entries
from fairhearing.ledger import log as ledger
from fairhearing.programmes.models import Programme

LONGEST = 20_000  # characters


@transaction.atomic
def write(*, programme: Programme, guideline: str, help_text: str, by: str) -> None:
    """Replace both texts. The log gets an entry that says which was changed, and by whom; not what it says.

    Raises:
        django.core.exceptions.ValidationError: one is too long.
    """
    held = Programme.objects.select_for_update().get(id=programme.id)
    texts = {"guideline": _clean(guideline), "help_text": _clean(help_text)}
    changed = [name for name, text in texts.items() if getattr(held, name) != text]
    if not changed:
        return
    for name in changed:
        setattr(held, name, texts[name])
    held.save(update_fields=changed)
    detail: dict[str, str | int] = {"programme": held.slug, "changed": " ".join(changed)}
    ledger.append(entries.NewEntry(kind=entries.Kind.RULES_SET, account=by, detail=detail))


def _clean(text: str) -> str:
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise ValidationError(f"a text of {len(text)} characters, expected {LONGEST} at most")
    return text
