"""What is listened to of a recording: all of it, or parts spread evenly over a long one."""

from dataclasses import dataclass

import numpy as np

from apps.registry.voice.activity import RATE, resample
from apps.registry.voice.encoder import Samples

MOST_S = 300.0
PARTS = 5


@dataclass(frozen=True)
class Heard:
    """Two channels at RATE, shape (frames, 2), and where each part began in the recording."""

    stereo: Samples
    part_s: float
    starts_s: tuple[float, ...]

    def place(self, at_s: float) -> float:
        """The time in the recording of a time in what was heard, in seconds."""
        number = min(int(at_s / self.part_s), len(self.starts_s) - 1)
        return self.starts_s[number] + at_s - number * self.part_s


def take(pcm: Samples, rate: int) -> Heard:
    """At most MOST_S seconds of samples of shape (frames, channels): whole, or PARTS parts of
    equal length. More than two channels are mixed down to both."""
    seconds = len(pcm) / rate
    if seconds <= MOST_S:
        return Heard(_stereo(pcm, rate), max(seconds, 1.0), (0.0,))
    part = MOST_S / PARTS
    starts = [int(start) for start in np.linspace(0, seconds - part, PARTS)]
    frames = int(part * rate)
    parts = [_stereo(pcm[start * rate : start * rate + frames], rate) for start in starts]
    return Heard(np.concatenate(parts), part, tuple(map(float, starts)))


def _stereo(pcm: Samples, rate: int) -> Samples:
    if pcm.shape[1] == 2 and not np.array_equal(pcm[:, 0], pcm[:, 1]):
        left, right = (resample(np.ascontiguousarray(pcm[:, c]), rate, RATE) for c in (0, 1))
    else:
        left = right = resample(pcm.mean(axis=1, dtype=np.float32), rate, RATE)
    return np.stack([left, right], axis=1)
