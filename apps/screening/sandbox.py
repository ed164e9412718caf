"""Runs foreign programs in children that cannot take more than they are given.

Every child has limits on memory, CPU time, wall time, file size and open files, an environment
of its own, no shell, no network where the system lets us cut it, and its own process group, which
is killed as a whole.
"""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from apps.screening import child_limits

Buffer = bytes | memoryview

CHUNK = 65_536
PROJECT = Path(__file__).resolve().parents[2]


class SandboxError(Exception):
    """A child did not finish as it should."""


class TimedOut(SandboxError):
    """The child used up its wall time or its CPU time."""


class OutOfMemory(SandboxError):
    """The child ran out of memory, or the system killed it for want of memory."""


class Crashed(SandboxError):
    """The child was ended by a signal, or wrote more than it may."""


class CannotStart(SandboxError):
    """The child never ran. This is our fault or the machine's, never the file's."""


@dataclass(frozen=True)
class Bounds:
    """What a child may use. Times in seconds, sizes in bytes.

    `file_bytes` bounds each file that it writes; `kept_bytes` is how much of its standard output
    and of its standard error is kept. More output than that is a crash, more error text is dropped.
    """

    wall_s: float
    cpu_s: int
    memory_bytes: int
    file_bytes: int = 1 << 20
    open_files: int = 64
    kept_bytes: int = 1 << 20


@dataclass(frozen=True)
class Finished:
    """How a child ended by itself: exit status, standard output, bounded standard error."""

    status: int
    stdout: bytes
    stderr: bytes


@cache
def find_program(name: str) -> str:
    """Absolute path of a program; raises CannotStart when it is not installed."""
    path = shutil.which(name)
    if path is None:
        raise CannotStart(f"{name} is not installed. Install it (`make setup` does) and try again.")
    return os.path.abspath(path)


