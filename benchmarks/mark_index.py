"""What landmarks take in files: building, bytes, opening, newer ones in memory, a query.

python -m benchmarks.mark_index [N …]

Recordings of three minutes are made, each with peaks of its own, 20 a second all through. One line
for each figure, `name value unit`; CPU times.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from apps.fingerprints.engine.manifest import Position
from apps.fingerprints.landmarks.finding import find_marked
from apps.fingerprints.landmarks.marks import MarkStore, keep
from apps.fingerprints.landmarks.packed import Words, pack
from benchmarks.changes import say
from tests.fingerprints.peaks_at_random import part_of, scatter, together

LENGTH_S, PER_S = 180.0, 35.0
POOL = 200
NEWER = 64


def recordings(count: int) -> Iterator[tuple[int, Words]]:
    """So many, none like another: those after the first POOL are shuffled ones."""
    pool = [pack(keep(scatter(seed, LENGTH_S, PER_S))) for seed in range(POOL)]
    for number in range(count):
        words = pool[number % POOL]
        if number >= POOL:
            mixed = np.random.default_rng(number).permutation(words[1:])
            words = np.concatenate([words[:1], mixed])
        yield number, words


def spent_on(work: Callable[[], object]) -> float:
    """CPU seconds."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def measure(count: int) -> None:
    """All figures for so many recordings."""
    folder = Path(mkdtemp(prefix="mark-index-"))
    try:
        given = list(recordings(count))
        store = MarkStore(folder)
        store.apply(dict(given[:1]))
        find_marked(store.searched(), scatter(7000, 20.0))  # compiles
        spent = spent_on(lambda: store.replace_all(iter(given), 0, Position()))
        say(f"mark_index_{count}_build {count / spent:.0f} tracks/CPU-s")
        say(f"mark_index_{count}_size {store.stats()['bytes'] / count / 1000:.1f} kB/track")
        say(f"mark_index_{count}_open {1000 * spent_on(lambda: MarkStore(folder)):.1f} ms")
        query = together(scatter(7001, 60.0), part_of(scatter(7, LENGTH_S, PER_S), 30.0, 12.0), 9.0)
        found = find_marked(store.searched(), query)
        right = [one.number for one in found] == [7]
        spent = spent_on(lambda: find_marked(store.searched(), query))
        say(f"mark_index_{count}_query_60_s {spent:.2f} s{'' if right else f' WRONG: {found}'}")
        store.apply({count + number: words for number, words in given[:NEWER]})
        say(f"mark_index_{count}_{NEWER}_newer {1000 * spent_on(store.searched):.0f} ms")
        say(f"mark_index_{count}_flush {1000 * spent_on(store.flush):.0f} ms")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    for size in [int(text) for text in sys.argv[1:]] or [3_000]:
        measure(size)
