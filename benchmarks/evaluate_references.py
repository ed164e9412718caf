"""How often a part of a recording, changed, is found among many, and what is found by mistake.

python -m benchmarks.evaluate_references FOLDER [FOLDER …] --speech FOLDER [--references N]
    [--seed N] [--rows TEXT] [--queries N]

Recordings of 20 s and more are dealt into three parts: those that are references and looked for;
those that they are mixed into, which are looked for themselves as strangers; and those that the
other references are made of, by playing chunks of their prints and peaks backwards, at other
pitches. Prints a Markdown table for docs/benchmarks.md.
"""

import argparse
import itertools
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.manifest import Position
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.finding import Marked, find_marked
from apps.fingerprints.landmarks.marks import PER_S_KEPT, MarkIndex
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks, find_peaks, to_rate
from apps.screening.prints import phases_of, print_of
from benchmarks.changes import RATE, recordings, say
from benchmarks.reference_changes import ROWS, Asked, Material
from tests.screening.recordings import recording
from tests.sounds import Samples

SECONDS = 200.0
LEAST_S = 20.0
LENGTH_S = 180.0  # of a made reference
PIECE_ITEMS, PIECE_S = 16, 20.0
NEAR_S = 0.5  # how far the offset may be off where a match counts
FRAMES = round(LENGTH_S * FRAMES_S)
PRINT_ITEMS = 1433


@dataclass
class Shelf:
    """All references, in both indexes."""

    prints: Index
    marks: MarkIndex


@dataclass
class Row:
    """What came out for one kind of change."""

    asked: int = 0
    first: int = 0  # found by prints
    second: int = 0  # found by landmarks
    either: int = 0
    doubtful: int = 0  # by landmarks, told but not accepted
    scores: list[float] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)
    edges: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def cpu_s() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def printed(pcm: Samples) -> list[Items]:
    """The print of a query, and its later phases; none where it says nothing."""
    audio = recording(pcm, RATE)
    taken = print_of(audio)
    return [taken.items, *phases_of(audio)] if taken.speaks else []


def peaked(pcm: Samples) -> Peaks:
    """The peaks of sound at 44.1 kHz."""
    return find_peaks(to_rate(pcm, RATE))


