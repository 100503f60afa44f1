#!/usr/bin/env bash
# Is there a Chromium for the browser tests? The system's, else playwright's own, else Debian's package where we may.
set -euo pipefail
if [ "${NO_BROWSER:-0}" = 1 ]; then
    echo "NO_BROWSER=1: the browser tests are left out" >&2
    exit 0
fi
found() { .venv/bin/python -m tests.chromium >/dev/null 2>&1; }
found && exit 0
timeout 120 .venv/bin/python -m playwright install chromium >/dev/null 2>&1 || true
found && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi
found && exit 0
cat >&2 <<'TEXT'
The browser tests need a Chromium and found none. Get one by one of these, then run make test again:
  apt-get install chromium          (Debian, Ubuntu; as root)
  .venv/bin/playwright install chromium
or set FAIRHEARING_CHROMIUM to the program. To leave the browser tests out: make test NO_BROWSER=1
TEXT
exit 1
