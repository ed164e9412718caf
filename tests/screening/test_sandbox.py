"""Children get what they are given and no more, and never outlive us."""

import fcntl
import os
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apps.screening.sandbox import (
    Bounds,
    CannotStart,
    Crashed,
    OutOfMemory,
    TimedOut,
    network_cut,
    run,
    run_module,
)
from apps.screening.scratch import private_directory, remove_abandoned

EASY = Bounds(wall_s=20, cpu_s=10, memory_bytes=512 << 20)
CHILDREN = "tests.screening.children"


def test_output_and_status_come_back(tmp_path: Path) -> None:
    finished = run(["sh", "-c", "echo out; echo err >&2; exit 7"], within=EASY, cwd=tmp_path)
    assert (finished.status, finished.stdout, finished.stderr) == (7, b"out\n", b"err\n")


def test_arguments_meet_no_shell(tmp_path: Path) -> None:
    hostile = "$(touch made) ; `touch made` * \n -x"
    assert run(["printf", "%s", hostile], within=EASY, cwd=tmp_path).stdout == hostile.encode()
    assert list(tmp_path.iterdir()) == []


def test_environment_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setenv("LD_PRELOAD", "")
    environment = run(["env"], within=EASY, cwd=tmp_path).stdout.decode()
    assert "secret" not in environment
    assert "LD_PRELOAD" not in environment
    assert f"HOME={tmp_path}" in environment


def test_standard_input_is_closed(tmp_path: Path) -> None:
    assert run(["cat"], within=EASY, cwd=tmp_path).stdout == b""


def test_feed_goes_in_while_output_comes_out(tmp_path: Path) -> None:
    within = Bounds(wall_s=20, cpu_s=10, memory_bytes=512 << 20, kept_bytes=8 << 20)
    blocks = [bytes([number]) * 100_000 for number in range(50)]
    finished = run(["cat"], within=within, cwd=tmp_path, feed=blocks)
    assert finished.stdout == b"".join(blocks)


def test_child_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    blocks = [bytes(100_000)] * 50
    assert run(["true"], within=EASY, cwd=tmp_path, feed=blocks).status == 0


def test_wall_time_ends_the_whole_group(tmp_path: Path) -> None:
    script = "sleep 60 & echo $! > pids; sleep 60 & echo $! >> pids; wait"
    started = time.monotonic()
    with pytest.raises(TimedOut):
        run(["sh", "-c", script], within=Bounds(0.5, 10, 512 << 20), cwd=tmp_path)
    assert time.monotonic() - started < 5
    for pid in (tmp_path / "pids").read_text().split():
        assert not _is_alive(int(pid))


def _is_alive(pid: int) -> bool:
    """Whether a process still runs; one that is dead and not yet collected does not."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        status = Path(f"/proc/{pid}/stat")
        if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        time.sleep(0.05)
    return True


def test_an_exception_in_us_ends_the_child(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    def interrupted() -> Iterator[bytes]:
        while not pids.exists() or not pids.read_text():
            yield b"wait "
        raise KeyboardInterrupt

    script = "echo $$ > pids; exec cat > /dev/null"
    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", script], within=EASY, cwd=tmp_path, feed=interrupted())
    assert not _is_alive(int(pids.read_text()))


def test_cpu_time_is_limited(tmp_path: Path) -> None:
    with pytest.raises(TimedOut):
        run_module(CHILDREN, ["spin"], within=Bounds(30, 1, 512 << 20), cwd=tmp_path)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS honours no address-space limit")
def test_memory_is_limited(tmp_path: Path) -> None:
    with pytest.raises(OutOfMemory):
        run_module(CHILDREN, ["eat_memory"], within=EASY, cwd=tmp_path)


def test_killed_by_the_system_counts_as_out_of_memory(tmp_path: Path) -> None:
    with pytest.raises(OutOfMemory):
        run(["sh", "-c", "kill -9 $$"], within=EASY, cwd=tmp_path)


def test_written_files_are_limited(tmp_path: Path) -> None:
    within = Bounds(20, 10, 512 << 20, file_bytes=100_000)
    with pytest.raises(Crashed):
        run(["dd", "if=/dev/zero", "of=big", "bs=65536", "count=99"], within=within, cwd=tmp_path)
    assert (tmp_path / "big").stat().st_size <= 100_000


def test_open_files_are_limited(tmp_path: Path) -> None:
    within = Bounds(20, 10, 512 << 20, open_files=32)
    opened = run_module(CHILDREN, ["open_many"], within=within, cwd=tmp_path).stdout
    assert int(opened) < 32


def test_too_much_output_is_a_crash_and_too_much_error_text_is_cut(tmp_path: Path) -> None:
    within = Bounds(20, 10, 512 << 20, kept_bytes=10_000)
    with pytest.raises(Crashed):
        run(["dd", "if=/dev/zero", "bs=1000", "count=999"], within=within, cwd=tmp_path)
    noisy = "head -c 500000 /dev/zero >&2"
    assert len(run(["sh", "-c", noisy], within=within, cwd=tmp_path).stderr) == 10_000


def test_crash_is_named(tmp_path: Path) -> None:
    with pytest.raises(Crashed, match="sh ended with status -11"):
        run(["sh", "-c", "kill -11 $$"], within=EASY, cwd=tmp_path)


def test_missing_program_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="no-such-program is not installed"):
        run(["no-such-program"], within=EASY, cwd=tmp_path)
    with pytest.raises(CannotStart):
        run_module("tests.screening.no_such_module", [], within=EASY, cwd=tmp_path)


def test_network_is_cut_where_it_can_be(tmp_path: Path) -> None:
    if not network_cut():
        pytest.skip("this system lets us cut no network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        port = str(server.getsockname()[1])
        finished = run_module(CHILDREN, ["call_home", port], within=EASY, cwd=tmp_path)
        assert finished.stdout == b"cut off"
        with pytest.raises(TimeoutError):
            server.accept()


def test_installed_packages_only_when_asked(tmp_path: Path) -> None:
    for packages in (False, True):
        told = run_module(CHILDREN, ["tell_packages"], within=EASY, cwd=tmp_path, packages=packages)
        assert told.stdout == str(packages).encode()


def test_threads_may_run_children_side_by_side(tmp_path: Path) -> None:
    def say(number: int) -> bytes:
        return run(["echo", str(number)], within=EASY, cwd=tmp_path).stdout

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(say, range(12))) == [f"{n}\n".encode() for n in range(12)]


def test_private_directory_goes_even_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with private_directory(tmp_path) as place:
            (place / "pcm").write_bytes(b"x")
            assert place.stat().st_mode & 0o077 == 0
            raise MemoryError

    with pytest.raises(MemoryError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_abandoned_directories_are_removed_and_others_kept(tmp_path: Path) -> None:
    names = ("dead", "busy", "young", "unowned")
    dead, busy, young, unowned = (tmp_path / f"soundcheck-scratch-{name}" for name in names)
    for place in (dead, busy, young, unowned, tmp_path / "soundcheck-other"):
        place.mkdir()
    for place in (dead, busy, young):
        (place / ".owner").touch()
    for place in (dead, busy, unowned):
        os.utime(place, (0, 0))
    with (busy / ".owner").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert remove_abandoned(tmp_path) == 1
    assert not dead.exists()
    assert len(list(tmp_path.iterdir())) == 4


def test_directory_in_use_is_not_abandoned(tmp_path: Path) -> None:
    with private_directory(tmp_path) as place:
        os.utime(place, (0, 0))
        assert remove_abandoned(tmp_path) == 0
