"""Sorting more lines than belong in memory, and hashing them on the way. Pure."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from apps.audit.merkle import Frontier, leaf_hash

RUN = 20_000  # lines sorted at once: some 20 MB


class SameLine(ValueError):
    """Two lines begin with the same key; the message names it."""


@dataclass(frozen=True)
class Written:
    """What a file of lines has become. The root is over the lines without their ends (RFC 9162)."""

    count: int
    sha256: str
    root: str


def write_sorted(lines: Iterable[bytes], file: Path) -> Written:
    """Writes the lines, none of which has an end yet, in the order of their bytes.

    Uses temporary files beside `file`. Raises SameLine where the order would not be strict.
    """
    runs = list(_runs(lines, file))
    try:
        with ExitStack() as opened, file.open("wb") as out:
            files = [opened.enter_context(run.open("rb")) for run in runs]
            return _merge(heapq.merge(*files), out.write)
    finally:
        for run in runs:
            run.unlink()


def _runs(lines: Iterable[bytes], file: Path) -> Iterator[Path]:
    waiting: list[bytes] = []
    number = 0
    for line in lines:
        waiting.append(line + b"\n")
        if len(waiting) == RUN:
            yield _run(waiting, file, number)
            waiting, number = [], number + 1
    if waiting:
        yield _run(waiting, file, number)


def _run(waiting: list[bytes], file: Path, number: int) -> Path:
    run = file.with_name(f"{file.name}.{number}")
    run.write_bytes(b"".join(sorted(waiting)))
    return run


def _merge(lines: Iterable[bytes], write: Callable[[bytes], object]) -> Written:
    whole, tree, before = sha256(), Frontier(), b""
    for line in lines:
        if line == before:
            raise SameLine(line[:100].decode(errors="replace"))
        write(line)
        whole.update(line)
        tree.add(leaf_hash(line[:-1]))
        before = line
    return Written(tree.size, whole.hexdigest(), tree.root.hex())
