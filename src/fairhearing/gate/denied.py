"""The refusals of the gate."""

from fairhearing.policy import Decision, Deny, Reason


class Denied(Exception):
    """The policy said no. ``reasons`` are all the grounds; a refused play, process or export stands in the log."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(" ".join(reason.sentence for reason in reasons))
        self.reasons = reasons


class PlayDenied(Denied):
    """Nobody hears this now."""


class ProcessDenied(Denied):
    """No machine reads this now."""


class ExportDenied(Denied):
    """This does not leave now."""


class TraceDenied(Denied):
    """No leak is compared with this, or no copy taken for a drill."""


def rules_of(decision: Decision) -> dict[str, str | int]:
    """For the entry's detail: the names of the controller's rules that forbade it."""
    return {"rules": " ".join(decision.rules)} if isinstance(decision, Deny) and decision.rules else {}
