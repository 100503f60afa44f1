"""``trace``: how long it takes to name the reviewer of a 5 s leak among very many clips of three listens each.

From the file's bytes to the answer, by the product's own action on a database of its own: fingerprints are opened, a
leak through Opus at 16 kbit/s is searched, aligned, and compared with the keys of all listens.
"""

from typing import Any

from bench import server
from bench.options import Options, say

LEAKS = 12  # clips with sound, each leaked once
SIZES = (("10k", 10_000), ("30k", 30_000), ("100k", 100_000))


def run(options: Options) -> dict[str, Any]:
    """Return the median seconds of a trace among 10,000, 30,000 and 100,000 clips, and how many were named rightly."""
    say("a home of its own")
    with server.temporary_home() as home:
        speech = str(options.speech.absolute()) if options.speech else ""
        return server.in_process("bench.leaked", home, {"speech": speech, "leaks": LEAKS, "sizes": SIZES})
