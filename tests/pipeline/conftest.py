"""Whole sites for tests: a database, a queue and workers of their own, on both brokers."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

from benchmarks.site import Site, kill, wait_until
from tests.consent.conftest import prove  # noqa: F401  the same log
from tests.sounds import tune, write_wav

LEASE_S = "20"


class Redis:
    """A real redis-server on a socket of its own, without any port."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"redis+socket://{quote(str(self.socket))}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed: make setup-dev installs it"
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self._process = subprocess.Popen(
            [program, *options, "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(self.socket.exists, 10)

    def stop(self) -> None:
        if self._process:
            kill(self._process)
        self.socket.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


def _postgres() -> str | None:
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else None


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A prepared database to copy: a SQLite file, or the name of a PostgreSQL database."""
    data = tmp_path_factory.mktemp("template")
    server = _postgres()
    name = f"template_{uuid4().hex[:12]}"
    url = f"sqlite:///{data / 'soundcheck.db'}"
    if server:
        _sql(f"CREATE DATABASE {name}")
        url = _named(server, name)
    with Site(data, DATABASE_URL=url) as site:
        for arguments in (["migrate", "-v0"], ["policy", "publish"]):
            done = site.manage(*arguments)
            assert done.returncode == 0, done.stderr
    yield name if server else str(data / "soundcheck.db")
    if server:
        _sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(template: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of one's own."""
    server = _postgres()
    if server is None:
        shutil.copy(template, tmp_path / "soundcheck.db")
        yield f"sqlite:///{tmp_path / 'soundcheck.db'}"
        return
    name = f"site_{uuid4().hex[:12]}"
    _sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _sql(f"DROP DATABASE {name} WITH (FORCE)")


def _sql(statement: str) -> None:
    with psycopg.connect(str(_postgres()), autocommit=True) as connection:
        connection.execute(statement)


def _named(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture
def site_of(database: str, tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """Makes the test's site on a broker, given by its URL; "" is the one made of files."""
    sites: list[Site] = []

    def make(broker: str = "") -> Site:
        site = Site(
            tmp_path,
            DATABASE_URL=database,
            BROKER_URL=broker,
            RUN_LEASE_S=LEASE_S,
            SECRET_KEY="for tests only",
            EMBEDDED="1",
        )
        sites.append(site.__enter__())
        return site

    yield make
    for site in sites:
        site.__exit__(None, None, None)


@pytest.fixture(params=["files", "redis"])
def site(request: pytest.FixtureRequest, site_of: Callable[[str], Site]) -> Site:
    """A site on each broker."""
    if request.param == "files":
        return site_of("")
    server: Redis = request.getfixturevalue("redis_server")
    subprocess.run(
        ["redis-cli", "-s", str(server.socket), "flushall"], check=True, stdout=subprocess.DEVNULL
    )
    return site_of(server.url)


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of music: long enough to be interrupted."""
    return write_wav(tmp_path_factory.mktemp("song") / "river.wav", tune(20.0))
