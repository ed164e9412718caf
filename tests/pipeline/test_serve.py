"""The whole site by one command: it starts, screens, mends itself, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.site import ROOT, Site, family, kill, wait_until
from tests.pipeline.test_workers import SAID, assert_decided_once

pytestmark = pytest.mark.services


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


class Served:
    """`manage.py serve` as a newcomer runs it."""

    def __init__(self, site: Site, *arguments: str) -> None:
        self.port = free_port()
        self.out = site.data / "serve.log"
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), *arguments]
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=site.env, stdout=out, stderr=out, start_new_session=True
            )

    def log(self) -> str:
        return self.out.read_text("utf-8", "replace")

    def wait_for(self, text: str, seconds: float = 60) -> None:
        wait_until(lambda: text in self.log(), seconds, self.log)

    def child(self, word: str) -> int:
        """The pid of the child whose command has this word."""
        for pid in family(self.process.pid)[1:]:
            if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0"):
                return pid
        raise AssertionError(f"no child has {word}: {self.log()}")


@pytest.fixture
def serve(site_of: Callable[[str], Site]) -> Iterator[Callable[..., tuple[Site, Served]]]:
    started: list[Served] = []

    def start(*arguments: str) -> tuple[Site, Served]:
        site = site_of("")
        started.append(Served(site, *arguments))
        return site, started[-1]

    yield start
    for served in started:
        kill(served.process)


def test_it_starts_screens_mends_itself_and_stops_cleanly(
    serve: Callable[..., tuple[Site, Served]], song: Path
) -> None:
    site, served = serve("--workers", "1")
    served.wait_for(f"Soundcheck is at http://127.0.0.1:{served.port}")
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/healthz", timeout=10) as answer:
        assert answer.status == 200
    served.wait_for("ready.")
    first = served.child("worker-1@%h")
    os.kill(first, signal.SIGKILL)
    served.wait_for("worker-1 ended (killed by SIGKILL)")
    run = site.ask("bring", path=str(song), answers=SAID)["run"]
    assert_decided_once(site.wait_for_run(run))
    assert served.child("worker-1@%h") != first

    second = Served(site)
    assert second.process.wait(timeout=60) == 1
    assert "running already" in second.log()
    assert "Traceback" not in second.log()

    children = family(served.process.pid)[1:]
    assert len(children) >= 4
    os.kill(served.process.pid, signal.SIGTERM)
    assert served.process.wait(timeout=40) == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in served.log()


def test_a_busy_port_and_an_old_database_are_one_sentence(
    site_of: Callable[[str], Site], tmp_path: Path
) -> None:
    site = site_of("")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        done = site.manage("serve", "--port", str(busy.getsockname()[1]))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "choose another one" in done.stderr
    done = site.manage("serve", DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert done.returncode == 1
    assert done.stderr == "CommandError: The database is not up to date. Run `make setup` first.\n"


def test_the_clock_sweeps_again_and_again_and_stops_when_asked(
    site_of: Callable[[str], Site], song: Path
) -> None:
    site = site_of("")
    made = site.ask("bring", path=str(song), answers=SAID)
    site.ask("let_pass", seconds=60)
    for message in (site.data / "queue" / "messages").iterdir():
        message.unlink()
    clock = subprocess.Popen(
        [sys.executable, "manage.py", "sweep", "--every", "0.2"], cwd=ROOT, env=site.env
    )
    try:
        wait_until(lambda: site.ask("messages") == 1, 30)
        body = json.loads(next((site.data / "queue" / "messages").iterdir()).read_text())
        assert body["headers"]["task"] == "pipeline.screen_run"
        assert made["run"] in body["headers"]["argsrepr"]
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(timeout=20) == 0
    finally:
        if clock.poll() is None:
            clock.kill()
            clock.wait()
