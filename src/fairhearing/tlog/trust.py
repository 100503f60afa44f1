"""Whom to believe: the log's keys, its witnesses, and how many of them must have signed (C2SP tlog-policy)."""

from collections.abc import Collection
from dataclasses import dataclass, field

from fairhearing.tlog.encoding import decode_decimal
from fairhearing.tlog.keys import COSIGNATURE_TYPES, KeyMalformed, KeyType, Verifier

_NOBODY = "none"
_MAX_BYTES = 1_000_000


class TrustMalformed(Exception):
    """The text is no policy of whom to believe. The message names the line."""


@dataclass(frozen=True, slots=True)
class Party:
    """A log or a witness: its key and, for who talks to it, the prefix of its addresses."""

    name: str
    key: Verifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses so (and groups of them), of whom ``threshold`` must have signed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """The logs, the witnesses by name, the groups by name, and which of these must have signed (none: "")."""

    logs: tuple[Party, ...]
    witnesses: dict[str, Party]
    groups: dict[str, Group]
    quorum: str

    def is_met(self, signed: Collection[Verifier]) -> bool:
        """Whether cosignatures of these keys are enough."""
        return not self.quorum or self._has_signed(self.quorum, {(key.name, key.key_id) for key in signed})

    def _has_signed(self, name: str, signed: Collection[tuple[str, bytes]]) -> bool:
        group = self.groups.get(name)
        if group is None:
            key = self.witnesses[name].key
            return (key.name, key.key_id) in signed
        return sum(self._has_signed(member, signed) for member in group.members) >= group.threshold

    @classmethod
    def parse(cls, text: str) -> "Trust":
        """Read a policy file.

        Raises:
            TrustMalformed: a line that the format does not allow, or not exactly one quorum.
        """
        return _Reader().read(text)


@dataclass(slots=True)
class _Reader:
    """The lines so far. A name is used after it is given, once as a member, so there are no circles."""

    logs: list[Party] = field(default_factory=list)
    witnesses: dict[str, Party] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    quorum: str | None = None

    def read(self, text: str) -> Trust:
        if len(text) > _MAX_BYTES:
            raise TrustMalformed(f"the policy has {len(text)} characters, expected at most {_MAX_BYTES}")
        for number, line in enumerate(text.split("\n"), 1):
            try:
                self._line(line)
            except (ValueError, KeyMalformed) as problem:
                raise TrustMalformed(f"line {number} of the policy: {problem}") from None
        if self.quorum is None:
            raise TrustMalformed("the policy has no quorum line, expected exactly one")
        return Trust(tuple(self.logs), self.witnesses, self.groups, self.quorum)

    def _line(self, line: str) -> None:
        if any((sign < " " and sign != "\t") or sign == "\x7f" for sign in line):
            raise ValueError("a control character, expected tabs and newlines alone")
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            return
        kinds = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        if words[0] not in kinds:
            raise ValueError(f"{words[0][:40]!r}, expected log, witness, group or quorum")
        kinds[words[0]](words[1:])

    def _log(self, words: list[str]) -> None:
        if not 1 <= len(words) <= 2:
            raise ValueError("expected log VKEY [URL]")
        key = Verifier.parse(words[0])
        if key.key_type is not KeyType.ED25519:
            raise ValueError(f"the key {key.name} is a witness's, expected a log's")
        if any(key.public == other.key.public for other in self.logs):
            raise ValueError(f"the key of the log {key.name} stands twice")
        self.logs.append(Party(key.name, key, *words[1:]))

    def _witness(self, words: list[str]) -> None:
        if not 2 <= len(words) <= 3:
            raise ValueError("expected witness NAME VKEY [URL]")
        name, key = self._fresh(words[0]), Verifier.parse(words[1])
        if key.key_type not in COSIGNATURE_TYPES:
            raise ValueError(f"the key {key.name} is a log's, expected a witness's")
        if any(key.public == other.key.public for other in self.witnesses.values()):
            raise ValueError(f"the key of the witness {name} stands twice")
        self.witnesses[name] = Party(name, key, *words[2:])

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise ValueError("expected group NAME all|any|NUMBER MEMBER…")
        name, wanted, members = self._fresh(words[0]), words[1], words[2:]
        for member in members:
            self._known(member)
            if member in self.members:
                raise ValueError(f"{member!r} is a member already: nobody counts twice")
            self.members.add(member)
        threshold = {"all": len(members), "any": 1}.get(wanted) or decode_decimal(wanted, "the group's number")
        if not 1 <= threshold <= len(members):
            raise ValueError(f"{threshold} of {len(members)} members, expected 1 to {len(members)}")
        self.groups[name] = Group(threshold, tuple(members))

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise ValueError("expected quorum NAME")
        if self.quorum is not None:
            raise ValueError("a second quorum, expected one")
        self.quorum = "" if words[0] == _NOBODY else self._known(words[0])

    def _fresh(self, name: str) -> str:
        if name == _NOBODY or name in self.witnesses or name in self.groups:
            raise ValueError(f"{name!r} is taken")
        return name

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name!r} is not known yet: no line above gives it")
        return name
