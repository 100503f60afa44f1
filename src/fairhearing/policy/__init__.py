"""Facts in, a decision out. Pure: no clock, no database, nothing but the facts and the law beside this file.

Promises an answer to every request: allowed with its conditions (obligations), or denied with every ground that
applies, from a closed list. What is not known, or could not be decided, is denied. The law is ``house.cedar``;
a controller's rules (``rules.check``) come on top of it and can only forbid.
"""

from fairhearing.policy import engine
from fairhearing.policy.decide import decide
from fairhearing.policy.facts import (
    Act,
    Circumstances,
    DrillFacts,
    ExportFacts,
    Listener,
    PlayFacts,
    ProcessFacts,
    Rules,
    TraceFacts,
)
from fairhearing.policy.reasons import Allow, Decision, Deny, Obligations, Reason
from fairhearing.policy.rules import Rule, RuleRefused, check

__all__ = [
    "Act",
    "Allow",
    "Circumstances",
    "Decision",
    "Deny",
    "DrillFacts",
    "ExportFacts",
    "Listener",
    "Obligations",
    "PlayFacts",
    "ProcessFacts",
    "Reason",
    "Rule",
    "RuleRefused",
    "Rules",
    "TraceFacts",
    "check",
    "decide",
    "engine",
]
