#!/usr/bin/env bash
# Runs a command with DATABASE_URL set to a PostgreSQL cluster of its own, and removes it after.
# SOUNDCHECK_PG_FSYNC=on makes it as careful, and as slow, as a real one: for benchmarks, which may
# want more memory, too: SOUNDCHECK_PG_OPTIONS="-c shared_buffers=2GB".
set -euo pipefail
bin=$(command -v pg_ctl >/dev/null && pg_config --bindir 2>/dev/null || true)
[ -x "$bin/initdb" ] || bin=$(ls -d /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin \
    /usr/local/opt/postgresql*/bin 2>/dev/null | sort -V | tail -1)
[ -x "$bin/initdb" ] || { echo "PostgreSQL's initdb was not found." >&2; exit 1; }
dir=$(mktemp -d /tmp/soundcheck-pg.XXXXXX)
# PostgreSQL refuses to run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$dir"
stop() { as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"; }
trap stop EXIT
cd /
as_owner "$bin/initdb" -D "$dir/data" -U soundcheck -A trust -E UTF8 --locale=C >/dev/null
as_owner "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "-c listen_addresses='' \
    -c unix_socket_directories='$dir' -c fsync=${SOUNDCHECK_PG_FSYNC:-off} -c max_connections=100 ${SOUNDCHECK_PG_OPTIONS:-}" start >/dev/null ||
    { cat "$dir/log" >&2; exit 1; }
cd - >/dev/null
export DATABASE_URL="postgres://soundcheck@/postgres?host=${dir}"
"$@"
