"""A whole site in a temporary folder: its database, queue, workers, and a driver to ask it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from apps.pipeline.embedded import programs

ROOT = Path(__file__).resolve().parents[1]


class Site:
    """Use as a context manager: whatever it started is gone afterwards."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.env = {
            **os.environ,
            "SOUNDCHECK_DATA": str(data),
            "DATABASE_URL": f"sqlite:///{data / 'soundcheck.db'}",
            "BROKER_URL": "",
            "LOG_LEVEL": "INFO",
            "PYTHONWARNINGS": "ignore",
            **settings,
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self._driver: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Site":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self.workers:
            kill(worker)
        if self._driver and self._driver.stdin and self._driver.stdout:
            self._driver.stdin.close()
            self._driver.wait()
            self._driver.stdout.close()

    def manage(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs a management command to its end."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env={**self.env, **env}, capture_output=True, text=True, check=False
        )

    def start_worker(self, queue: str = "", **env: str) -> subprocess.Popen[bytes]:
        """One more worker, as the embedded site runs it, of another queue where one is named.

        Its log is `worker.log`.
        """
        program = programs(host="x", port=1, workers=1, every_s=1)[1]
        with (self.data / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [*program.argv, *(["--queues", queue] if queue else [])],
                cwd=ROOT,
                env={**self.env, **program.env, **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def ask(self, doing: str, **how: Any) -> Any:
        """Has the driver do something; its answer."""
        if self._driver is None:
            command = [sys.executable, "-m", "benchmarks.driver"]
            self._driver = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        if self._driver.stdin is None or self._driver.stdout is None:
            raise RuntimeError("The driver has no pipes.")
        self._driver.stdin.write(json.dumps({"do": doing, **how}) + "\n")
        self._driver.stdin.flush()
        return json.loads(self._driver.stdout.readline())

    def wait_for_run(self, run: str, seconds: float = 60) -> dict[str, Any]:
        """Where the run stands once it is done or failed."""
        seen: dict[str, Any] = {}

        def ended() -> bool:
            seen.update(self.ask("look", run=run))
            return seen["state"] in ("done", "failed")

        wait_until(ended, seconds, lambda: f"{seen}\n{self.log()[-3000:]}")
        return seen

    def log(self) -> str:
        """What the workers wrote."""
        path = self.data / "worker.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


def kill(process: subprocess.Popen[Any]) -> None:
    """SIGKILL to a process and its group, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(
    true: Callable[[], object], seconds: float, what: Callable[[], str] = lambda: ""
) -> None:
    """Returns when it is true; raises TimeoutError, saying what was there instead."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s: {what()}")
        time.sleep(0.05)


def family(root: int) -> list[int]:
    """A process and its descendants, from /proc."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(parent, []).append(int(folder.name))
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue += parents.get(pid, [])
    return found


def memory_of(root: int) -> int:
    """Bytes that a process and its descendants hold now; what they share counts once."""
    return sum(_proportional_bytes(pid) for pid in family(root))


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    sizes: Mapping[str, str] = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(sizes.get("Pss", "0 kB").split()[0]) * 1024
