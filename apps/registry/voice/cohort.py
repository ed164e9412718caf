"""Other people's voices to measure against: how unusual is this similarity?

Optional, and none is shipped: one of synthetic voices made the figures worse, and voices of real
people do not belong into a repository. An operator may build one from recordings licensed for
this; it lies beside the fetched models, holds one vector per recording and no name.
"""

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apps.registry.voice.contract import Segments
from apps.registry.voice.encoder import ModelDamaged, Vectors
from apps.registry.voice.enrolment import mean_vector

LEAST = 20
NEAREST = 100


class TooFewVoices(Exception):
    """A cohort of so few would say nothing; the message says how many are needed."""


@dataclass(frozen=True)
class Cohort:
    """`vectors`: shape (voices, dimensions), each of length 1, in no order that tells anything."""

    model: str
    vectors: Vectors

    def normalised(self, similarity: float, query: Vectors, enrolled: Vectors) -> float:
        """How many standard deviations the similarity lies above that of either side with its
        NEAREST in the cohort, on average (adaptive symmetric normalisation, Matějka 2017)."""
        scores = []
        for side in (query, enrolled):
            near = np.sort(self.vectors @ side)[-NEAREST:]
            scores.append((similarity - near.mean()) / max(float(near.std()), 1e-3))
        return float(np.mean(scores))


def build_cohort(recordings: Iterable[Segments], *, model: str) -> Cohort:
    """A cohort of one recording per person; those in which nobody is heard are left out.

    Raises TooFewVoices below LEAST.
    """
    means = [mean_vector(one) for one in recordings if len(one.vectors)]
    if len(means) < LEAST:
        raise TooFewVoices(f"{len(means)} voices are no cohort; at least {LEAST} are needed.")
    order = np.random.default_rng().permutation(len(means))
    return Cohort(model, np.stack(means)[order])


def cohort_file(folder: Path, model: str, domain: str) -> Path:
    """Where the cohort of a model and domain ("speech", "singing", "mix") lies."""
    return folder / f"cohort-{model}-{domain}.npz"


def save_cohort(cohort: Cohort, path: Path) -> None:
    """Writes it, whole or not at all, readable by this account only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        fresh = Path(scratch) / "cohort.npz"
        np.savez(fresh, vectors=cohort.vectors, model=np.array(cohort.model))
        fresh.chmod(0o600)
        os.replace(fresh, path)


def load_cohort(path: Path) -> Cohort | None:
    """The cohort in a file, None where there is none; raises ModelDamaged for another file."""
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            return Cohort(str(kept["model"]), kept["vectors"].astype(np.float32))
    except (OSError, ValueError, KeyError) as error:
        raise ModelDamaged(f"The cohort {path.name} cannot be read: build it again.") from error
