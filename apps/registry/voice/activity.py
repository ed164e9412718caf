"""Where somebody is heard: level, pitch and how clearly one pitch explains the sound."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from apps.registry.voice.spectra import Floats, power_frames

RATE = 16_000
HOP = 320
HOP_S = HOP / RATE
SIZE = 640
FFT = 1024
PITCH_HZ = (65.0, 1100.0)
LISTEN_HZ = (80.0, 2500.0)
CLEAR = 0.5  # of the energy that repeats after one period
FLOOR_DB = -60.0
BELOW_TOP_DB = 35.0
TOP_PERCENTILE = 95
NEAR_PEAK = 0.85  # of two periods that explain the sound alike, the shorter one is the pitch


@dataclass(frozen=True)
class Activity:
    """One value for every HOP_S seconds, of equal shape (frames,).

    `level_db`: dB of full scale. `pitch_hz`: 0 where there is none. `clarity` in 0..1: the share
    of the sound that repeats after one period. `voiced`: whether somebody may be heard.
    """

    level_db: Floats
    pitch_hz: Floats
    clarity: Floats
    voiced: npt.NDArray[np.bool_]

    @property
    def voiced_s(self) -> float:
        """Seconds in which somebody may be heard."""
        return float(self.voiced.sum()) * HOP_S

    def share(self, start_s: float, end_s: float) -> float:
        """The share of a stretch in which somebody may be heard."""
        stretch = self.voiced[round(start_s / HOP_S) : round(end_s / HOP_S)]
        return float(stretch.mean()) if len(stretch) else 0.0


def resample(samples: Floats, rate: int, to: int) -> Floats:
    """Mono samples at another rate (polyphase filter)."""
    if rate == to:
        return samples.astype(np.float32, copy=False)
    shared = int(np.gcd(rate, to))
    return np.asarray(resample_poly(samples, to // shared, rate // shared), dtype=np.float32)


def listen(samples: Floats) -> Activity:
    """The activity in mono samples at RATE. Silence and noise have none."""
    powers, pitches, clarities = [], [], []
    for block in power_frames(samples, SIZE, HOP, fft=FFT):
        powers.append(block.sum(axis=1))
        pitch, clarity = _pitch(block)
        pitches.append(pitch)
        clarities.append(clarity)
    # A full-scale sine has mean square 1/2; the window takes 3/8 of it.
    square = np.concatenate(powers) / (FFT / 2) / (SIZE * 0.375)
    level = (10 * np.log10(square + 1e-12)).astype(np.float32)
    pitch, clarity = np.concatenate(pitches), np.concatenate(clarities)
    least = max(FLOOR_DB, float(np.percentile(level, TOP_PERCENTILE)) - BELOW_TOP_DB)
    voiced = (clarity >= CLEAR) & (level >= least)
    return Activity(level, np.where(voiced, pitch, 0).astype(np.float32), clarity, _smooth(voiced))


def _pitch(power: Floats) -> tuple[Floats, Floats]:
    """Pitch in Hz and clarity of each frame, from the autocorrelation of its lower band."""
    places = np.arange(power.shape[1]) * RATE / FFT
    kept = power * ((places >= LISTEN_HZ[0]) & (places <= LISTEN_HZ[1]))
    correlation = np.fft.irfft(kept, axis=1)[:, : int(RATE / PITCH_HZ[0]) + 2]
    curve = correlation / (_window_correlation()[: correlation.shape[1]] + 1e-9)
    curve /= np.maximum(curve[:, :1], 1e-12)
    first = int(RATE / PITCH_HZ[1])
    inner = curve[:, first:-1]
    peaks = (inner >= curve[:, first - 1 : -2]) & (inner >= curve[:, first + 1 :])
    heights = np.where(peaks, inner, 0)
    best = heights.max(axis=1)
    lag = (heights >= NEAR_PEAK * np.maximum(best, 1e-9)[:, None]).argmax(axis=1) + first
    pitch = np.where(best > 0, RATE / lag, 0)
    return pitch.astype(np.float32), np.clip(best, 0, 1).astype(np.float32)


def _window_correlation() -> Floats:
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SIZE) / SIZE)
    spectrum = np.abs(np.fft.rfft(window, FFT)) ** 2
    correlation = np.fft.irfft(spectrum)
    shape: Floats = (correlation / correlation[0]).astype(np.float32)
    return shape


def _smooth(voiced: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Takes out single frames, then closes gaps of up to 0.2 s (consonants)."""
    kept = _around(voiced, 3) >= 2
    closed: npt.NDArray[np.bool_] = _around(_around(kept, 11) > 0, 11) >= 11
    return closed | kept


def _around(flags: npt.NDArray[np.bool_], width: int) -> npt.NDArray[np.int64]:
    """How many of the `width` flags around each are set."""
    sums = np.cumsum(np.pad(flags.astype(np.int64), (width // 2 + 1, width // 2)))
    counts: npt.NDArray[np.int64] = sums[width:] - sums[:-width]
    return counts
