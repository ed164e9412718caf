"""How a recording is cut into stretches of equal length."""

import numpy as np

from apps.registry.voice.activity import RATE, Activity, listen, resample
from apps.registry.voice.contract import Segments
from apps.registry.voice.encoder import Samples, Vectors

LEAST_VOICED = 0.3
LEVEL_DB = -24.0  # about what the default encoder was trained on; -30 and -18 do worse


def find_windows(
    samples: Samples, rate: int, *, length_s: float, hop_s: float
) -> tuple[list[float], list[float], Activity]:
    """Where stretches with somebody in them begin (s), the voiced share of each, and the activity.

    A recording shorter than one stretch has one, which begins at 0.
    """
    activity = listen(resample(samples, rate, RATE))
    last = max(0.0, len(samples) / rate - length_s)
    starts = np.arange(0.0, last + hop_s / 2, hop_s)
    shares = [activity.share(start, start + length_s) for start in starts]
    kept = [index for index, share in enumerate(shares) if share >= LEAST_VOICED]
    return [float(starts[i]) for i in kept], [shares[i] for i in kept], activity


def levelled(samples: Samples, rate: int, activity: Activity) -> Samples:
    """The samples with their voiced stretches at LEVEL_DB on average."""
    heard = activity.level_db[activity.voiced]
    if not len(heard):
        return samples
    mean = 10 * np.log10(np.mean(10 ** (heard / 10)))
    even: Samples = (samples * 10 ** ((LEVEL_DB - mean) / 20)).astype(np.float32)
    return even


def as_segments(
    vectors: Vectors, starts_s: list[float], shares: list[float], length_s: float
) -> Segments:
    """The vectors at length 1, with their places."""
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return Segments(
        vectors=(vectors / lengths).astype(np.float32),
        starts_s=np.asarray(starts_s, dtype=np.float64),
        length_s=length_s,
        voiced=np.asarray(shares, dtype=np.float32),
    )