@cache
def network_cut() -> tuple[str, ...]:
    """The command that starts a program without a network, or () where there is none.

    Tried once: root may do it alone, others need user namespaces, macOS has neither.
    """
    unshare = shutil.which("unshare")
    true = shutil.which("true")
    if unshare is None or true is None:
        return ()
    for command in ((unshare, "--net", "--"), (unshare, "--user", "--net", "--")):
        trial = subprocess.run(
            [*command, true],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if trial.returncode == 0:
            return command
    return ()


def run(
    argv: Sequence[str], *, within: Bounds, cwd: Path, feed: Iterable[Buffer] | None = None
) -> Finished:
    """Runs `argv` (a program's name first) to its end, `feed` on its standard input if given.

    Raises TimedOut, OutOfMemory, Crashed or CannotStart. An exit status is no error here: ffmpeg's
    proves little, so the caller judges by what came out.
    """
    program = [find_program(argv[0]), *argv[1:]]
    return _run(["program", *program], within=within, cwd=cwd, feed=feed)


def run_module(
    module: str, arguments: Sequence[str], *, within: Bounds, cwd: Path, packages: bool = False
) -> Finished:
    """Runs one of our Python modules as a child; with installed packages only when asked.

    Raises as `run`. Exit status 3 is the module's way to say that memory ran out.
    """
    paths = [str(PROJECT), *(path for path in sys.path if path and (packages or _is_stdlib(path)))]
    command = ["module", os.pathsep.join(paths), module, *arguments]
    finished = _run(command, within=within, cwd=cwd, feed=None)
    if finished.status == 3:
        raise OutOfMemory(f"{module} ran out of memory")
    return finished


def _is_stdlib(path: str) -> bool:
    return "site-packages" not in path and "dist-packages" not in path


def _run(
    command: Sequence[str], *, within: Bounds, cwd: Path, feed: Iterable[Buffer] | None
) -> Finished:
    limits = (within.memory_bytes, within.cpu_s, within.file_bytes, within.open_files)
    wrapper = [sys.executable, "-I", "-S", child_limits.__file__, *map(str, limits)]
    with _started([*network_cut(), *wrapper, *command], cwd, feed is not None) as process:
        exchange = _Exchange(process, within, iter(feed or ()))
        exchange.run()
        status = process.wait(timeout=max(exchange.left_s(), 0.1))
    return _judge(status, exchange, command)


@contextmanager
def _started(argv: Sequence[str], cwd: Path, fed: bool) -> Iterator[subprocess.Popen[bytes]]:
    """The child as a group of its own; whatever happens, the whole group is gone afterwards."""
    process = subprocess.Popen(
        argv,
        cwd=cwd,
        env=_environment(cwd),
        stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    )
    try:
        yield process
    except subprocess.TimeoutExpired as problem:
        raise TimedOut("the child closed its output and did not end") from problem
    finally:
        _end(process)


def _environment(cwd: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(cwd),
        "TMPDIR": str(cwd),
        "LC_ALL": "C.UTF-8",
        "AV_LOG_FORCE_NOCOLOR": "1",
        # One arena, one thread: address space is what we limit, and the machine is shared.
        "MALLOC_ARENA_MAX": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "RAYON_NUM_THREADS": "1",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        # Not reaped yet, so the group's number cannot belong to anybody else.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


class _Exchange:
    """Moves bytes between us and a child until it closes its pipes or its time is up."""

    def __init__(
        self, process: subprocess.Popen[bytes], within: Bounds, feed: Iterator[Buffer]
    ) -> None:
        self.deadline = time.monotonic() + within.wall_s
        self.within = within
        self.process = process
        self.feed = feed
        self.pending = memoryview(b"")
        self.kept: dict[IO[bytes] | None, bytearray] = {
            process.stdout: bytearray(),
            process.stderr: bytearray(),
        }

    def left_s(self) -> float:
        return self.deadline - time.monotonic()

    def run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for pipe in self.kept:
                selector.register(_known(pipe), selectors.EVENT_READ, self._read)
            if self.process.stdin is not None:
                os.set_blocking(self.process.stdin.fileno(), False)
                selector.register(self.process.stdin, selectors.EVENT_WRITE, self._write)
            while selector.get_map():
                if self.left_s() <= 0:
                    raise TimedOut(f"the child ran for more than {self.within.wall_s:g} s")
                for key, _ in selector.select(self.left_s()):
                    if not key.data(key.fileobj):
                        selector.unregister(key.fileobj)

    def _read(self, pipe: IO[bytes]) -> bool:
        data = os.read(pipe.fileno(), CHUNK)
        room = self.within.kept_bytes - len(self.kept[pipe])
        self.kept[pipe] += data[:room]
        if len(data) > room and pipe is self.process.stdout:
            raise Crashed(f"the child wrote more than {self.within.kept_bytes:,} bytes")
        return bool(data)

    def _write(self, pipe: IO[bytes]) -> bool:
        try:
            if not self.pending:
                self.pending = memoryview(next(self.feed)).cast("B")
            self.pending = self.pending[os.write(pipe.fileno(), self.pending[:CHUNK]) :]
        except (StopIteration, BrokenPipeError):
            pipe.close()
            return False
        return True


def _known(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise CannotStart("a pipe to the child is missing")
    return pipe


def _judge(status: int, exchange: _Exchange, command: Sequence[str]) -> Finished:
    stdout, stderr = (bytes(kept) for kept in exchange.kept.values())
    name = command[1] if command[0] == "program" else command[2]
    if status == -signal.SIGXCPU:
        raise TimedOut(f"{name} used more than {exchange.within.cpu_s} s of CPU")
    if status == -signal.SIGKILL:
        raise OutOfMemory(f"{name} was killed by the system")
    if status < 0:
        raise Crashed(f"{name} ended with status {status}: {_last_line(stderr)}")
    if (status, stderr[:14]) == (child_limits.CANNOT_START, b"child_limits: ") or (
        status != 0 and stderr.startswith(b"unshare: ")
    ):
        raise CannotStart(f"{name} could not be started: {_last_line(stderr)}")
    return Finished(status, stdout, stderr)


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else "no message"
