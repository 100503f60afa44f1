"""Facts in, a decision out. Pure: no clock, no database, nothing but the facts.

Promises an answer to every request: allowed with its conditions (obligations), or denied with every ground that
applies, from a closed list. What is not known is denied.
"""

from fairhearing.policy.decide import decide
from fairhearing.policy.facts import ExportFacts, Listener, PlayFacts, ProcessFacts
from fairhearing.policy.reasons import Allow, Decision, Deny, Obligations, Reason

__all__ = [
    "Allow",
    "Decision",
    "Deny",
    "ExportFacts",
    "Listener",
    "Obligations",
    "PlayFacts",
    "ProcessFacts",
    "Reason",
    "decide",
]
