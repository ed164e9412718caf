"""One recording's voice beside one enrolled voice. Similarity is not identity."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from apps.registry.voice.cohort import Cohort
from apps.registry.voice.contract import EnrolledVoice, Segments
from apps.registry.voice.encoder import Vectors
from apps.registry.voice.enrolment import mean_vector
from apps.registry.voice.thresholds import DomainCalibration

Answer = Literal["consistent", "inconclusive", "no_match"]

PAIRS = 3
MOST_SCORE = 0.99


class OtherModel(Exception):
    """The voice was enrolled with another model, whose vectors do not compare."""


@dataclass(frozen=True)
class Pair:
    """A stretch of the recording beside the enrolled stretch most like it. Seconds."""

    start_s: float
    end_s: float
    clip: str
    clip_start_s: float
    similarity: float


@dataclass(frozen=True)
class Comparison:
    """What was found. `timeline`: the similarity of each segment of the recording, in order;
    `score` in 0..1: how sure the answer is; `normalised`: against a cohort, where there is one
    (shown, never judged by)."""

    voice: EnrolledVoice
    answer: Answer
    score: float
    similarity: float
    normalised: float | None
    timeline: tuple[float, ...]
    pairs: tuple[Pair, ...]


def compare(
    query: Segments,
    voice: EnrolledVoice,
    calibration: DomainCalibration,
    *,
    model: str,
    cohort: Cohort | None = None,
) -> Comparison:
    """The recording against one enrolled voice, by their mean vectors.

    Raises OtherModel, and ValueError where nobody is heard in one of them.
    """
    if voice.model != model or voice.segments.vectors.shape[1:] != query.vectors.shape[1:]:
        raise OtherModel(voice.name)
    enrolled = mean_vector(voice.segments)
    heard = mean_vector(query)
    similarity = float(heard @ enrolled)
    answer = answer_to(similarity, calibration)
    beside = cohort if cohort is not None and cohort.model == model else None
    return Comparison(
        voice=voice,
        answer=answer,
        score=score_of(similarity, answer, calibration),
        similarity=similarity,
        normalised=beside.normalised(similarity, heard, enrolled) if beside else None,
        timeline=tuple(float(value) for value in query.vectors @ enrolled),
        pairs=closest_pairs(query, voice),
    )


def answer_to(similarity: float, calibration: DomainCalibration) -> Answer:
    """Which of the three answers a similarity is."""
    if calibration.consistent and similarity >= calibration.consistent.similarity:
        return "consistent"
    return "inconclusive" if similarity >= calibration.inconclusive.similarity else "no_match"


def score_of(similarity: float, answer: Answer, calibration: DomainCalibration) -> float:
    """How sure the answer is, 0..1: from the calibrated rates (`Point.sureness`), or for
    "no_match" the share of clones that the test finds at all."""
    weak, strong = calibration.inconclusive, calibration.consistent
    if answer == "no_match":
        return round(weak.found, 3)
    if strong is None:
        return round(weak.sureness, 3)
    places = (weak.similarity, strong.similarity, 1.0)
    sure = (weak.sureness, strong.sureness, MOST_SCORE)
    return round(float(np.interp(similarity, places, sure)), 3)


def closest_pairs(query: Segments, voice: EnrolledVoice, most: int = PAIRS) -> tuple[Pair, ...]:
    """The stretches most like one of the enrolled ones, which do not overlap, best first."""
    alike = query.vectors @ voice.segments.vectors.T
    nearest, best = alike.argmax(axis=1), alike.max(axis=1)
    chosen: list[int] = []
    for index in np.argsort(-best, kind="stable"):
        apart = [abs(query.starts_s[index] - query.starts_s[other]) for other in chosen]
        if len(chosen) < most and all(gap >= query.length_s for gap in apart):
            chosen.append(int(index))
    return tuple(
        Pair(
            start_s=float(query.starts_s[i]),
            end_s=float(query.starts_s[i]) + query.length_s,
            clip=voice.clips[nearest[i]] if voice.clips else "",
            clip_start_s=float(voice.segments.starts_s[nearest[i]]),
            similarity=float(best[i]),
        )
        for i in chosen
    )


def rank(
    query: Segments, everyone: Iterable[EnrolledVoice], *, model: str, most: int = 5
) -> list[EnrolledVoice]:
    """The enrolled voices nearest to the recording, nearest first: an order, nothing more."""
    mean = mean_vector(query)
    near: Callable[[EnrolledVoice], float] = lambda one: float(mean @ _mean(one))  # noqa: E731
    return sorted((one for one in everyone if one.model == model), key=near, reverse=True)[:most]


def _mean(voice: EnrolledVoice) -> Vectors:
    return mean_vector(voice.segments)
