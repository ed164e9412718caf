"""The benchmark of consent and training at a small size, so that it runs whenever it is wanted."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from benchmarks.site import ROOT

SERVER = os.environ.get("DATABASE_URL", "")
POSTGRESQL = SERVER.startswith("postgres")


@pytest.fixture
def database() -> Iterator[str]:
    """The URL of an empty database on the server of the tests."""
    name = f"consent_bench_{uuid4().hex[:12]}"
    head, _, query = SERVER.partition("?")
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(data: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The benchmark as a person runs it."""
    return subprocess.run(
        [sys.executable, "benchmarks/consent.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "SOUNDCHECK_DATA": str(data), "PYTHONWARNINGS": "ignore", **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.services
@pytest.mark.skipif(not POSTGRESQL, reason="it measures PostgreSQL")
def test_every_figure_comes_at_a_small_size(database: str, tmp_path: Path) -> None:
    done = run(tmp_path, "1000", DATABASE_URL=database)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = {}
    for line in done.stdout.splitlines():
        name, value, _unit = line.split(" ", 2)
        figures[name] = float(value)
    assert figures["consent_tracks"] == 1000
    assert figures["consent_states_proven_on"] == 1000
    assert figures["consent_lost_by_leaf"] == 0
    assert 0 < figures["consent_listed_generative_music"] < figures["consent_listed_moderation"]
    assert any(name.startswith("consent_verify_") for name in figures)


def test_it_says_that_it_needs_postgresql(tmp_path: Path) -> None:
    done = run(tmp_path, "1000", DATABASE_URL=f"sqlite:///{tmp_path / 'x.db'}")
    assert done.returncode == 1
    assert "with_postgres.sh" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(not POSTGRESQL, reason="it measures PostgreSQL")
@pytest.mark.parametrize("size", ["999", "1500", "0", "many"])
def test_a_size_that_it_cannot_make(size: str, tmp_path: Path) -> None:
    done = run(tmp_path, size)
    assert done.returncode == 1
    assert "multiple of 1,000" in done.stderr
    assert "Traceback" not in done.stderr
