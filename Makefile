# Soundcheck: `make run` to use it, `make test` to prove it.
SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help run setup setup-dev test check bench fix diagrams clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: ## system packages where missing, virtual environment, database, rulebook
	@scripts/setup.sh run
	@scripts/prepare.sh

setup-dev:
	@scripts/setup.sh test

run: setup ## the whole site on http://127.0.0.1:8000, with a demo release
	@$(PY) manage.py seed_demo
	@exec $(PY) manage.py serve

check: setup-dev ## lint, types, import contracts, migrations, deploy settings
	@scripts/check.sh

test: setup-dev ## everything, on SQLite and on PostgreSQL, with Redis and a browser
	@scripts/check.sh
	@scripts/test.sh

bench: setup-dev ## speed and memory, one line `name value unit` each
	@$(PY) benchmarks/bench.py

fix: setup-dev ## format what can be formatted
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

clean: ## remove the virtual environment and caches; your data in var/ stays
	@rm -rf .venv staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
