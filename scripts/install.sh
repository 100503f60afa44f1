#!/usr/bin/env bash
# What the lock says, hash by hash, and then the checkout itself.
set -euo pipefail
pip="$PWD/.venv/bin/python -m pip --disable-pip-version-check --quiet"
$pip install --require-hashes --requirement "$1"
$pip install --no-deps --no-build-isolation --editable .
