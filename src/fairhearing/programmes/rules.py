"""Rules of a controller's: adding them, taking them away, and which are in force.

A rule meets plays at the scopes' lock, as a pause does: when the answer is there, no play that it forbids is in flight
and none begins. A row's text never changes, so the ids of those in force are the version of the rules: every process
reads them with its facts, and reads the texts once for each version.
"""

import hashlib
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from fairhearing import ids, statements
from fairhearing.ledger import entries
from fairhearing.ledger import log as ledger
from fairhearing.policy import Rules, check
from fairhearing.programmes import scopes
from fairhearing.programmes.models import HouseRule

RULES_MOST = 50
# The version of the rules, as a column of a statement: the ids of those in force.
IN_FORCE = "ARRAY(SELECT w.id FROM programmes_houserule w WHERE w.ended_at IS NULL ORDER BY w.id)"
_TEXTS = "SELECT text FROM programmes_houserule WHERE id = ANY(%s) ORDER BY id"


class RuleTaken(ValueError):
    """A rule of this name is in force; take it away first, or choose another @id."""


class TooManyRules(ValueError):
    """There are as many rules in force as there may be; take one away first."""


class RuleUnknown(LookupError):
    """No rule of this name is in force."""


@transaction.atomic
def add(*, text: str, by: str) -> HouseRule:
    """Put a rule into force: from the next play, in all processes.

    Raises:
        fairhearing.policy.RuleRefused: it does not hold; the sentence names rule and place.
        RuleTaken: its name is in use. TooManyRules: there are ``RULES_MOST``.
    """
    rule = check(text)
    scopes.hold_alone()
    in_force = set(HouseRule.objects.filter(ended_at=None).values_list("name", flat=True))
    if rule.name in in_force:
        raise RuleTaken(f"rule {rule.name}: {RuleTaken.__doc__}")
    if len(in_force) >= RULES_MOST:
        raise TooManyRules(f"rule {rule.name}: {len(in_force)} rules are in force, the most that there may be")
    made = HouseRule.objects.create(id=ids.new("rule"), name=rule.name, reason=rule.reason, text=rule.text)
    _log("added", made, by)
    return made


@transaction.atomic
def remove(*, name: str, by: str) -> HouseRule:
    """Take a rule out of force. Its row stays, so that the log's entries can be read.

    Raises:
        RuleUnknown: there is none of this name.
    """
    scopes.hold_alone()
    found = HouseRule.objects.filter(name=name, ended_at=None).first()
    if found is None:
        raise RuleUnknown(f"rule {name}: none of this name is in force")
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    _log("removed", found, by)
    return found


def list_in_force() -> list[HouseRule]:
    """The rules in force by name."""
    return list(HouseRule.objects.filter(ended_at=None).order_by("name"))


def of_version(version: list[str]) -> Rules:
    """The rules whose ids a statement read as ``IN_FORCE``."""
    return _rules(tuple(version)) if version else Rules()


@lru_cache(maxsize=16)
def _rules(version: tuple[str, ...]) -> Rules:
    texts = tuple(str(row[0]) for row in statements.rows(_TEXTS, [list(version)]))
    # A row that is gone leaves a text that does not hold, and so nothing is decided: never fewer rules than there were.
    return Rules(texts=texts + ("",) * (len(version) - len(texts)))


def _log(change: str, rule: HouseRule, by: str) -> None:
    detail: dict[str, str | int] = {
        "change": change,
        "rule": rule.name,
        "sha256": hashlib.sha256(rule.text.encode()).hexdigest(),
    }
    ledger.append(entries.NewEntry(kind=entries.Kind.POLICY_CHANGED, account=by, detail=detail))
