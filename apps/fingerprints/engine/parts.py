"""A segment as it stands now: which of its prints are gone since it was written."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apps.fingerprints.engine.segment import Places, Segment
from apps.fingerprints.keys import Items


@dataclass(frozen=True)
class Part:
    """A segment and which of its prints are gone, as ordinals.

    `hidden`: those that are there, but not for whoever asks.
    """

    segment: Segment
    dead: frozenset[int]
    hidden: frozenset[int] = frozenset()

    def hiding(self, numbers: Places) -> "Part":
        """The same without these prints."""
        places = np.flatnonzero(np.isin(self.segment.numbers, numbers))
        fresh = replace(self, hidden=frozenset(places.tolist()))
        if self.dead:  # made once for all queries, whatever is hidden from whom
            vars(fresh)["_dead_keys"] = self._dead_keys
        return fresh

    @cached_property
    def _dead_keys(self) -> Items:
        keys = [self.segment.own_keys(place) for place in sorted(self.dead)]
        return np.sort(np.concatenate([np.empty(0, np.uint32), *keys]))

    def count_live(self, keys: Items) -> Places:
        """How many places of prints that are still there have each key."""
        counts = self.segment.ranges(keys)[1]
        if self.dead:
            gone = self._dead_keys
            counts = counts - np.searchsorted(gone, keys, "right")
            counts = counts + np.searchsorted(gone, keys, "left")
        return counts
