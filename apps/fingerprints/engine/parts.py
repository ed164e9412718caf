"""A segment as it stands now, without what is gone, and as whoever asks may see it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apps.fingerprints.engine.segment import Places, Segment
from apps.fingerprints.keys import Items, Mask

IsHidden = Callable[[Places], Mask]
"""Which of these numbers are those of prints that are not for whoever asks."""


class Gone:
    """Prints of a segment that are gone since it was written, as ordinals."""

    def __init__(self, segment: Segment, ordinals: Iterable[int]) -> None:
        self.ordinals = frozenset(ordinals)
        self._segment = segment

    @cached_property
    def mask(self) -> Mask:
        """Which prints of the segment they are, by ordinal."""
        gone = np.zeros(len(self._segment.numbers), dtype=bool)
        gone[sorted(self.ordinals)] = True
        return gone

    @cached_property
    def keys(self) -> Items:
        """The keys of all their places, in order. Made once, when first a question needs them."""
        keys = [self._segment.own_keys(place) for place in sorted(self.ordinals)]
        return np.sort(np.concatenate([np.empty(0, np.uint32), *keys]))


@dataclass(frozen=True)
class Part:
    """A segment, which of its prints are gone, and which are hidden from whoever asks.

    `hidden`: a mask by ordinal; None where nothing is.
    """

    segment: Segment
    gone: Gone
    hidden: Mask | None = None

    @classmethod
    def of(cls, segment: Segment, dead: Iterable[int] = ()) -> "Part":
        """A segment without these prints, which are told by their ordinals."""
        return cls(segment, Gone(segment, dead))

    @property
    def dead(self) -> frozenset[int]:
        """Which prints are gone, as ordinals."""
        return self.gone.ordinals

    def hiding(self, is_hidden: IsHidden) -> "Part":
        """The same for somebody who may not see some of it."""
        hidden = is_hidden(np.asarray(self.segment.numbers))
        return replace(self, hidden=hidden if hidden.any() else None)

    def seen(self, ordinals: Places) -> Mask:
        """Which of these prints are there, for whoever asks."""
        seen = np.ones(len(ordinals), dtype=bool)
        if self.dead:
            seen &= ~self.gone.mask[ordinals]
        if self.hidden is not None:
            seen &= ~self.hidden[ordinals]
        return seen

    def count_live(self, keys: Items) -> Places:
        """How many places of prints that are still there have each key, hidden or not."""
        counts = self.segment.ranges(keys)[1]
        if self.dead:
            gone = self.gone.keys
            counts = counts - np.searchsorted(gone, keys, "right")
            counts = counts + np.searchsorted(gone, keys, "left")
        return counts
