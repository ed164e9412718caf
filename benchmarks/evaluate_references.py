"""How often a part of a recording, changed, is found among many, and what is found by mistake.

python -m benchmarks.evaluate_references --queried FOLDER --hosts FOLDER --speech FOLDER
    [--half development|test] [--references N] [--queries N] [--seed N] [--rows TEXT]
    [--audfprint FOLDER] [--kept FOLDER]

Recordings are dealt into two halves by the digests of their names. Of one half those of `--queried`
are references and looked for; those of `--hosts` are what they are mixed into, and are looked for
themselves as strangers. The other references are made of the other half. Queries are kept in a
folder, so that a second run only searches. `--audfprint` is a checkout of that program, to be
measured beside ours. Prints Markdown tables for docs/benchmarks.md.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import numpy.typing as npt

from apps.fingerprints.engine.answers import Found
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.landmarks.finding import ACCEPTED, Marked, find_marked
from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks, find_peaks
from benchmarks.changes import RATE, say
from benchmarks.reference_changes import ROWS
from benchmarks.reference_material import HALVES, Half, Question, half_of, printed, question
from benchmarks.reference_peers import AcoustId, Audfprint, Peer
from benchmarks.reference_shelf import Shelf, peaked, shelve, signals
from tests.sounds import Samples, tune

COLUMNS = (
    *("query", "n", "prints", "landmarks", "either", "turn", "25–35", "median S"),
    *("offset p90, s", "edge p90, s"),
)
NEAR_S = 0.5  # how far the offset may be off where a match counts
STRANGER_S = 30.0
"""Strangers are looked for in pieces of this length."""
TUNES = 80  # of our own that are looked for among as many others: the same notes, tempo and drums


@dataclass
class Row:
    """What came out for one kind of change. `turns`: found, but in another turn of a part that
    repeats; `doubtful`: told by landmarks, not accepted; `peers`: how many each peer found.
    """

    asked: int = 0
    first: int = 0  # found by prints
    second: int = 0  # found by landmarks
    either: int = 0
    turns: int = 0
    doubtful: int = 0
    scores: list[float] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)
    edges: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    peers: list[int] = field(default_factory=list)


def search(shelf: Shelf, asked: Question) -> tuple[list[Found], list[Marked]]:
    """What both tiers say of a query."""
    found = shelf.prints.search(Query.of(asked.phases)) if asked.phases else []
    return found, find_marked(shelf.marks, find_peaks(asked.sound))


def judge(row: Row, shelf: Shelf, asked: Question) -> None:
    """Looks for one query and counts what came of it."""
    found, marked = search(shelf, asked)
    mine = [one for one in marked if one.number == asked.place]
    right = [one for one in mine if is_near(away(one, asked), asked)]
    first, second = is_printed(found, asked), any(one.accepted for one in right)
    row.asked += 1
    row.first += first
    row.second += second
    row.either += first or second
    row.turns += not (first or second) and any(one.accepted for one in mine)
    row.doubtful += bool(right) and not second
    row.scores.append(max((one.score for one in right), default=0.0))
    best = [one for one in right if one.accepted][:1]
    row.offsets += [abs(away(one, asked)) for one in best]
    row.edges += [abs(one.q_start - asked.q_start) for one in best]
    row.wrong += wrong(asked.place, found, marked)


def is_printed(found: Sequence[Found], asked: Question) -> bool:
    """Whether prints found the part where it is."""
    shift = asked.r_start - asked.q_start
    return any(
        piece.accepted and is_near(piece.r_start - piece.q_start - shift, asked)
        for one in found
        if one.number == asked.place
        for piece in one.stretches
    )


def away(one: Marked, asked: Question) -> float:
    """How far the reference's time is off at the beginning of the match, in seconds."""
    there = asked.r_start + (one.q_start - asked.q_start) * one.speed
    return one.r_start - there


def is_near(off: float, asked: Question) -> bool:
    """Whether the match lies where the part was put; a loop may be found in any of its turns."""
    return abs(off) < NEAR_S or abs(off) % asked.length_s < NEAR_S


def wrong(place: int, found: Sequence[Found], marked: Sequence[Marked]) -> list[str]:
    """What was accepted of other references, in words."""
    prints = [one for one in found if one.accepted and one.number != place]
    marks = [one for one in marked if one.accepted and one.number != place]
    return [
        *(f"{place}→{one.number} (bits {one.stretches[0].window_error:.3f})" for one in prints),
        *(f"{place}→{one.number} (S {one.score:.0f}, {one.q_start:.0f} s)" for one in marks),
    ]


def rows(half: Half, shelf: Shelf, peers: Sequence[Peer], told: argparse.Namespace) -> None:
    """The table: a line for each kind of change."""
    names = [*COLUMNS, *(peer.name for peer in peers)]
    say(f"| {' | '.join(names)} |")
    say("|---" * len(names) + "|")
    total: list[str] = []
    uploads = 0
    for name in ROWS:
        if not any(part in name for part in told.rows.split(",")):
            continue
        row = Row(peers=[0] * len(peers))
        for number in range(told.queries):
            asked = question(half, name, number, told.seed, Path(told.kept))
            judge(row, shelf, asked)
            for at, peer in enumerate(peers):
                row.peers[at] += peer.finds(asked)
        uploads += row.asked
        total += [f"{name}: {one}" for one in row.wrong]
        say(line(name, row))
    say(f"\n{uploads} queries, {len(total)} wrong matches: {'; '.join(total) or 'none'}")
    for peer in peers:
        say(f"{peer.name}: {peer.references} references, {peer.wrong} wrong, {peer.cpu:.1f} CPU-s")


