"""Workers are killed (SIGKILL) again and again while tracks are screened: what is lost or doubled?

    python -m benchmarks.kill_race [--tracks 40] [--kills 20] [--broker redis+socket:///path]

Two workers, a lease of five seconds, a sweep every second. A track is lost when it has no decision
in the end, doubled when it has two, and given up when it was killed too often to be screened.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from apps.pipeline.demo_sounds import piece, write_wav
from benchmarks.site import Site, kill

SAID: dict[str, Any] = {"ai": [], "rights_in_result": "all_held", "borrowed": [], "likeness": []}
LATEST_S = 900.0
UNITS = {"kills": "kills", "attempts": "attempts", "seconds": "s"}


def run(folder: Path, *, tracks: int, kills: int, broker: str) -> dict[str, float]:
    """Counts after every track was decided, or LATEST_S have gone by."""
    path = write_wav(folder / "track.wav", piece(8.0, 3))
    with Site(folder, RUN_LEASE_S="5", BROKER_URL=broker) as site:
        for arguments in (["migrate", "-v0"], ["policy", "publish"]):
            site.manage(*arguments).check_returncode()
        runs = [site.ask("bring", path=str(path))["run"] for _ in range(tracks)]
        started = time.monotonic()
        killed = _kill_and_mend(site, runs, kills)
        seen = [site.ask("look", run=run) for run in runs]
    states = Counter(one["state"] for one in seen)
    return {
        "kills": killed,
        "lost": sum(not one["outcomes"] for one in seen),
        "doubled": sum(len(one["outcomes"]) > 1 for one in seen),
        "given_up": states["failed"],
        "attempts": sum(one["attempts"] for one in seen),
        "seconds": time.monotonic() - started,
    }


def _kill_and_mend(site: Site, runs: list[str], kills: int) -> int:
    """Kills a worker every few seconds until that was often enough, then lets them finish."""
    workers = [site.start_worker() for _ in range(2)]
    killed, waiting = 0, set(runs)
    deadline = time.monotonic() + LATEST_S
    next_kill = time.monotonic() + 6
    chance = random.Random(7)  # noqa: S311
    while waiting and time.monotonic() < deadline:
        time.sleep(1)
        site.ask("sweep")
        if killed < kills and time.monotonic() > next_kill:
            place = chance.randrange(2)
            kill(workers[place])
            workers[place] = site.start_worker()
            killed += 1
            next_kill = time.monotonic() + chance.uniform(2, 6)
        waiting = {run for run in waiting if not site.ask("look", run=run)["outcomes"]}
    return killed


def main() -> None:
    """Prints one `name value unit` line per figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tracks", type=int, default=40)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--broker", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soundcheck-kills-") as folder:
        result = run(Path(folder), tracks=asked.tracks, kills=asked.kills, broker=asked.broker)
    for name, value in result.items():
        print(f"kill_race_{name} {value:.0f} {UNITS.get(name, 'tracks')}")  # noqa: T201


if __name__ == "__main__":
    main()
