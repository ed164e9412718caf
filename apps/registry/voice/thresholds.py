"""Calibration: what similarity means, per model and kind of recording. Read from data files.

A file names its model, its version, and for each domain the thresholds, how often the test is
wrong at each, on how many pairs of which recordings, and the distribution over different people.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from apps.registry.voice.encoder import ModelDamaged, ModelMissing

SHIPPED = Path(__file__).with_name("calibration")
DOMAINS = ("speech", "singing", "mix")
PRIOR = 0.01  # the score answers: how sure, if one in a hundred compared recordings were a clone


@dataclass(frozen=True)
class Point:
    """A similarity, how many pairs of different people reach it (share), and how many clones."""

    similarity: float
    false_alarms: float
    found: float

    @property
    def sureness(self) -> float:
        """How sure it is that one who reaches this similarity is the voice, at PRIOR."""
        real = self.found * PRIOR
        return real / (real + self.false_alarms * (1 - PRIOR))


@dataclass(frozen=True)
class DomainCalibration:
    """One kind of recording. `consistent` None: never said of these recordings.

    `edges` and `shares`: the histogram of different people, `pairs` of them, from `source`.
    """

    inconclusive: Point
    consistent: Point | None
    pairs: int
    clones: int
    source: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]

    def below(self, similarity: float) -> float:
        """The share of different people less alike than this, 0..1, from the histogram."""
        sums = (0.0, *accumulate(self.shares))
        return float(np.interp(similarity, self.edges, sums)) / max(sums[-1], 1e-9)


@dataclass(frozen=True)
class Calibration:
    """One file. `collision`: two enrolled voices this much alike cannot be told apart.
    `consistency`: the least self-consistency of an enrolment's stems."""

    id: str
    model: str
    collision: float
    consistency: float
    domains: Mapping[str, DomainCalibration]


@cache
def load_calibration(name: str) -> Calibration:
    """A shipped calibration by name ("ge2e"), or one by the path of its file.

    Raises ModelMissing where there is none, ModelDamaged where it contradicts itself.
    """
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _read(data)
    except OSError:
        raise ModelMissing(
            f"There is no calibration {path.name}, so nothing is compared."
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelDamaged(f"The calibration {path.name} cannot be used: {error}.") from error


def _read(data: Mapping[str, Any]) -> Calibration:
    domains = {name: _domain(name, data["domains"][name]) for name in DOMAINS}
    return Calibration(
        id=f"{data['name']} {data['version']}",
        model=data["model"],
        collision=float(data["collision"]),
        consistency=float(data["consistency"]),
        domains=domains,
    )


def _domain(name: str, entry: Mapping[str, Any]) -> DomainCalibration:
    edges, shares = tuple(map(float, entry["edges"])), tuple(map(float, entry["shares"]))
    if len(edges) != len(shares) + 1 or list(edges) != sorted(edges):
        raise ValueError(f"{name}: {len(edges)} edges do not bound {len(shares)} shares")
    weak = Point(**entry["inconclusive"])
    strong = Point(**entry["consistent"]) if "consistent" in entry else None
    if strong and strong.similarity <= weak.similarity:
        raise ValueError(f"{name}: consistent must lie above inconclusive")
    return DomainCalibration(
        inconclusive=weak,
        consistent=strong,
        pairs=int(entry["pairs"]),
        clones=int(entry["clones"]),
        source=str(entry["source"]),
        edges=edges,
        shares=shares,
    )
