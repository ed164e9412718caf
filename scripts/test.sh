#!/usr/bin/env bash
# The tests on SQLite with the browser, then on PostgreSQL what touches the database.
set -euo pipefail
cd "$(dirname "$0")/.."
printf '\n── tests on SQLite, with Redis, workers and a browser\n'
.venv/bin/python -m pytest -n auto "$@"
printf '\n── tests on PostgreSQL\n'
scripts/with_postgres.sh .venv/bin/python -m pytest -n auto -m "not browser" --only-database "$@"
