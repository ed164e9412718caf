#!/usr/bin/env bash
# Everything that can be said about the code without running it.
set -euo pipefail
cd "$(dirname "$0")/.."
step() { printf '\n── %s\n' "$*"; }
step "lint"; .venv/bin/ruff check . && .venv/bin/ruff format --check .
step "types"; .venv/bin/mypy apps config
step "import contracts"; .venv/bin/lint-imports
step "migrations"; .venv/bin/python -W error manage.py makemigrations --check --dry-run
step "deploy settings"
EMBEDDED=0 SECRET_KEY=$(printf 'not-a-real-key-%.0s' 1 2 3 4 5) ALLOWED_HOSTS=example.org \
    LEDGER_PSEUDONYM_KEY=not-a-real-key \
    .venv/bin/python -W error manage.py check --deploy --fail-level WARNING
step "rulebook"; .venv/bin/python manage.py policy check
