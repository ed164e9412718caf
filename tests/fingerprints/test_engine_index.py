"""What is found does not depend on what happened to the index before, and survives crashes."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from apps.fingerprints.engine import files, voting
from apps.fingerprints.engine.answers import Found
from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.manifest import MANIFEST, CannotFollow, Position
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.keys import Items
from tests.fingerprints.walks import noisy, walk

ROOT = Path(__file__).resolve().parents[2]
SHARED = walk(999, 60)  # stands in many prints, so that diagonals tie


def a_print(seed: int) -> Items:
    return np.concatenate(
        [walk(seed, 60 + 7 * (seed % 9)), SHARED[seed % 5 :], walk(-seed % 97, 90)]
    )


QUERIES = [
    Query.of([noisy(a_print(3), 0.08)]),
    Query.of([np.concatenate([walk(70, 50), SHARED, walk(71, 50)])]),
    Query.of([noisy(a_print(8)[20:170], 0.1), noisy(a_print(8)[20:170], 0.05)]),
]


def answers(index: Index) -> list[list[Found]]:
    return [index.search(query) for query in QUERIES]


def made_at_once(folder: Path, prints: dict[int, Items]) -> Index:
    index = Index(folder)
    index.replace_all(iter(prints.items()), 0, Position())
    return index


class Lives(RuleBasedStateMachine):
    """An index that is added to, taken from, flushed, opened again, left half-written."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.index = self.open(self.folder / "lived")
        self.held: dict[int, Items] = {}  # what it should hold
        self.flushed: dict[int, Items] = {}  # what it should hold after a restart

    def open(self, folder: Path) -> Any:
        return Index(folder)

    def print_of(self, seed: int) -> Items:
        return a_print(seed)

    def answers(self, index: Any) -> list[Any]:
        return answers(index)

    @rule(seeds=st.lists(st.integers(0, 30), min_size=1, max_size=6))
    def add(self, seeds: list[int]) -> None:
        self.take({seed: self.print_of(seed) for seed in seeds})

    @rule(number=st.integers(0, 30), seed=st.integers(0, 30))
    def change(self, number: int, seed: int) -> None:
        self.take({number: self.print_of(seed)})

    @rule(numbers=st.lists(st.integers(0, 30), min_size=1, max_size=8))
    def remove(self, numbers: list[int]) -> None:
        self.take(dict.fromkeys(numbers))

    def take(self, changes: dict[int, Items | None]) -> None:
        self.index.apply(changes)
        for number, items in changes.items():
            self.held.pop(number, None)
            if items is not None:
                self.held[number] = items

    @rule()
    def flush(self) -> None:
        assert self.index.flush()
        self.flushed = dict(self.held)

    @rule()
    def restart(self) -> None:
        self.index = self.open(self.folder / "lived")
        self.held = dict(self.flushed)

    @rule(after=st.integers(0, 6))
    def crash(self, after: int) -> None:
        """The disk refuses the n-th time; the process is gone, another one opens what is left."""
        before, old = dict(self.held), manifest_of(self.index.folder)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(files.os, "fsync", FailsAfter(after))
            try:
                self.index.flush()
            except OSError:  # one after the manifest was renamed comes too late to matter
                before = before if manifest_of(self.index.folder) != old else dict(self.flushed)
        if (self.folder / "lived").is_dir():
            (self.folder / "lived" / "left.prints.new").write_bytes(b"half of")
        self.index = self.open(self.folder / "lived")
        self.held = before
        self.flushed = dict(before)

    @invariant()
    def finds_what_a_new_index_finds(self) -> None:
        fresh = self.open(Path(mkdtemp(dir=self.folder)))
        fresh.replace_all(iter(self.held.items()), 0, Position())
        assert self.index.numbers() == set(self.held)
        assert self.answers(self.index) == self.answers(fresh)


def manifest_of(folder: Path) -> bytes:
    path = folder / MANIFEST
    return path.read_bytes() if path.exists() else b""


