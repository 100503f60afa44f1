"""``python -m fairhearing.worker``: what ``fairhearing worker`` becomes. The home is that of the environment."""

import os
import sys

from fairhearing.home import Home
from fairhearing.startup import ready

# A process a core: numpy's own threads would only wait for one another, and be paid for it. Before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> None:
    """Work until SIGTERM, or with ``--until-empty`` until no job waits."""
    with ready.django(Home.from_environment()):
        from fairhearing.worker import process

        process.run(until_empty="--until-empty" in sys.argv[1:])


main()