def line(name: str, row: Row) -> str:
    """One line of the table."""
    shares = [f"{n / row.asked:.2f}" for n in (row.first, row.second, row.either)]
    ends = [f"{np.quantile(e, 0.9):.2f}" if e else "" for e in (row.offsets, row.edges)]
    counts = [str(row.turns), str(row.doubtful), f"{np.median(row.scores):.0f}"]
    beside = [f"{n / row.asked:.2f}" for n in row.peers]
    return f"| {name} | {row.asked} | {' | '.join([*shares, *counts, *ends, *beside])} |"


def pieces(peaks: Peaks) -> Iterator[Peaks]:
    """A recording's peaks in pieces as long as a stranger is."""
    width = round(STRANGER_S * FRAMES_S)
    for start in range(0, peaks.frames - width // 2, width):
        yield peaks.between(start, start + width)


def best_score(marks: MarkIndex, peaks: Peaks) -> float:
    """The highest score of any reference, however low."""
    told = find_marked(marks, peaks, least=0.0)
    return max((one.score for one in told), default=0.0)


def strangers(half: Half, shelf: Shelf, rng: np.random.Generator) -> None:
    """Looks for sounds that share nothing with any reference, and fits what they score."""
    for name, pcm in signals(rng):
        asked = printed(pcm)
        found = shelf.prints.search(Query.of(asked)) if asked else []
        marked = find_marked(shelf.marks, peaked(pcm))
        if told := wrong(-1, found, marked):
            say(f"- {name}: {told}")
    for kind, some in (("music", half.hosts), ("speech", half.speech)):
        scores = [
            best_score(shelf.marks, piece)
            for _, pcm in some
            for piece in (pieces(peaked(pcm)) if kind == "music" else [peaked(pcm)])
        ]
        say(f"- {kind}: {len(scores)} strangers; {fitted(np.array(scores))}")
    tunes = [peaked(tune(STRANGER_S, seed=seed).mean(axis=1)) for seed in range(2 * TUNES)]
    marks = MarkIndex.of(range(TUNES), tunes[:TUNES])
    scores = [best_score(marks, one) for one in tunes[TUNES:]]
    say(f"- tunes by one synthesiser, among {TUNES}: {TUNES} strangers; {fitted(np.array(scores))}")


def fitted(scores: npt.NDArray[np.float64]) -> str:
    """What a Gumbel distribution with their mean and spread says of the line that is accepted."""
    scale = max(float(scores.std()) * np.sqrt(6) / np.pi, 1e-6)
    mode = float(scores.mean()) - 0.5772 * scale
    over = -np.expm1(-np.exp(-(ACCEPTED - mode) / scale))
    return (
        f"best S of each: median {np.median(scores):.1f}, highest {scores.max():.1f}; Gumbel "
        f"{mode:.1f} ± {scale:.1f}: one in {1 / max(over, 1e-12):.0f} reaches {ACCEPTED:.0f}"
    )


def cost(shelf: Shelf, some: Sequence[Samples]) -> None:
    """CPU seconds for three minutes that match nothing, without decoding."""
    pcm = np.concatenate(list(some))[: 180 * RATE]
    find_marked(shelf.marks, peaked(pcm[: 20 * RATE]))
    steps = [time.process_time()]
    phases = printed(pcm)
    steps.append(time.process_time())
    shelf.prints.search(Query.of(phases))
    steps.append(time.process_time())
    peaks = peaked(pcm)
    steps.append(time.process_time())
    find_marked(shelf.marks, peaks)
    steps.append(time.process_time())
    told = ", ".join(f"{spent:.3f}" for spent in np.diff(steps))
    say(f"{len(pcm) / RATE:.0f} s, CPU s: prints, search, peaks, landmarks: {told}\n")


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--queried", "--hosts", "--speech"):
        parser.add_argument(name, required=True)
    parser.add_argument("--half", choices=HALVES, default=HALVES[0])
    parser.add_argument("--references", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--rows", default="", help="only rows whose names hold one of these: a,b")
    parser.add_argument("--audfprint", default="", help="a checkout of github.com/dpwe/audfprint")
    parser.add_argument("--peer-references", type=int, default=1_000, help="of audfprint")
    parser.add_argument("--kept", default=f"{gettempdir()}/reference-queries")
    return parser.parse_args()


def main() -> None:
    """Prints the tables."""
    told = options()
    rng = np.random.default_rng(told.seed)
    half = half_of(told.queried, told.hosts, told.speech, told.half)
    say(f"{len(half.queried)} looked for, {len(half.hosts)} hosts, {len(half.others)} to make of")
    known, others = [p for _, p in half.queried], [p for _, p in half.others]
    shelf = shelve(known, others, told.references, rng)
    cost(shelf, [pcm for _, pcm in half.hosts])
    peers: list[Peer] = []
    if told.audfprint:
        other = Audfprint(told.audfprint, known, others, told.peer_references)
        peers = [AcoustId(shelf.kept), other]
    rows(half, shelf, peers, told)
    strangers(half, shelf, rng)


if __name__ == "__main__":
    main()
