"""Others who look for recordings, measured beside ours on the same queries.

Nothing of theirs is part of the project: audfprint is imported from a checkout that the caller has.
"""

import sys
import time
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from apps.fingerprints.keys import ITEM_S, Items
from apps.fingerprints.landmarks.peaks import RATE as LOW_RATE
from apps.fingerprints.landmarks.peaks import to_rate
from benchmarks.changes import RATE
from benchmarks.reference_material import Question
from benchmarks.reference_shelf import LENGTH_S, PIECE_S, SPREAD
from tests.sounds import Samples

SHARED, OFFSETS = 0.4, 80  # AcoustID: the least score of one track, and items an offset may have
LENGTHS_S = 7.0  # AcoustID: by how much the lengths may differ
DENSITY = 20.0  # audfprint's own: landmarks for a second
HOP = 256  # audfprint's frames


class Peer(Protocol):
    """Somebody else's way. `references`: among how many it looks; `wrong`: others it named."""

    name: str
    references: int
    wrong: int
    cpu: float

    def finds(self, asked: Question) -> bool:
        """Whether it names the recording that the query is made of."""
        ...


class AcoustId:
    """AcoustID's rule for whole files: prints of nearly the same length, laid on each other at the
    offset that most items with the same top 14 bits vote for; share of overlap times agreement.
    """

    name = "AcoustID's rule"

    def __init__(self, prints: Sequence[Items]) -> None:
        self.prints = prints
        self.references = len(prints)
        self.wrong, self.cpu = 0, 0.0

    def finds(self, asked: Question) -> bool:
        """Whether the recording scores best, and enough; others that score enough are counted."""
        begun = time.process_time()
        query = asked.phases[0] if asked.phases else np.empty(0, np.uint32)
        near = [
            place
            for place, items in enumerate(self.prints)
            if abs(len(items) - len(query)) * ITEM_S <= LENGTHS_S
        ]
        scores = {place: likeness(query, self.prints[place]) for place in near}
        named = {place for place, score in scores.items() if score > SHARED}
        self.wrong += len(named - {asked.place})
        self.cpu += time.process_time() - begun
        return asked.place in named


def likeness(first: Items, second: Items) -> float:
    """0..1, as `acoustid_compare2` has it, without its rule for silence and tones."""
    if not len(first) or not len(second):
        return 0.0
    tops = [np.unique(items >> np.uint32(18), return_index=True) for items in (first, second)]
    _, mine, theirs = np.intersect1d(tops[0][0], tops[1][0], return_indices=True)
    offsets = tops[1][1][theirs] - tops[0][1][mine]
    offsets = offsets[abs(offsets) <= OFFSETS]
    if not len(offsets):
        return 0.0
    values, votes = np.unique(offsets, return_counts=True)
    if votes.max() < 0.02 * min(len(tops[0][0]), len(tops[1][0])):
        return 0.0
    offset = int(values[votes.argmax()])
    start, end = max(0, -offset), min(len(first), len(second) - offset)
    bits = np.bitwise_count(first[start:end] ^ second[start + offset : end + offset])
    share = (end - start) / min(len(first), len(second))
    return share * (1 - 2 * float(bits.sum()) / (32 * max(end - start, 1)))


class Audfprint:
    """Dan Ellis's audfprint with its own settings. Made references are chunks of its own peaks,
    backwards, at other pitches, as ours are.
    """

    name = "audfprint"

    def __init__(
        self, checkout: str, known: Sequence[Samples], others: Sequence[Samples], count: int
    ) -> None:
        sys.path.append(checkout)
        sys.modules.setdefault("psutil", ModuleType("psutil"))  # it only logs with it
        modules = ("audfprint_analyze", "audfprint_match", "hash_table")
        analyze, match, table = (import_module(name) for name in modules)
        self.analyzer: Any = analyze.Analyzer(DENSITY)
        self.hashes_of: Any = analyze.landmarks2hashes
        self.matcher: Any = match.Matcher()
        self.table: Any = table.HashTable(hashbits=20, depth=100, maxtime=16384)
        self.references, self.wrong, self.cpu = count, 0, 0.0
        for place, pcm in enumerate(known):
            self.table.store(str(place), self._hashes(self._peaks(to_rate(pcm, RATE))))
        rng = np.random.default_rng(count)
        sources = [self._peaks(to_rate(pcm, RATE)) for pcm in others]
        for place in range(len(known), count):
            self.table.store(str(place), self._hashes(self._made(rng, sources)))

    def finds(self, asked: Question) -> bool:
        """Whether it names the recording first."""
        begun = time.process_time()
        hashes = self._hashes(self._peaks(asked.sound))
        told = self.matcher.match_hashes(self.table, hashes)
        self.cpu += time.process_time() - begun
        named = [int(self.table.names[row[0]]) for row in told[:1]]
        self.wrong += bool(named) and named != [asked.place]
        return named == [asked.place]

    def _peaks(self, low: Samples) -> list[tuple[int, int]]:
        return list(self.analyzer.find_peaks(low, LOW_RATE)) if np.abs(low).max() > 0 else []

    def _hashes(self, peaks: list[tuple[int, int]]) -> Any:
        hashes = self.hashes_of(self.analyzer.peaks2landmarks(peaks))
        return np.unique(np.asarray(hashes).reshape(-1, 2), axis=0)

    def _made(
        self, rng: np.random.Generator, sources: Sequence[list[tuple[int, int]]]
    ) -> list[tuple[int, int]]:
        width = round(PIECE_S * LOW_RATE / HOP)
        made = []
        for start in range(0, round(LENGTH_S / PIECE_S) * width, width):
            peaks = np.array(sources[int(rng.integers(len(sources)))]).reshape(-1, 2)
            first = int(rng.integers(0, max(1, peaks[-1, 0] - width)))
            some = peaks[(peaks[:, 0] >= first) & (peaks[:, 0] < first + width)]
            bins = np.round(some[:, 1] * np.exp(rng.uniform(-SPREAD, SPREAD))).astype(int)
            times = start + width - 1 - (some[:, 0] - first)
            made += [(int(t), int(b)) for t, b in zip(times, bins, strict=True) if 0 < b < 256]
        return sorted(made)
