#!/usr/bin/env bash
# The tests that need a database, on a real PostgreSQL of Debian's: a cluster of its own, on a socket of its own.
set -euo pipefail
programs() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }
if [ -z "$(programs)" ] || [ ! -x "$(programs)/initdb" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
    fi
fi
bin=$(programs)
[ -n "$bin" ] && [ -x "$bin/initdb" ] || { echo "no PostgreSQL of the system: apt-get install postgresql" >&2; exit 1; }

folder=$(mktemp -d /tmp/fairhearing-postgresql.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null
    chown postgres "$folder"
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
chmod 755 "$folder"
finish() { (cd / && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop) || true; rm -rf "$folder"; }
trap finish EXIT
(
    cd /
    "${as[@]}" "$bin/initdb" -D "$folder/data" -U fairhearing -A trust -E UTF8 --locale=C >/dev/null
    "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -s \
        -o "-c listen_addresses='' -c max_connections=80 -c wal_recycle=off -k $folder" start
    "${as[@]}" "$bin/createdb" -h "$folder" -U fairhearing fairhearing
)
echo "PostgreSQL: $("$bin/postgres" --version)"
FAIRHEARING_DATABASE_URL="postgresql://fairhearing@/fairhearing?host=$folder" .venv/bin/pytest -n 2 --dist worksteal -m "database and not browser" "$@"
