"""Pairs of recordings, and how often a threshold on their similarity is wrong."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
ROUNDS = 300


@dataclass(frozen=True)
class Clip:
    """One recording of the index. `group`: different speakers of one group may be one person
    (a corpus that does not say), so they are no pair of different people."""

    file: str
    domain: str
    speaker: str
    target: str
    group: str
    vector: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Trials:
    """Similarities with the people of each pair (numbers), for drawing people again."""

    same: Scores
    same_people: npt.NDArray[np.int64]
    other: Scores
    other_people: npt.NDArray[np.int64]


def pairs(clips: Sequence[Clip]) -> Trials:
    """Every pair of recordings."""
    return _sorted((one, two) for at, one in enumerate(clips) for two in clips[:at])


def across(queries: Sequence[Clip], enrolled: Sequence[Clip]) -> Trials:
    """Each query against every enrolled recording of another file."""
    return _sorted((one, two) for one in queries for two in enrolled if one.file != two.file)


def _sorted(couples: Iterable[tuple[Clip, Clip]]) -> Trials:
    numbers: dict[str, int] = {}
    same, same_people, other, other_people = [], [], [], []
    for one, two in couples:
        score = float(one.vector @ two.vector)
        people = tuple(numbers.setdefault(clip.speaker, len(numbers)) for clip in (one, two))
        if one.speaker == two.speaker:
            same.append(score)
            same_people.append(people)
        elif not one.group or one.group != two.group:
            other.append(score)
            other_people.append(people)
    return _trials(same, same_people, other, other_people)


def against_targets(clones: Sequence[Clip], real: Sequence[Clip], strangers: Trials) -> Trials:
    """Each clone against the recordings of its target; the strangers' pairs stay the others."""
    kept: dict[str, list[npt.NDArray[np.float32]]] = {}
    for clip in real:
        kept.setdefault(clip.speaker, []).append(clip.vector)
    numbers = {name: at for at, name in enumerate(sorted(kept))}
    same, people = [], []
    for clone in clones:
        if clone.target in kept:
            middle = np.mean(kept[clone.target], axis=0)
            same.append(float(clone.vector @ middle / np.linalg.norm(middle)))
            people.append((numbers[clone.target],) * 2)
    return _trials(same, people, strangers.other, strangers.other_people)


def _trials(same, same_people, other, other_people) -> Trials:
    return Trials(
        np.asarray(same, dtype=np.float64),
        np.asarray(same_people, dtype=np.int64).reshape(-1, 2),
        np.asarray(other, dtype=np.float64),
        np.asarray(other_people, dtype=np.int64).reshape(-1, 2),
    )


def equal_error(same: Scores, other: Scores) -> float:
    """The rate at which as many strangers pass as genuine ones fail."""
    places = np.sort(np.concatenate([same, other]))
    alarms = 1 - np.searchsorted(np.sort(other), places, "left") / len(other)
    misses = np.searchsorted(np.sort(same), places, "left") / len(same)
    at = int(np.argmin(np.abs(alarms - misses)))
    return float((alarms[at] + misses[at]) / 2)


def found_at(same: Scores, other: Scores, false_alarms: float) -> float:
    """The share of genuine pairs above the threshold that this share of strangers reaches."""
    return float((same >= np.quantile(other, 1 - false_alarms)).mean())


def interval(trials: Trials, measure: Callable[[Scores, Scores], float]) -> tuple[float, float]:
    """95 % of the values of `measure` when people, not pairs, are drawn again."""
    people = int(max(trials.same_people.max(initial=0), trials.other_people.max(initial=0))) + 1
    random = np.random.default_rng(1)
    values = []
    for _ in range(ROUNDS):
        drawn = np.bincount(random.integers(0, people, people), minlength=people)
        same = np.repeat(trials.same, drawn[trials.same_people[:, 0]])
        weights = drawn[trials.other_people[:, 0]] * drawn[trials.other_people[:, 1]]
        other = np.repeat(trials.other, weights)
        if len(same) and len(other):
            values.append(measure(same, other))
    return (float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975)))
