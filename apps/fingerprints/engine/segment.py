"""A segment: many prints that are searched together. It never changes once it is made.

`table` says where the postings of each key begin, `postings` are the places of items by their key,
`items` all prints one after another, to compare with, `starts` and `numbers` where each print
begins and whose it is. All of it can be a memory-mapped file (`files.py`).

A posting is a *spread* place: between two prints lies a gap as wide as a chunk of a query, so that
the diagonals of two prints never meet, and what is found does not depend on which prints lie side
by side.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from apps.fingerprints.engine.lookup import keys_of, speaking
from apps.fingerprints.keys import Items

Places = npt.NDArray[np.int64]

CHUNK = 1024  # items of a query that are looked up at once
GAP = CHUNK + 2
BATCH = 1 << 17  # items that are made keys of at a time
MORE = 1 << 21  # of them that are counted at a time
ROOM = 1 << 32  # spread places that a posting can tell apart
MOST_ITEMS = 1 << 28  # of one segment: what can be sorted in 5 GB of memory
KEY_BITS = ((40_000_000, 20), (400_000_000, 22), (1 << 62, 24))  # up to so many items


class TooMuch(ValueError):
    """More prints than one segment holds; make several."""


@dataclass(frozen=True)
class Segment:
    """Prints that can be searched. `starts` and `table` have one entry more than there are prints
    and keys.

    Another kind of prints has a subclass: how its keys are made (`build`, `own_keys`), how much of
    it goes into one segment, the name of its files.
    """

    FORMAT: ClassVar[str] = "soundcheck prints 1"
    SUFFIX: ClassVar[str] = "prints"
    TABLE_CAN_BE_REMADE: ClassVar[bool] = True  # quickly, from the items

    key_bits: int
    table: Items
    postings: Items
    items: Items
    starts: Places
    numbers: Places

    @cached_property
    def spread_starts(self) -> Places:
        """Where each print begins among the spread places."""
        return np.asarray(self.starts[:-1]) + GAP * np.arange(len(self.numbers))

    def print_at(self, ordinal: int) -> Items:
        """The items of one print."""
        return np.asarray(self.items[self.starts[ordinal] : self.starts[ordinal + 1]])

    def ranges(self, keys: Items) -> tuple[Places, Places]:
        """Where the postings of each key begin, and how many there are."""
        first = self.table[keys].astype(np.int64)
        return first, self.table[keys + np.uint32(1)] - first

    def own_keys(self, ordinal: int) -> Items:
        """The key of each posting of one print, in any order."""
        items = self.print_at(ordinal)
        return keys_of(items[speaking(items, np.zeros(1, dtype=np.int64))], self.key_bits)

    @classmethod
    def bits_for(cls, items: int) -> int:
        """How long keys are where there are about so many items in all."""
        return next(bits for most, bits in KEY_BITS if items <= most)

    @classmethod
    def fits(cls, prints: int, items: int) -> bool:
        """Whether so many prints with so many items in all go into one segment."""
        return items <= MOST_ITEMS and items + GAP * (prints + 2) < ROOM

    @classmethod
    def build(
        cls, numbers: Sequence[int] | Places, prints: Sequence[Items], key_bits: int
    ) -> "Segment":
        """A segment of these prints, in memory. Raises TooMuch.

        Takes 0.05 ms of CPU for each print of 950 items, and 24 bytes of memory for each item.
        """
        items, starts = cls.joined(prints)
        order = np.concatenate([np.empty(0, np.uint64), *_indexed(items, starts, key_bits)])
        order.sort()
        table = _table([order >> np.uint64(32)], key_bits)
        postings = order.astype(np.uint32)  # the lower half
        return cls(key_bits, table, postings, items, starts, np.asarray(numbers, dtype=np.int64))

    @classmethod
    def joined(cls, prints: Sequence[Items]) -> tuple[Items, Places]:
        """Prints one after another, and where each begins. Raises TooMuch."""
        lengths = np.fromiter((len(items) for items in prints), np.int64, len(prints))
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        if not cls.fits(len(prints), int(starts[-1])):
            raise TooMuch(f"{len(prints)} prints of {int(starts[-1])} items")
        joined = np.concatenate([np.empty(0, np.uint32), *prints])
        return joined.astype(np.uint32, copy=False), starts


def table_of(items: Items, starts: Places, key_bits: int) -> Items:
    """The table of a segment, from its items alone: it need not be stored where it is large."""
    pairs = _indexed(items, starts, key_bits)
    return _table((some >> np.uint64(32) for some in pairs), key_bits)


def _indexed(items: Items, starts: Places, key_bits: int) -> Iterator[npt.NDArray[np.uint64]]:
    """Keys of all items that are worth one, each with its spread place in the lower half.

    In batches of prints: what fits into the processor's cache is handled four times as quickly.
    """
    first = 0
    while first < len(starts) - 1:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + BATCH, "right")) - 1)
        begin, own = starts[first], starts[first : last + 1] - starts[first]
        some = np.asarray(items[begin : starts[last]])
        at = np.flatnonzero(speaking(some, own[:-1]))
        gaps = np.repeat((begin + GAP * np.arange(first, last)).astype(np.uint64), np.diff(own))
        pairs = keys_of(some[at], key_bits).astype(np.uint64) << np.uint64(32)
        yield pairs | (at.astype(np.uint64) + gaps[at])
        first = last


def _table(keys: Iterable[npt.NDArray[np.uint64]], key_bits: int) -> Items:
    counts = np.zeros(1 << key_bits, dtype=np.int64)
    for some in keys:
        for at in range(0, len(some), MORE):
            counts += np.bincount(some[at : at + MORE].astype(np.int64), minlength=len(counts))
    table = np.zeros(len(counts) + 1, dtype=np.uint32)
    np.cumsum(counts, out=table[1:])
    return table
