"""References for a run: recordings, and as many made ones as are wanted, in both indexes.

A made reference is chunks of prints, or of peaks, of recordings that are neither looked for nor
mixed into anything: played backwards, the peaks each at another pitch.
"""

import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.manifest import Position
from apps.fingerprints.engine.parts import Part
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.marks import (
    MOST_PEAKS,
    PER_S_KEPT,
    MarkIndex,
    MarkSegment,
    keep,
)
from apps.fingerprints.landmarks.packed import Words, pack
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks, find_peaks, to_rate
from apps.screening.prints import print_of
from benchmarks.changes import RATE, say
from tests.screening.recordings import recording
from tests.sounds import Samples

LENGTH_S = 180.0  # of a made reference
PIECE_ITEMS, PIECE_S = 16, 20.0
SPREAD = 0.25  # of pitches, as a logarithm
FRAMES = round(LENGTH_S * FRAMES_S)
PRINT_ITEMS = 1433


@dataclass
class Shelf:
    """All references, in both indexes; those that are looked for first. `kept`: their prints."""

    prints: Index
    marks: MarkIndex
    kept: list[Items]


def cpu_s() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peaked(pcm: Samples) -> Peaks:
    """The peaks of sound at 44.1 kHz."""
    return find_peaks(to_rate(pcm, RATE))


def backwards(rng: np.random.Generator, joined: Items) -> Items:
    """A print of chunks of others, backwards, with a few bits wrong."""
    starts = rng.integers(0, len(joined) - PIECE_ITEMS, PRINT_ITEMS // PIECE_ITEMS)
    pieces = joined[(starts[:, None] + np.arange(PIECE_ITEMS)[::-1]).ravel()]
    wrong = np.uint32(1) << rng.integers(0, 32, len(pieces), dtype=np.uint32)
    made: Items = pieces ^ np.where(rng.random(len(pieces)) < 0.5, wrong, np.uint32(0))
    return made


def made_peaks(rng: np.random.Generator, sources: Sequence[Peaks]) -> Peaks:
    """Peaks of chunks of others, backwards, each at another pitch."""
    width = round(PIECE_S * FRAMES_S)
    parts: list[Any] = []
    for place in range(0, FRAMES, width):
        source = sources[int(rng.integers(len(sources)))]
        start = int(rng.integers(0, max(1, source.frames - width)))
        first, last = np.searchsorted(source.times, [start, start + width])
        times = place + width - (source.times[first:last] - start)
        bins = source.bins[first:last] * np.float32(np.exp(rng.uniform(-SPREAD, SPREAD)))
        inside = (bins > 8) & (bins < 499)
        order = np.argsort(times[inside], kind="stable")
        told = (times, bins, source.salience[first:last])
        parts.append([array[inside][order] for array in told])
    columns = [np.concatenate(column).astype(np.float32) for column in zip(*parts, strict=True)]
    return Peaks(columns[0], columns[1], columns[2], FRAMES + width)


def shelve(
    known: Sequence[Samples], made_of: Sequence[Samples], count: int, rng: np.random.Generator
) -> Shelf:
    """The references: those that are looked for first, then made ones up to `count`."""
    prints = [print_of(recording(pcm, RATE)).items for pcm in known]
    joined = np.concatenate([print_of(recording(pcm, RATE)).items for pcm in made_of])
    sources = [peaked(pcm).strongest(PER_S_KEPT) for pcm in made_of]
    more = range(count - len(known))
    index = Index(Path(mkdtemp()))
    begun = cpu_s()
    prints += [backwards(rng, joined) for _ in more]
    made, begun = cpu_s() - begun, cpu_s()
    index.replace_all(iter(enumerate(prints)), sum(map(len, prints)), Position())
    told = index.stats()
    speed = f"{count / (cpu_s() - begun):.0f} tracks/CPU-s"
    say(f"prints: {speed}, {told['bytes'] / told['items']:.2f} B/item (made in {made:.0f} s)")
    words = [pack(keep(peaked(pcm))) for pcm in known]
    words += [pack(keep(made_peaks(rng, sources))) for _ in more]
    begun = cpu_s()
    marks = index_of(words)
    size = sum(p.segment.postings.nbytes + p.segment.items.nbytes for p in marks.parts)
    say(f"landmarks: {count / (cpu_s() - begun):.0f} tracks/CPU-s, {size / 1e6:.0f} MB\n")
    return Shelf(index, marks, prints)


def index_of(words: Sequence[Words]) -> MarkIndex:
    """Packed peaks in segments, as large as they may be, in memory."""
    parts: list[Part] = []
    most = max(1, int(len(words) * MOST_PEAKS / (1.2 * sum(map(len, words)) + 1)))
    for start in range(0, len(words), most):
        some = words[start : start + most]
        segment = MarkSegment.build(range(start, start + len(some)), some)
        parts.append(Part.of(segment))
    return MarkIndex(parts)


def signals(rng: np.random.Generator) -> Iterator[tuple[str, Samples]]:
    """Sounds in which nothing may be found, 30 s each."""
    for name, pcm in _signals(rng):
        yield name, np.asarray(pcm, dtype=np.float32)


def _signals(rng: np.random.Generator) -> Iterator[tuple[str, Any]]:
    t = np.arange(30 * RATE) / RATE
    yield "silence", np.zeros(len(t), np.float32)
    yield "440 Hz", 0.5 * np.sin(2 * np.pi * 440 * t)
    yield "harmonics", sum(np.sin(2 * np.pi * 110 * k * t) / k for k in range(1, 20)) * 0.2
    yield "sweep", 0.5 * np.sin(2 * np.pi * (50 * t + 60 * t**2))
    yield "fast sweep", 0.5 * np.sin(2 * np.pi * (50 * (t % 5) + 500 * (t % 5) ** 2))
    yield "clicks", (np.arange(len(t)) % (RATE // 2) < 40) * 1.0
    yield "mains", 0.5 * np.sign(np.sin(2 * np.pi * 50 * t))
    yield "white noise", 0.3 * rng.standard_normal(len(t))
    yield "brown noise", np.cumsum(rng.standard_normal(len(t))) * 1e-3
    yield "chord", 0.2 * sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6)) * (t % 2 < 1)
    yield "arpeggio", 0.4 * np.sin(2 * np.pi * 220 * 2 ** ((t * 4 % 4).astype(int) / 3) * t)
