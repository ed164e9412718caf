"""Real workers on real brokers: whatever is killed, lost, repeated or late, one decision each."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.catalogue.wake import QUIET_S
from benchmarks.site import Site, kill, wait_until
from tests.pipeline.conftest import LEASE_S, Redis

pytestmark = pytest.mark.services

LONG = 2 * float(LEASE_S)  # seconds; after that a dead worker's lease is over
SAID = {
    "ai": [],
    "rights_in_result": "all_held",
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
}


def bring(site: Site, song: Path) -> dict[str, str]:
    made: dict[str, str] = site.ask("bring", path=str(song), answers=SAID)
    return made


def assert_decided_once(seen: dict[str, Any]) -> None:
    assert seen["state"] == "done"
    assert len(seen["outcomes"]) == 1
    assert seen["told"] == 1
    assert seen["track"] in ("cleared", "held", "refused")
    assert seen["cases"] == (seen["track"] == "held")
    assert len(seen["results"]) >= 5
    assert set(seen["results"].values()) <= {"ok", "not_assessable"}


def wait_for_stage(site: Site, run: str, reached: Callable[[dict[str, Any]], bool]) -> None:
    seen: dict[str, Any] = {}

    def there() -> bool:
        seen.update(site.ask("look", run=run))
        assert seen["state"] != "done", "it was over before it could be interrupted"
        return reached(seen)

    wait_until(there, 60, lambda: f"{seen}\n{site.log()[-2000:]}")


def test_from_upload_to_decision(site: Site, song: Path) -> None:
    site.start_worker()
    made = site.ask("upload", path=str(song), answers=SAID)
    wait_until(lambda: site.ask("audio_state", audio=made["audio"]) == "ready", 30, site.log)
    run = site.ask("submit", track=made["track"])
    assert site.ask("submit", track=made["track"]) == run  # the form was sent twice
    seen = site.wait_for_run(run)
    assert_decided_once(seen)
    assert seen["attempts"] == 1


MOMENTS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "decoding": lambda seen: seen["stage"] == "decoding",
    "first result": lambda seen: len(seen["results"]) >= 1,
    "pictures": lambda seen: seen["stage"] == "pictures",
}
TWO_KILLS = {"files": ("decoding", "pictures"), "redis": ("first result", "pictures")}


def kill_at(site: Site, run: str, moment: str, attempt: int) -> dict[str, Any]:
    """Starts a worker, kills it at that moment of its attempt, and waits for the lease to end."""
    worker = site.start_worker()
    wait_for_stage(site, run, lambda seen: seen["attempts"] == attempt and MOMENTS[moment](seen))
    kill(worker)
    left: dict[str, Any] = site.ask("look", run=run)
    assert left["outcomes"] == []
    site.ask("let_pass", seconds=LONG)
    site.ask("sweep")
    return left


def test_kill_9_in_the_middle_of_a_run(site: Site, song: Path) -> None:
    run = bring(site, song)["run"]
    broker = "redis" if site.env["BROKER_URL"] else "files"
    for attempt, moment in enumerate(TWO_KILLS[broker], start=1):
        left = kill_at(site, run, moment, attempt)
    site.start_worker()
    seen = site.wait_for_run(run)
    assert_decided_once(seen)
    assert seen["attempts"] == 3
    assert set(left["results"]) <= set(seen["results"])


def test_a_track_that_kills_its_worker_three_times_is_left_to_a_person(
    site_of: Callable[[str], Site], song: Path
) -> None:
    site = site_of("")
    run = bring(site, song)["run"]
    for attempt in (1, 2, 3):
        kill_at(site, run, "decoding", attempt)
    site.start_worker()
    seen = site.wait_for_run(run)
    assert (seen["state"], seen["error"], seen["track"]) == ("failed", "worker_lost", "held")
    assert (len(seen["outcomes"]), seen["cases"], seen["told"]) == (1, 1, 1)
    other = bring(site, song)["run"]  # the worker is well and takes the next one
    assert_decided_once(site.wait_for_run(other))


def test_the_same_message_many_times_to_two_workers(site: Site, song: Path) -> None:
    run = bring(site, song)["run"]
    for _ in range(4):
        site.ask("ring", run=run)
    site.start_worker()
    site.start_worker()
    seen = site.wait_for_run(run)
    wait_until(lambda: site.ask("messages") == 0, 20)
    time.sleep(0.5)
    assert_decided_once(site.ask("look", run=run))
    assert seen["attempts"] == 1


def test_a_worker_that_froze_and_wakes_up_late_commits_nothing(
    site_of: Callable[[str], Site], song: Path
) -> None:
    site = site_of("")
    frozen = site.start_worker()
    run = bring(site, song)["run"]
    wait_for_stage(site, run, MOMENTS["decoding"])
    os.killpg(frozen.pid, signal.SIGSTOP)
    site.ask("let_pass", seconds=LONG)
    site.start_worker()
    site.ask("sweep")
    seen = site.wait_for_run(run)
    assert_decided_once(seen)
    os.killpg(frozen.pid, signal.SIGCONT)
    wait_until(lambda: "took this run over" in site.log(), 20, site.log)
    assert site.ask("look", run=run) == seen
    assert frozen.poll() is None


def test_a_track_withdrawn_while_it_is_screened(site_of: Callable[[str], Site], song: Path) -> None:
    site = site_of("")
    site.start_worker()
    made = bring(site, song)
    wait_for_stage(site, made["run"], MOMENTS["decoding"])
    site.ask("withdraw", track=made["track"])
    wait_until(lambda: "took this run over" in site.log(), 20, site.log)
    seen = site.ask("look", run=made["run"])
    assert (seen["state"], seen["error"], seen["track"]) == ("failed", "withdrawn", "withdrawn")
    assert seen["outcomes"] == []


def test_sigterm_lets_the_worker_finish(site_of: Callable[[str], Site], song: Path) -> None:
    site = site_of("")
    worker = site.start_worker()
    run = bring(site, song)["run"]
    wait_for_stage(site, run, MOMENTS["decoding"])
    worker.send_signal(signal.SIGTERM)
    worker.wait(timeout=30)
    assert_decided_once(site.ask("look", run=run))


def test_redis_is_away_when_a_release_is_submitted(
    site_of: Callable[[str], Site], song: Path, tmp_path: Path
) -> None:
    server = Redis(tmp_path)
    site = site_of(server.url)
    site.ask("messages")  # the driver has started
    started = time.monotonic()
    run = bring(site, song)["run"]
    assert time.monotonic() - started < 3
    assert site.ask("look", run=run)["track"] == "submitted"
    try:
        server.start()
        site.start_worker()
        site.ask("let_pass", seconds=LONG)  # the sweep leaves fresh rows alone
        time.sleep(QUIET_S)
        site.ask("sweep")
        assert_decided_once(site.wait_for_run(run))
    finally:
        server.stop()


def test_the_queue_folder_cannot_be_written_when_a_release_is_submitted(
    site_of: Callable[[str], Site], song: Path, tmp_path: Path
) -> None:
    site = site_of("")
    (tmp_path / "queue").write_text("a file where the folder should be")
    run = bring(site, song)["run"]
    assert site.ask("look", run=run)["track"] == "submitted"
    (tmp_path / "queue").unlink()
    site.start_worker()
    time.sleep(QUIET_S)
    site.ask("let_pass", seconds=LONG)
    site.ask("sweep")
    assert_decided_once(site.wait_for_run(run))


def test_redis_restarts_during_a_run(
    site_of: Callable[[str], Site], song: Path, tmp_path: Path
) -> None:
    server = Redis(tmp_path)
    server.start()
    try:
        site = site_of(server.url)
        site.start_worker()
        run = bring(site, song)["run"]
        wait_for_stage(site, run, MOMENTS["decoding"])
        server.stop()
        server.start()
        assert_decided_once(site.wait_for_run(run))
        other = bring(site, song)["run"]
        assert_decided_once(site.wait_for_run(other))
    finally:
        server.stop()


def test_no_scratch_files_stay_behind(site_of: Callable[[str], Site], song: Path) -> None:
    site = site_of("")
    worker = site.start_worker()
    run = bring(site, song)["run"]
    wait_for_stage(site, run, MOMENTS["first result"])
    kill(worker)
    left = list((site.data / "scratch").iterdir())
    assert left
    subprocess.run(["touch", "-d", "2 hours ago", *map(str, left)], check=True)
    assert site.ask("sweep")["leftovers"] == len(left)
    assert not list((site.data / "scratch").iterdir())
