"""Where the browser tests' Chromium is. ``python -m tests.chromium`` prints its path, or fails."""

import os
import shutil
import sys
from pathlib import Path

# A Chromium that asks nobody outside for anything, also as root and without a screen.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def find() -> str | None:
    """The program named by ``FAIRHEARING_CHROMIUM``, the system's, or playwright's own."""
    named = os.environ.get("FAIRHEARING_CHROMIUM")
    candidates = [named] if named else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    for name in candidates:
        path = shutil.which(name)
        if path:
            return path
    return None if named else _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    found = find()
    print(found or "no Chromium found")  # noqa: T201
    sys.exit(0 if found else 1)