class FailsAfter:
    """`os.fsync` of a disk that is full after some calls."""

    def __init__(self, calls: int) -> None:
        self.left = calls
        self.fsync = os.fsync

    def __call__(self, descriptor: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(28, "No space left on device")
        self.fsync(descriptor)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=8, stateful_step_count=10, deadline=None)


def test_a_small_budget_drops_the_same_keys_however_prints_are_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(voting.BUDGET, 20, 700)
    prints = {seed: a_print(seed) for seed in range(40)}
    lived = Index(tmp_path / "lived")
    for seed in range(60):
        lived.apply({seed % 40: a_print(seed % 40), seed + 100: walk(seed)})
        lived.flush()
    for seed in range(60):
        lived.apply({seed + 100: None})
    assert lived.stats()["dead"] > 0
    assert answers(lived) == answers(made_at_once(tmp_path / "new", prints))


def test_segments_are_merged_so_that_there_are_few(tmp_path: Path) -> None:
    index = Index(tmp_path)
    for seed in range(100):
        index.apply({seed: walk(seed, 100)})
        index.flush()
    told = index.stats()
    assert (told["prints"], told["items"]) == (100, 10_000)
    assert told["segments"] <= 5
    assert len(list(tmp_path.glob("*.prints"))) == told["segments"]


def test_what_was_removed_leaves_the_disk_once_it_is_a_fifth(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply({seed: walk(seed, 100) for seed in range(20)})
    index.flush()
    index.apply({1: None, 2: None})
    index.flush()
    assert index.stats()["dead"] == 2
    index.apply(dict.fromkeys(range(5, 10)))
    index.flush()
    assert (index.stats()["dead"], index.stats()["items"]) == (0, 1300)


def test_two_processes_take_turns(tmp_path: Path) -> None:
    first, second = Index(tmp_path), Index(tmp_path)
    first.apply({1: walk(1)}, Position(1, "a"))
    second.apply({1: walk(1), 2: walk(2)}, Position(2, "b"))
    assert first.flush()
    assert not second.flush()  # somebody has written since
    assert second.reload()
    assert not second.reload()
    assert second.position == Position(1, "a")
    second.apply({2: walk(2)}, Position(2, "b"))
    assert second.flush()
    assert first.reload()
    assert first.numbers() == {1, 2}


def test_a_reader_keeps_finding_while_files_are_replaced(tmp_path: Path) -> None:
    reader, writer = Index(tmp_path), Index(tmp_path)
    writer.apply({1: walk(1)})
    writer.flush()
    reader.reload()
    for seed in range(2, 12):
        writer.apply({seed: walk(seed)})
        writer.flush()
    assert [one.number for one in reader.search(Query.of([walk(1)]))] == [1]


KILLED = """
import sys
from pathlib import Path
from apps.fingerprints.engine.index import Index
from tests.fingerprints.walks import walk
index = Index(Path(sys.argv[1]))
for seed in range(10_000):
    index.apply({seed % 50: walk(seed % 50, 200)})
    index.flush()
    print(seed, flush=True)
"""


def test_a_writer_that_is_killed_leaves_a_whole_index(tmp_path: Path) -> None:
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert writer.stdout
        assert writer.stdout.readline()
        time.sleep(random.uniform(0.0, 0.2))
        writer.send_signal(signal.SIGKILL)
        writer.stdout.close()
        writer.wait()
        index = Index(tmp_path)
        assert all(
            index.search(Query.of([walk(number, 200)]))[0].number == number
            for number in index.numbers()
        )
        index.apply({77: walk(77)})
        assert index.flush()
        assert len(list(tmp_path.glob("*"))) == index.stats()["segments"] + 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', '{"format": 1}'])
def test_a_manifest_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(CannotFollow):
        Index(tmp_path)


def test_a_segment_that_is_missing_is_said(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.apply({1: walk(1)})
    index.flush()
    next(tmp_path.glob("*.prints")).unlink()
    with pytest.raises(CannotFollow):
        Index(tmp_path)
