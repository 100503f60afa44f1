"""``python -m bench NAME [--speech DIR] [--text FILE] [--language xx] [--cases N] [--json]``.

Prints one JSON object as its last line; standard error says what it is doing.
"""

import argparse
import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import machine
from bench.options import Options

MODULES = {
    "review": "bench.review",
    "start": "bench.start",
    "scale": "bench.scale",
    "ledger": "bench.ledger",
    "import": "bench.importing",
    "fuzz": "bench.fuzz",
    "personal_data": "bench.personal_data",
    "spoken": "bench.spoken",
    "voice": "bench.voice",
    "names": "bench.names",
    "activation": "bench.activation",
    "sensitive": "bench.sensitive",
    "pipeline": "bench.pipeline",
    "watermark": "bench.watermark",
    "trace": "bench.trace",
    "crash": "bench.crash",
    "listen": "bench.listen",
    "withdraw": "bench.withdraw",
    "erasure": "bench.erasure",
    "unlinkable": "bench.unlinkable",
    "keyboard": "bench.keyboard",
    "consensus": "bench.consensus",
    "crosstalk": "bench.crosstalk",
}


def main() -> None:
    """Run one bench and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="One benchmark; its figures as JSON.")
    parser.add_argument("name", choices=sorted(MODULES))
    parser.add_argument("--speech", type=Path, metavar="DIR", help="a folder with manifest.jsonl and sound")
    parser.add_argument("--text", type=Path, metavar="FILE", help="texts, one JSON object a line")
    parser.add_argument("--language", default="en")
    parser.add_argument("--cases", type=int, metavar="N", help="of each attack (60), kills (500) or clips (200)")
    parser.add_argument("--json", action="store_true", help="print nothing but the JSON object")
    given = parser.parse_args()
    begun, load = time.monotonic(), machine.load()
    cases = {} if given.cases is None else {"cases": given.cases}
    options = Options(speech=given.speech, text=given.text, language=given.language, given=given.cases, **cases)
    found: dict[str, Any] = import_module(MODULES[given.name]).run(options)
    figures = {
        **found,
        "machine": machine.describe(),
        "load_before": load,
        "load_after": machine.load(),
        "seconds": round(time.monotonic() - begun, 1),
    }
    if not given.json:
        print(json.dumps(figures, indent=2))
    print(json.dumps(figures), flush=True)
    sys.stdout.flush()


if __name__ == "__main__":  # a bench may start processes that read this file again
    main()
