"""Speed and memory, one line `name value unit` each: `make bench`.

A 3½-minute stereo track is made here and goes from file to decision through a real worker process,
as WAV, FLAC and MP3. Memory is the largest sum of the worker and its children at one moment.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from apps.pipeline.demo_sounds import piece, write_wav  # noqa: E402
from apps.policy.decide import decide  # noqa: E402
from apps.policy.gather import gather  # noqa: E402
from apps.policy.shipped import shipped_ruleset  # noqa: E402
from benchmarks.broker_race import race  # noqa: E402
from benchmarks.site import Site, memory_of, wait_until  # noqa: E402
from benchmarks.synthetic_cost import measured_cost  # noqa: E402

SECONDS = 210.0
ENCODINGS = {
    "wav": [],
    "flac": ["-c:a", "flac"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "320k"],
}
SAID: dict[str, Any] = {
    "ai": [],
    "rights_in_result": "all_held",
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
}
SAMPLE_S = 0.02


class Peak:
    """The most memory that a process and its descendants held while the block ran."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self.bytes = max(self.bytes, memory_of(self._pid))


def show(name: str, value: float, unit: str) -> None:
    """One line of the result."""
    print(f"{name} {value:.2f} {unit}" if value < 100 else f"{name} {value:.0f} {unit}", flush=True)  # noqa: T201


def encode(wav: Path, kind: str) -> Path:
    """The same recording in another format."""
    made = wav.with_name(f"track.{kind}")
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(wav), *ENCODINGS[kind]]
    subprocess.run([*command, str(made)], check=True)
    return made


def prepared(folder: Path) -> Site:
    """A site of its own, database and rulebook in place."""
    site = Site(folder)
    for arguments in (["migrate", "-v0"], ["policy", "publish"], ["warm_caches"]):
        done = site.manage(*arguments)
        if done.returncode:
            sys.exit(done.stderr)
    return site


def measure_tracks(site: Site, wav: Path) -> None:
    """From the queue to the decision: CPU and wall seconds, and peak memory, per format."""
    worker = site.start_worker()
    wait_until(lambda: "ready." in site.log(), 60, site.log)
    show("worker_idle_memory", memory_of(worker.pid) / 1e6, "MB")
    for kind in ENCODINGS:
        path = encode(wav, kind)
        with Peak(worker.pid) as peak:
            run = site.ask("bring", path=str(path), title=kind, answers=SAID)["run"]
            seen = site.wait_for_run(run, seconds=300)
        if seen["state"] != "done":
            sys.exit(f"The {kind} track was not screened: {seen}")
        show(f"track_{kind}_cpu", seen["cpu_s"], "s")
        show(f"track_{kind}_wall", seen["wall_s"], "s")
        show(f"track_{kind}_memory", peak.bytes / 1e6, "MB")


def measure_command(site: Site, folder: Path) -> None:
    """`screen` on one short file with warm caches: the best of three."""
    short = write_wav(folder / "short.wav", piece(5.0, 2))
    took = [_seconds(lambda: site.manage("screen", "--json", str(short))) for _ in range(3)]
    show("screen_short_file_wall", min(took), "s")


def measure_decide() -> None:
    """Decisions per second on one core: the same facts again, and facts never seen before."""
    ruleset = shipped_ruleset()
    statuses = dict.fromkeys(ruleset.checks, "ok")
    facts = gather(SAID, [], statuses, ruleset)
    count = 2000
    took = _seconds(lambda: [decide(facts, ruleset) for _ in range(count)])
    show("decide_per_second", count / took, "1/s")
    show("decide_nothing_known_first_time", _first_decision({}), "s")


def _first_decision(declaration: Mapping[str, Any]) -> float:
    ruleset = shipped_ruleset()
    return _seconds(lambda: decide(gather(declaration, [], {}, ruleset), ruleset))


def measure_brokers() -> None:
    """Messages lost by two producers and two consumers, nobody killed: kombu's, and ours."""
    for name, stock in (("stock", True), ("ours", False)):
        with tempfile.TemporaryDirectory() as folder:
            result = race(Path(folder), messages=4000, stock=stock)
        show(f"broker_{name}_lost_of_4000", result["lost"], "messages")
        show(f"broker_{name}_sent", result["sent_per_s"], "1/s")


def measure_ledger() -> None:
    """`benchmarks/ledger.py` on a PostgreSQL of its own that waits for its disk."""
    command = ["scripts/with_postgres.sh", sys.executable, "benchmarks/ledger.py"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "SOUNDCHECK_PG_FSYNC": "on"}, check=True)


def measure_consent() -> None:
    """`benchmarks/consent.py`: permissions and training at a million tracks (BENCH_TRACKS)."""
    command = ["scripts/with_postgres.sh", sys.executable, "benchmarks/consent.py"]
    memory = {"SOUNDCHECK_PG_OPTIONS": "-c shared_buffers=2GB -c max_wal_size=8GB"}
    tracks = os.environ.get("BENCH_TRACKS", "1000000")
    careful = {**os.environ, "SOUNDCHECK_PG_FSYNC": "on", **memory}
    subprocess.run([*command, tracks], cwd=ROOT, env=careful, check=True)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure_listening() -> None:
    """What the check for generated sound costs by itself."""
    cpu, before, highest = measured_cost()
    show("synthetic_audio_cpu", cpu, "s")
    show("synthetic_audio_memory", highest - before, "MiB")


def measure_prints() -> None:
    """`print_index.py` and `mark_index.py`: building the indexes, their bytes, and queries."""
    for arguments in (("print_index", "10000", "100000"), ("mark_index", "10000")):
        command = [sys.executable, "-m", f"benchmarks.{arguments[0]}", *arguments[1:]]
        subprocess.run(command, cwd=ROOT, check=True)


def main() -> None:
    """Everything, the most asked for first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory(prefix="soundcheck-bench-") as name:
        folder = Path(name)
        wav = write_wav(folder / "made.wav", piece(SECONDS, 5))
        with prepared(folder) as site:
            measure_tracks(site, wav)
            measure_command(site, folder)
    measure_decide()
    measure_listening()
    measure_prints()
    measure_brokers()
    measure_ledger()
    measure_consent()


if __name__ == "__main__":
    main()
