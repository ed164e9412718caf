"""Prints as music has them, made without any: each item differs from the last in 4.5 bits."""

import numpy as np

from apps.fingerprints.keys import Items

CHANGED = 4.5 / 32


def walk(seed: int, count: int = 900) -> Items:
    """A print of its own for each seed; a longer one begins like a shorter one."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 2**32, dtype=np.uint32)
    steps = _bits(rng, count, CHANGED)
    steps[:1] = first
    print_: Items = np.bitwise_xor.accumulate(steps)
    return print_


def noisy(items: Items, share: float, seed: int = 0) -> Items:
    """The same with this share of its bits wrong."""
    return items ^ _bits(np.random.default_rng(seed), len(items), share)


def _bits(rng: np.random.Generator, count: int, share: float) -> Items:
    wrong = rng.random((count, 32)) < share
    return (wrong * (np.uint32(1) << np.arange(32, dtype=np.uint32))).sum(axis=1, dtype=np.uint32)
