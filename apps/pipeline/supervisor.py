"""Keeps a few programs running on one machine: starts, watches, restarts and stops them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from apps.pipeline import tether

LONGEST_WAIT_S = 30.0  # between two starts of a program that keeps ending
STEADY_S = 60.0  # a program that ran for so long starts again at once
TICK_S = 0.2

Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """What to run: a short name for its lines, its command, and how long it may take to stop."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    grace_s: float = 10.0


class Child:
    """One program, running or waiting to be started again. Its lines come out with its name."""

    def __init__(self, program: Program, say: Say) -> None:
        self.program = program
        self._say = say
        self._process: subprocess.Popen[str] | None = None
        self._started = 0.0
        self._failures = 0
        self._start_at = 0.0

    def tend(self) -> None:
        """Starts it when it is due; notices its end. Call it again and again, from one thread."""
        if self._process is None:
            if time.monotonic() >= self._start_at:
                self._start()
            return
        status = self._process.poll()
        if status is not None:
            self._process = None
            self._plan_restart(status)

    def ask_to_stop(self) -> None:
        """SIGTERM: finish what you are doing."""
        self._signal(signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """Waits until `deadline` (monotonic), then kills; afterwards it is gone."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self._say(f"{self.program.name} did not stop by itself")
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Stops it, gently first; `tend` starts it again."""
        self.ask_to_stop()
        self.end(time.monotonic() + self.program.grace_s)
        self._start_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    @property
    def runs(self) -> bool:
        """Whether it is running now."""
        return self._process is not None and self._process.poll() is None

    def _start(self) -> None:
        wrapped = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid())]
        self._process = subprocess.Popen(
            [*wrapped, *self.program.argv],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            # A group of its own: Ctrl-C in the terminal reaches the supervisor only.
            start_new_session=True,
        )
        self._started = time.monotonic()
        if self._process.stdout:
            forward = threading.Thread(target=self._forward, args=(self._process.stdout,))
            forward.daemon = True
            forward.start()

    def _forward(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                self._say(f"{self.program.name:<9}| {line.rstrip()}")

    def _plan_restart(self, status: int) -> None:
        steady = time.monotonic() - self._started > STEADY_S
        self._failures = 0 if steady else self._failures + 1
        wait = 0.0 if steady else min(2.0 ** (self._failures - 1), LONGEST_WAIT_S)
        self._start_at = time.monotonic() + wait
        self._say(f"{self.program.name} ended ({_ending(status)}); it starts again in {wait:.0f} s")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None or not self.runs:
            return
        if number == signal.SIGKILL:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)


class Supervisor:
    """Runs programs until it is asked to stop. SIGINT and SIGTERM ask; a second one insists."""

    def __init__(
        self, programs: Sequence[Program], *, say: Say, at_each_tick: Callable[[], None]
    ) -> None:
        self.children = [Child(program, say) for program in programs]
        self._say = say
        self._at_each_tick = at_each_tick
        self._stopping = threading.Event()
        self._insisted = False

    def run(self) -> None:
        """Returns when everything has stopped. Call it in the main thread."""
        before = {
            number: signal.signal(number, self._asked) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            while not self._stopping.wait(TICK_S):
                for child in self.children:
                    child.tend()
                self._at_each_tick()
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def restart(self, prefix: str) -> None:
        """Stops and starts every program whose name begins with `prefix`."""
        for child in self.children:
            if child.program.name.startswith(prefix):
                child.restart()

    def _asked(self, number: int, frame: object) -> None:
        self._insisted = self._stopping.is_set()
        self._stopping.set()

    def _stop(self) -> None:
        self._say("Stopping; Ctrl-C again to stop at once.")
        for child in self.children:
            child.ask_to_stop()
        started = time.monotonic()
        for child in self.children:
            deadline = started + child.program.grace_s
            while time.monotonic() < deadline and not self._insisted and child.runs:
                time.sleep(0.05)
            child.end(time.monotonic())


def _ending(status: int) -> str:
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"status {status}"
