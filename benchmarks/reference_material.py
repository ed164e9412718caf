"""The recordings a run works on, dealt into halves, and the queries made of them, kept on disk."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.peaks import to_rate
from apps.screening.prints import phases_of, print_of
from benchmarks.changes import RATE, SUFFIXES, decode
from benchmarks.reference_changes import ROWS, Material
from tests.screening.recordings import recording
from tests.sounds import Samples

SECONDS, LEAST_S = 200.0, 25.0  # of a recording that are read; those that are shorter are left out
HALVES = ("development", "test")

Low = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Half:
    """What one half of the recordings is for. `queried` are references and looked for; `hosts` are
    what they are mixed into, and strangers; `others` belong to the other half, and references are
    made of them. Each: name and samples at 44.1 kHz, one channel.
    """

    queried: list[tuple[str, Samples]]
    hosts: list[tuple[str, Samples]]
    others: list[tuple[str, Samples]]
    speech: list[tuple[str, Samples]]


@dataclass(frozen=True)
class Question:
    """A query as it is looked for. `low`: its sound at 11,025 Hz, 16 bits. `phases`: its prints, or
    none where they say nothing. `place`: which of the queried it is made of. The rest is as in
    `reference_changes.Asked`.
    """

    place: int
    low: Low
    phases: tuple[Items, ...]
    q_start: float
    r_start: float
    length_s: float

    @property
    def sound(self) -> Samples:
        """Its sound at 11,025 Hz, in -1..1."""
        return self.low.astype(np.float32) / np.float32(32768)


def dealt(folder: str, half: str) -> list[Path]:
    """The files of one half: every other one, in the order of a digest of their names."""
    paths = [path for path in Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES]
    paths.sort(key=lambda path: hashlib.sha256(path.name.encode()).hexdigest())
    return paths[HALVES.index(half) :: 2]


def read(paths: Sequence[Path], least_s: float = LEAST_S) -> list[tuple[str, Samples]]:
    """Those that are long enough, as one channel at 44.1 kHz."""
    mixed = ((path.name, decode(path, "-t", str(SECONDS)).mean(axis=1)) for path in paths)
    return [(name, pcm) for name, pcm in mixed if len(pcm) >= least_s * RATE]


def half_of(queried: str, hosts: str, speech: str, half: str) -> Half:
    """The recordings of one half, from three folders."""
    other = HALVES[1 - HALVES.index(half)]
    return Half(
        read(dealt(queried, half)),
        read(dealt(hosts, half)),
        read([*dealt(queried, other), *dealt(hosts, other)]),
        read(dealt(speech, half), 4.0),
    )


def printed(pcm: Samples) -> list[Items]:
    """The print of a query at 44.1 kHz, and its later phases; none where it says nothing."""
    audio = recording(pcm, RATE)
    taken = print_of(audio)
    return [taken.items, *phases_of(audio)] if taken.speaks else []


def lowered(pcm: Samples) -> Low:
    """Sound at 44.1 kHz as 16 bits at 11,025 Hz."""
    return (np.clip(to_rate(pcm, RATE), -1, 1) * 32767).round().astype(np.int16)


def question(half: Half, row: str, number: int, seed: int, kept: Path) -> Question:
    """The query with this number of a row: made once, then read from the folder `kept`.

    The queried take turns, so a row may ask for several parts of one.
    """
    place = number % len(half.queried)
    key = f"{seed} {row} {number} {half.queried[place][0]} {len(half.hosts)}"
    path = kept / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.npz"
    if not path.exists():
        _make(half, row, place, np.random.default_rng([seed, *key.encode()]), path)
    with np.load(path) as told:
        phases = tuple(told[f"phase{at}"] for at in range(int(told["phases"])))
        return Question(place, told["low"], phases, *(float(one) for one in told["where"]))


def _make(half: Half, row: str, place: int, rng: np.random.Generator, path: Path) -> None:
    host = half.hosts[int(rng.integers(len(half.hosts)))][1]
    speech = np.concatenate([half.speech[at][1] for at in rng.integers(len(half.speech), size=4)])
    asked = ROWS[row](Material(half.queried[place][1], host, speech, rng))
    phases: dict[str, Any] = {f"phase{at}": one for at, one in enumerate(printed(asked.pcm))}
    where = np.array([asked.q_start, asked.r_start, asked.length_s])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, low=lowered(asked.pcm), where=where, phases=len(phases), **phases)
