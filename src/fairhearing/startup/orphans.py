"""A process that ends when the one that started it is killed hard (Linux; elsewhere nothing happens)."""

import contextlib
import ctypes
import os
import signal

SWITCH = "FAIRHEARING_END_WITH_PARENT"
_PR_SET_PDEATHSIG = 1


def end_with_parent(by: int = signal.SIGTERM) -> None:
    """Ask the kernel for a signal at the parent's end. Call it in the child; it does not pass to its own children."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)


def end_server_with_parent() -> None:
    """For a process of the web server, when ``run`` says so: a server that was killed leaves nobody on its port.

    SIGKILL, because a server that is just starting loses a SIGTERM; being killed is safe at every moment.
    """
    if os.environ.get(SWITCH) == "1":
        end_with_parent(signal.SIGKILL)
        if os.getppid() == 1:  # too late to be told
            os._exit(1)
