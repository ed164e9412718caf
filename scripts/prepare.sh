#!/usr/bin/env bash
# Brings database, rulebook, static files and caches up to date. Quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python manage.py prepare
