"""What enrolling a voice needs: its segments, how alike its stems are, and whom it resembles."""

from collections.abc import Iterable, Sequence

import numpy as np

from apps.registry.voice.activity import resample
from apps.registry.voice.contract import EnrolledVoice, Segments
from apps.registry.voice.encoder import Samples, Vectors, VoiceBackend

LEAST_STEMS = 2


class TooFewStems(Exception):
    """Stems cannot be compared with each other; the message says what is missing."""


def embed_stem(samples: Samples, rate: int, backend: VoiceBackend) -> Segments:
    """The segments of one vocal stem.

    `samples`: float32, shape (frames,) or (frames, channels), at `rate` Hz. No segments where
    nobody is heard. Raises ValueError when the samples are not numbers.
    """
    if not np.isfinite(samples).all():
        raise ValueError("Some samples are not numbers.")
    mono = samples.mean(axis=1) if samples.ndim == 2 else samples
    return backend.embed(resample(mono.astype(np.float32), rate, backend.rate))


def mean_vector(segments: Segments) -> Vectors:
    """The one vector that stands for a recording, length 1: the median of its segments in each
    dimension, which odd segments do not move (measured: docs/benchmarks.md).

    Raises ValueError for a recording without segments.
    """
    if not len(segments.vectors):
        raise ValueError("Nobody is heard in this recording.")
    middle = np.median(segments.vectors, axis=0)
    if not middle.any():  # segments that share nothing
        middle = segments.vectors.mean(axis=0)
    unit: Vectors = (middle / max(float(np.linalg.norm(middle)), 1e-12)).astype(np.float32)
    return unit


def joined(stems: Iterable[Segments]) -> Segments:
    """The stems as one recording; `starts_s` stay those within each stem.

    Raises ValueError when there is none.
    """
    kept = list(stems)
    if not kept:
        raise ValueError("There is no stem.")
    return Segments(
        vectors=np.concatenate([stem.vectors for stem in kept]),
        starts_s=np.concatenate([stem.starts_s for stem in kept]),
        length_s=kept[0].length_s,
        voiced=np.concatenate([stem.voiced for stem in kept]),
    )


def self_consistency(stems: Sequence[Segments]) -> float:
    """How alike the stems are, -1..1: each against all others together, on average.

    Stems in which nobody is heard count as 0. Raises TooFewStems below two.
    """
    if len(stems) < LEAST_STEMS:
        raise TooFewStems("At least two vocal stems are needed to compare them with each other.")
    heard = [len(stem.vectors) > 0 for stem in stems]
    scores = []
    for index, stem in enumerate(stems):
        others = [other for at, other in enumerate(stems) if at != index and heard[at]]
        alike = heard[index] and others
        scores.append(_cosine(stem, joined(others)) if alike else 0.0)
    return float(np.mean(scores))


def collision(candidate: Sequence[Segments], other: EnrolledVoice) -> float:
    """How alike a candidate's stems and an enrolled voice are, -1..1: above the calibration's
    `collision` the two cannot be told apart. Raises ValueError where nobody is heard."""
    return _cosine(joined(candidate), other.segments)


def closest(
    candidate: Sequence[Segments], others: Iterable[EnrolledVoice], *, model: str, most: int = 5
) -> list[tuple[EnrolledVoice, float]]:
    """The enrolled voices most like a candidate's stems, nearest first, at most `most`.

    Voices enrolled with another model than `model` cannot be compared and are left out.
    """
    scored = [(one, collision(candidate, one)) for one in others if one.model == model]
    return sorted(scored, key=lambda pair: -pair[1])[:most]


def _cosine(first: Segments, second: Segments) -> float:
    return float(mean_vector(first) @ mean_vector(second))
