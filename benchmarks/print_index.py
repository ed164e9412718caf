"""What the index of prints takes: building, bytes, and a query, by number of references.

python -m benchmarks.print_index [N …]

Prints are made: each walks as music's do, changing 4.5 bits from item to item. One line for each
figure, `name value unit`. A million references take 8 GB on disk and as much memory to build.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.manifest import Position
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.keys import Items
from benchmarks.changes import say
from tests.fingerprints.walks import noisy, walk

LENGTH = 948  # items of two minutes, which most services print
WHOLE = 1433  # of three minutes
POOL = 500
ROUNDS = 7
ERRORS = (0.06, 0.09, 0.12, 0.16)  # share of wrong bits in the four phases of a query


def references(count: int) -> Iterator[tuple[int, Items]]:
    """So many prints, none like another: walks, each with its own bits turned over."""
    pool = [walk(seed, LENGTH) for seed in range(POOL)]
    rng = np.random.default_rng(5)
    turned = rng.integers(0, 2**32, count, dtype=np.uint32)
    for number in range(count):
        yield number, pool[number % POOL] ^ turned[number]


def phases_of(items: Items) -> Query:
    """A query of these items as four phases see them."""
    return Query.of([noisy(items, share, seed) for seed, share in enumerate(ERRORS)])


def spent_on(work: Callable[[], object]) -> float:
    """CPU seconds of the median of some rounds, after one that warms the caches."""
    work()
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        rounds.append(time.process_time() - begun)
    return float(np.median(rounds))


def measure(count: int) -> None:
    """All figures for an index of so many references."""
    folder = Path(mkdtemp(prefix="print-index-"))
    try:
        index = Index(folder)
        given = list(references(count))
        begun = time.process_time()
        index.replace_all(iter(given), count * LENGTH, Position())
        spent = time.process_time() - begun
        told = index.stats()
        wanted = given[count // 2][1]
        del given
        say(f"print_index_{count}_build {count / spent:.0f} tracks/CPU-s")
        say(f"print_index_{count}_size {told['bytes'] / told['items']:.2f} B/item")
        queries = {
            "stranger_3_min": phases_of(walk(99_999, WHOLE)),
            "found_2_min": phases_of(wanted),
            "found_10_s": phases_of(wanted[100:160]),
        }
        for name, query in queries.items():
            found = [one.number for one in index.search(query)]
            right = found == ([] if name.startswith("stranger") else [count // 2])
            used = 1000 * spent_on(lambda query=query: index.search(query))
            say(f"print_index_{count}_{name} {used:.1f} ms{'' if right else f' WRONG: {found}'}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    for size in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        measure(size)
