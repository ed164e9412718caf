"""The landmarks of all references: where each pair of peaks occurs, and the peaks to verify by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from apps.fingerprints.engine.parts import IsHidden, Part
from apps.fingerprints.engine.segment import Places, Segment
from apps.fingerprints.engine.store import Store
from apps.fingerprints.landmarks import hashing
from apps.fingerprints.landmarks.hashing import CODES, Codes, Frames, pair_up
from apps.fingerprints.landmarks.packed import VERSION, Kept, Words, pack, unpack
from apps.fingerprints.landmarks.peaks import Floats, Peaks

PER_S = 12.0  # peaks of a reference that are paired ...
FAN = 3
PER_S_KEPT = 20.0  # ... and those that are kept to verify with
MOST_PEAKS = 1 << 26  # of one segment, 18,000 recordings: it is sorted in 2 GB of memory
ROOM = 1 << 32  # frames that a posting can tell apart

_PAIRED_BY = (FAN, CODES, hashing.LINEAR_TO, hashing.LINEAR, hashing.SHARE, hashing.LAST_DT)


def keep(peaks: Peaks) -> Kept:
    """Which peaks of a recording are kept, and which of them are paired. The one place for both;
    whoever changes it gives `packed.VERSION` another number.
    """
    kept = peaks.strongest_places(PER_S_KEPT)
    paired = np.isin(kept, peaks.strongest_places(PER_S))
    return Kept(peaks.times[kept], peaks.bins[kept], paired, peaks.frames)


def pairs_of(words: Words) -> tuple[Codes, Frames]:
    """Codes of a stored recording's pairs, and the frame of the first peak of each."""
    kept = unpack(words)
    return pair_up(kept.times[kept.paired], kept.bins[kept.paired], FAN)


@dataclass(frozen=True)
class MarkSegment(Segment):
    """Recordings one after another on one axis of time, in frames, as an immutable segment.

    `items`: the packed peaks. `postings`: frames on the axis, by code.
    """

    FORMAT: ClassVar[str] = f"soundcheck landmarks {VERSION}.{crc32(repr(_PAIRED_BY).encode()):08x}"
    SUFFIX: ClassVar[str] = "marks"
    TABLE_CAN_BE_REMADE: ClassVar[bool] = False  # pairs are made again by the millisecond

    @cached_property
    def spread_starts(self) -> Places:
        """Where each recording begins on the axis."""
        frames = np.asarray(self.items[self.starts[:-1]]).astype(np.int64)
        return np.cumsum(frames + 1) - (frames + 1)

    def own_keys(self, ordinal: int) -> Codes:
        """The code of each pair of one recording."""
        return pairs_of(self.print_at(ordinal))[0]

    @classmethod
    def bits_for(cls, items: int) -> int:
        """Codes have one length."""
        return CODES.bit_length()

    @classmethod
    def fits(cls, prints: int, items: int) -> bool:
        """Whether so many recordings with so many words in all go into one segment."""
        return items <= MOST_PEAKS

    @classmethod
    def build(
        cls, numbers: Sequence[int] | Places, prints: Sequence[Words], key_bits: int = 0
    ) -> "MarkSegment":
        """A segment of packed recordings, in memory. Raises TooMuch.

        Costs 1 ms for 3 minutes, and 24 bytes of memory a pair.
        """
        items, starts = cls.joined(prints)
        order = np.concatenate([np.empty(0, np.uint64), *_placed(prints)])
        order.sort()
        counts = np.bincount((order >> np.uint64(32)).astype(np.int64), minlength=CODES + 1)
        table = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
        postings = order.astype(np.uint32)  # the lower half
        return cls(
            CODES.bit_length(), table, postings, items, starts, np.asarray(numbers, dtype=np.int64)
        )


@dataclass(frozen=True)
class MarkIndex:
    """What a query is compared with: segments, and which recordings of them count."""

    parts: Sequence[Part]

    @classmethod
    def of(cls, numbers: Sequence[int], peaks: Sequence[Peaks]) -> "MarkIndex":
        """From all peaks of each recording, in memory."""
        segment = MarkSegment.build(numbers, _some([pack(keep(one)) for one in peaks]))
        return cls([Part.of(segment)])

    def count(self, codes: Codes) -> Places:
        """How often each code occurs in recordings that are still there."""
        nothing = np.zeros(len(codes), dtype=np.int64)
        return sum((part.count_live(codes) for part in self.parts), nothing)

    def peaks_at(self, part: int, ordinal: int) -> tuple[Floats, Floats]:
        """Times and bins of one recording's peaks, in frames of its own and bins."""
        kept = unpack(self.parts[part].segment.print_at(ordinal))
        return kept.times, kept.bins


class MarkStore(Store):
    """Packed peaks of recordings in the files of a host; they follow a log as prints do."""

    kind = MarkSegment

    def searched(self, is_hidden: IsHidden | None = None) -> MarkIndex:
        """What a query is compared with now, without the hidden ones."""
        return MarkIndex(self.parts(is_hidden))


def _some(words: Sequence[Words]) -> list[Words]:
    """A recording without peaks still has a length."""
    return [one if len(one) else np.zeros(1, dtype=np.uint32) for one in words]


def _placed(prints: Sequence[Words]) -> Iterator[npt.NDArray[np.uint64]]:
    start = 0
    for words in prints:
        codes, begins = pairs_of(words)
        places = begins.astype(np.uint64) + np.uint64(start)
        yield (codes.astype(np.uint64) << np.uint64(32)) | places
        start += int(words[0]) + 1
