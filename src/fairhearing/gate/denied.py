"""The refusals of the gate."""

from fairhearing.policy import Reason


class Denied(Exception):
    """The policy said no. ``reasons`` are all the grounds; the refusal stands in the log."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(" ".join(reason.sentence for reason in reasons))
        self.reasons = reasons


class PlayDenied(Denied):
    """Nobody hears this now."""


class ProcessDenied(Denied):
    """No machine reads this now."""


class ExportDenied(Denied):
    """This does not leave now."""