def backwards(rng: np.random.Generator, sources: Sequence[Items]) -> Items:
    """A print of chunks of others, backwards, with a few bits wrong."""
    joined = np.concatenate(list(sources))
    starts = rng.integers(0, len(joined) - PIECE_ITEMS, PRINT_ITEMS // PIECE_ITEMS)
    joined = joined[(starts[:, None] + np.arange(PIECE_ITEMS)[::-1]).ravel()]
    wrong = np.uint32(1) << rng.integers(0, 32, len(joined), dtype=np.uint32)
    made: Items = joined ^ np.where(rng.random(len(joined)) < 0.5, wrong, np.uint32(0))
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
        bins = source.bins[first:last] * np.float32(np.exp(rng.uniform(-0.25, 0.25)))
        inside = (bins > 8) & (bins < 499)
        order = np.argsort(times[inside], kind="stable")
        told = (times, bins, source.salience[first:last])
        parts.append([array[inside][order] for array in told])
    columns = [np.concatenate(column).astype(np.float32) for column in zip(*parts, strict=True)]
    return Peaks(columns[0], columns[1], columns[2], FRAMES + width)


def shelve(
    known: Sequence[Samples], made_of: Sequence[Samples], count: int, rng: np.random.Generator
) -> Shelf:
    """The references: those that are looked for first, then as many made ones as are wanted."""
    prints = [print_of(recording(pcm, RATE)).items for pcm in (*known, *made_of)]
    peaks = [peaked(pcm) for pcm in (*known, *made_of)]
    sources = prints[len(known) :], [one.strongest(PER_S_KEPT) for one in peaks[len(known) :]]
    more = count - len(prints)
    prints += [backwards(rng, sources[0]) for _ in range(more)]
    peaks += [made_peaks(rng, sources[1]) for _ in range(more)]
    index = Index(Path(mkdtemp()))
    begun = cpu_s()
    index.replace_all(iter(enumerate(prints)), sum(map(len, prints)), Position())
    told = index.stats()
    spent, begun = cpu_s() - begun, cpu_s()
    say(f"prints: {count / spent:.0f} tracks/CPU-s, {told['bytes'] / told['items']:.2f} B/item")
    marks = MarkIndex.of(range(len(peaks)), peaks)
    size = sum(
        array.nbytes
        for part in marks.parts
        for array in (part.segment.postings, part.segment.table, part.segment.items)
    )
    say(f"landmarks: {count / (cpu_s() - begun):.0f} tracks/CPU-s, {size / 1e6:.0f} MB\n")
    return Shelf(index, marks)


def judge(row: Row, shelf: Shelf, asked: Asked, wanted: int) -> None:
    """Looks for one query and counts what came of it."""
    row.asked += 1
    phases, peaks = printed(asked.pcm), peaked(asked.pcm)
    found = shelf.prints.search(Query.of(phases)) if phases else []
    right = [
        piece
        for one in found
        if one.number == wanted
        for piece in one.stretches
        if one.accepted and abs(piece.r_start - piece.q_start - shift(asked)) < NEAR_S
    ]
    marked = find_marked(shelf.marks, peaks)
    mine = [one for one in marked if one.number == wanted and is_near(one, asked)]
    row.first += bool(right)
    row.second += any(one.accepted for one in mine)
    row.either += bool(right) or any(one.accepted for one in mine)
    row.doubtful += bool(mine) and not mine[0].accepted
    row.scores.append(max((one.score for one in mine), default=0.0))
    row.offsets += [abs(away(one, asked)) for one in mine if one.accepted]
    row.edges += [abs(one.q_start - asked.q_start) for one in mine if one.accepted]
    row.wrong += [
        f"{wanted}→{one.number} (bits {one.bit_error:.2f})"
        for one in found
        if one.accepted and one.number != wanted
    ]
    row.wrong += [
        f"{wanted}→{one.number} (S {one.score:.0f}, {one.q_start:.0f}–{one.q_end:.0f} s)"
        for one in marked
        if one.accepted and one.number != wanted
    ]


def shift(asked: Asked) -> float:
    """Where the reference stands when the query begins, in seconds."""
    return asked.r_start - asked.q_start


def away(one: Marked, asked: Asked) -> float:
    """How far the reference's time is off at the beginning of the match, in seconds."""
    there = asked.r_start + (one.q_start - asked.q_start) * one.speed
    return one.r_start - there


def is_near(one: Marked, asked: Asked) -> bool:
    """Whether the match lies where the part was put; a loop may be found in any of its turns."""
    return abs(away(one, asked)) < NEAR_S or abs(away(one, asked)) % asked.length_s < NEAR_S


def signals(rng: np.random.Generator) -> Iterator[tuple[str, Samples]]:
    """Sounds in which nothing may be found."""
    t = np.arange(30 * RATE) / RATE
    yield "silence", np.zeros(len(t), np.float32)
    yield "440 Hz", (0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    yield "harmonics", sum(np.sin(2 * np.pi * 110 * k * t) / k for k in range(1, 20)) * 0.2
    yield "sweep", 0.5 * np.sin(2 * np.pi * (50 * t + 60 * t**2))
    yield "fast sweep", 0.5 * np.sin(2 * np.pi * (50 * (t % 5) + 500 * (t % 5) ** 2))
    yield "clicks", (np.arange(len(t)) % (RATE // 2) < 40).astype(np.float32)
    yield "mains", 0.5 * np.sign(np.sin(2 * np.pi * 50 * t))
    yield "white noise", 0.3 * rng.standard_normal(len(t))
    yield "arpeggio", 0.4 * np.sin(2 * np.pi * 220 * 2 ** ((t * 4 % 4).astype(int) / 3) * t)


def strangers(shelf: Shelf, some: Sequence[tuple[str, Samples]]) -> None:
    """Looks for recordings that share nothing with any reference."""
    highest: list[float] = []
    for name, pcm in some:
        sound = pcm.astype(np.float32)
        marked = find_marked(shelf.marks, peaked(sound))
        phases = printed(sound)
        found = shelf.prints.search(Query.of(phases)) if phases else []
        highest.append(max((one.score for one in marked), default=0.0))
        accepted = [one.number for one in (*found, *marked) if one.accepted]
        if accepted or highest[-1] > 0:
            say(f"- {name}: accepted {accepted or 'nothing'}, S {highest[-1]:.1f}")
    say(f"- {len(some)} sounds; highest S {max(highest, default=0.0):.1f}\n")


def cost(shelf: Shelf, some: Sequence[Samples]) -> None:
    """CPU seconds for three minutes that match nothing, without decoding."""
    pcm = np.concatenate(list(some))[: 180 * RATE]
    steps = [time.process_time()]
    phases = printed(pcm)
    steps.append(time.process_time())
    shelf.prints.search(Query.of(phases))
    steps.append(time.process_time())
    peaks = peaked(pcm)
    steps.append(time.process_time())
    find_marked(shelf.marks, peaks)
    steps.append(time.process_time())
    told = [f"{after - before:.3f}" for before, after in itertools.pairwise(steps)]
    say(f"\n{len(pcm) / RATE:.0f} s, CPU s: prints, search, peaks, landmarks: {', '.join(told)}")


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--speech", required=True)
    parser.add_argument("--references", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=12)
    parser.add_argument("--seed", type=int, default=27)
    parser.add_argument(
        "--rows", default="", help="only rows whose names hold one of these, with commas between"
    )
    return parser.parse_args()


def asked_for(name: str, rows: str) -> bool:
    """Whether a row is to be measured."""
    return any(part in name for part in rows.split(","))


def main() -> None:
    """Prints the tables."""
    told = options()
    rng = np.random.default_rng(told.seed)
    all_ = [(name, pcm.mean(axis=1)) for name, pcm in recordings(told.folders, SECONDS)]
    speech = [pcm.mean(axis=1) for _, pcm in recordings([told.speech], 30.0)]
    long = [one for one in all_ if len(one[1]) >= LEAST_S * RATE]
    long = [long[place] for place in rng.permutation(len(long))]
    known, rest = long[: told.queries], long[told.queries :]
    hosts, made_of = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    say(f"{len(known)} looked for, {len(hosts)} others, {len(made_of)} to make references of")
    shelf = shelve([p for _, p in known], [p for _, p in made_of], told.references, rng)
    cost(shelf, [pcm for _, pcm in hosts])
    say("| query | n | prints | landmarks | either | 25–35 | median S | offset p90, s | edge p90 |")
    say("|---|---|---|---|---|---|---|---|---|")
    for name, make in ROWS.items():
        row = Row()
        for place, (_, pcm) in enumerate(known if asked_for(name, told.rows) else []):
            host = hosts[int(rng.integers(len(hosts)))][1]
            voice = speech[int(rng.integers(len(speech)))]
            judge(row, shelf, make(Material(pcm, host, voice, rng)), place)
        if row.asked:
            shares = [f"{n / row.asked:.2f}" for n in (row.first, row.second, row.either)]
            ends = [f"{np.quantile(e, 0.9):.2f}" if e else "" for e in (row.offsets, row.edges)]
            told_ = [*shares, str(row.doubtful), f"{np.median(row.scores):.0f}", *ends]
            say(f"| {name} | {row.asked} | {' | '.join(told_)} |")
            if row.wrong:
                say(f"wrong: {' '.join(row.wrong)}")
    strangers(shelf, [*signals(rng), *hosts])


if __name__ == "__main__":
    main()
