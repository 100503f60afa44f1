#!/usr/bin/env bash
# A virtual environment from any Python ≥ 3.11, also where Debian left ensurepip out.
set -euo pipefail
python=$1 venv=$2
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python ≥ 3.11 is needed; $python is $("$python" --version 2>&1 || echo missing). Name another: make PYTHON=python3.12 …" >&2
    exit 1
fi
if "$python" -m venv "$venv" 2>/dev/null; then exit 0; fi
rm -rf "$venv"
if "$python" -m pip --version >/dev/null 2>&1; then
    tools=$(mktemp -d)
    trap 'rm -rf "$tools"' EXIT
    "$python" -m pip install --quiet --target "$tools" virtualenv
    PYTHONPATH="$tools" "$python" -m virtualenv --quiet "$venv"
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq python3-venv
    "$python" -m venv "$venv"
else
    echo "$python can make no virtual environment (ensurepip is missing): install python3-venv, or pip" >&2
    exit 1
fi
