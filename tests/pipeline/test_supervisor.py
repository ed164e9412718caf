"""Programs are started, watched, restarted and stopped; none outlives its supervisor."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.pipeline.embedded import CannotServe, answers, only_one, programs, require_free_port
from apps.pipeline.supervisor import Child, Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(600)",
]


def wait_until(true: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_program_that_ends_is_started_again_and_waits_longer_each_time() -> None:
    said: list[str] = []
    child = Child(Program("short", [sys.executable, "-c", "raise SystemExit(3)"]), said.append)
    wait_until(lambda: child.tend() or len(said) >= 3, seconds=15)
    assert [line.rsplit(" ", 2)[-2] for line in said] == ["1", "2", "4"]
    assert said[0] == "short ended (status 3); it starts again in 1 s"


def test_a_killed_program_says_so_and_lines_carry_its_name() -> None:
    said: list[str] = []
    child = Child(Program("worker-1", SLEEP), said.append)
    child.tend()
    wait_until(lambda: "worker-1 | up" in said)
    pid = child.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: child.tend() or child.pid is None)
    assert "worker-1 ended (killed by SIGKILL); it starts again in 1 s" in said
    wait_until(lambda: child.tend() or said.count("worker-1 | up") == 2)
    assert child.pid != pid
    child.end(time.monotonic())
    assert not child.runs


def test_one_that_does_not_stop_is_killed_with_its_whole_group() -> None:
    said: list[str] = []
    nested = "import subprocess, sys; subprocess.Popen(sys.argv[1:]); " + STUBBORN[2]
    child = Child(Program("stubborn", [sys.executable, "-c", nested, *SLEEP]), said.append)
    child.tend()
    wait_until(lambda: sum("up" in line for line in said) == 2)
    group = child.pid
    assert group
    child.ask_to_stop()
    child.end(time.monotonic() + 0.3)
    assert "stubborn did not stop by itself" in said
    wait_until(lambda: not _members(group))


def _members(group: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            rest = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(rest[2]) == group and rest[0] != "Z":
            found.append(int(folder.name))
    return found


def test_sigterm_stops_everything_in_time() -> None:
    said: list[str] = []
    wanted = [Program("one", SLEEP, grace_s=5), Program("two", STUBBORN, grace_s=0.5)]
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if sum(line.endswith("| up") for line in said) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    supervisor = Supervisor(wanted, say=said.append, at_each_tick=tick)
    before = signal.getsignal(signal.SIGTERM)
    started = time.monotonic()
    supervisor.run()
    assert time.monotonic() - started < 8
    assert not any(child.runs for child in supervisor.children)
    assert signal.getsignal(signal.SIGTERM) == before
    assert ticks


def test_a_killed_supervisor_leaves_nobody_behind(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from apps.pipeline.supervisor import Program, Supervisor\n"
        f"program = Program('one', {SLEEP!r})\n"
        "supervisor = None\n"
        "def tick():\n"
        "    print(supervisor.children[0].pid, flush=True)\n"
        "supervisor = Supervisor([program], say=lambda line: None, at_each_tick=tick)\n"
        "supervisor.run()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    pid = int(parent.stdout.readline())
    time.sleep(0.3)
    assert alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not alive(pid))


def test_restart_by_name() -> None:
    said: list[str] = []
    wanted = [Program("web", SLEEP), Program("worker-1", SLEEP), Program("worker-2", SLEEP)]
    supervisor = Supervisor(wanted, say=said.append, at_each_tick=lambda: None)
    for child in supervisor.children:
        child.tend()
    wait_until(lambda: len(said) == 3)
    before = [child.pid for child in supervisor.children]
    supervisor.restart("worker")
    for child in supervisor.children:
        child.tend()
    after = [child.pid for child in supervisor.children]
    assert after[0] == before[0]
    assert all(child.runs for child in supervisor.children)
    assert not set(after[1:]) & set(before)
    for child in supervisor.children:
        child.end(time.monotonic())


def test_a_busy_port_is_named_with_a_way_out() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert answers("127.0.0.1", port)
        with pytest.raises(CannotServe, match=f"Port {port} .* --port {port + 1}"):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)
    assert not answers("127.0.0.1", port)


def test_one_site_per_data_folder(tmp_path: Path) -> None:
    second = only_one(tmp_path)
    with only_one(tmp_path), pytest.raises(CannotServe, match="running already"):
        second.__enter__()
    with only_one(tmp_path):
        pass


def test_what_the_embedded_site_runs() -> None:
    wanted = programs(host="127.0.0.1", port=8001, workers=3, every_s=15.0)
    assert [program.name for program in wanted] == [
        "web",
        "worker-1",
        "worker-2",
        "worker-3",
        "clock",
    ]
    assert "127.0.0.1:8001" in wanted[0].argv
    assert all(program.env["SITE_URL"] == "http://127.0.0.1:8001" for program in wanted)
    assert all("solo" in program.argv for program in wanted[1:4])
