"""Sounds with and without a decoder's lines, made here: simulated decoders, and music that repeats.

`decoded` passes a piece through transposed convolutions with random weights: what every decoder
with strides does, learnt from nothing. The others are music whose own tones are exactly periodic.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, lfilter, oaconvolve

from tests.sounds import Samples, tune

Mono = npt.NDArray[np.float64]

RATE = 44_100


def pink(seconds: float, rate: int = RATE, seed: int = 0, rms: float = 0.1) -> Mono:
    """Noise with equal power per octave, shape (frames,)."""
    rng = np.random.default_rng(seed)
    frames = int(seconds * rate)
    spectrum = np.fft.rfft(rng.normal(size=frames))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, frames)
    return noise * (rms / noise.std())


def comb(seconds: float, spacing: float, rate: int = RATE, level: float = 0.003) -> Mono:
    """Lines at all multiples of `spacing` Hz, the k-th of amplitude `level` / sqrt(k)."""
    frames = int(seconds * rate)
    rng = np.random.default_rng(7)
    period = rate / spacing
    spectrum = np.zeros(frames // 2 + 1, dtype=np.complex128)
    for k in range(1, int(0.48 * period)):
        turn = np.exp(2j * np.pi * rng.uniform())
        spectrum[round(k * spacing * frames / rate)] = turn * frames / 2 / np.sqrt(k)
    return level * np.fft.irfft(spectrum, frames)


def decoded(
    piece: Mono, strides: Sequence[int], seed: int = 0, share_db: float = -34.0, channels: int = 4
) -> Mono:
    """A piece with what a decoder of these strides adds, `share_db` below it.

    The features are the piece's energy in bands at its rate over the product of the strides; each
    stage stuffs zeros, convolves with random weights twice the stride long, adds a bias and bends.
    """
    rng = np.random.default_rng(seed)
    period = int(np.prod(strides))
    frames = len(piece) // period
    energy = np.sqrt((piece[: frames * period].reshape(frames, period) ** 2).mean(axis=1))
    features = np.stack([energy * rng.uniform(0.5, 1.5) + 0.02 for _ in range(channels)])
    features += 0.2 * energy.mean() * rng.normal(size=features.shape)
    for stride in strides:
        features = _stage(features, stride, rng)
    added = features.mean(axis=0)[: len(piece)]
    added -= lfilter(*butter(2, 20 / RATE), added)
    added *= 10 ** (share_db / 20) * piece.std() / max(added.std(), 1e-12)
    made = piece.copy()
    made[: len(added)] += added
    return made


def _stage(features: Mono, stride: int, rng: np.random.Generator) -> Mono:
    channels, frames = features.shape
    stuffed = np.zeros((channels, frames * stride))
    stuffed[:, ::stride] = features
    weights = rng.normal(size=(channels, channels, 2 * stride)) / np.sqrt(2 * channels)
    bias = rng.normal(size=channels) * 0.1 * features.std()
    spread = (oaconvolve(stuffed, weights[o], axes=1).sum(axis=0) for o in range(channels))
    out = np.stack(list(spread))[:, : frames * stride] + bias[:, None]
    return np.where(out > 0, out, 0.2 * out)


def music(seconds: float, seed: int = 1, rate: int = RATE) -> Mono:
    """One of our tunes, mono, with a little noise of a room; shape (frames,)."""
    piece = tune(seconds, rate=rate, seed=seed)[:, 0].astype(np.float64)
    return piece + pink(seconds, rate, seed + 100, 0.004)[: len(piece)]


# --- music that makes lines by itself ---


def held_saw(seconds: float, hertz: float = 440.0) -> Mono:
    """One naive saw-tooth tone, held from the first second to the last."""
    t = np.arange(int(seconds * RATE)) / RATE
    return 0.2 * (2 * (t * hertz % 1) - 1) + pink(seconds, rms=0.003)


def held_square(seconds: float, period: int = 200) -> Mono:
    """One square tone whose period is a whole number of samples."""
    n = np.arange(int(seconds * RATE))
    return 0.2 * np.where(n % period < period // 2, 1.0, -1.0) + pink(seconds, rms=0.003)


def pulses(seconds: float, period: int = 512) -> Mono:
    """A train of clicks, one every `period` samples."""
    n = np.arange(int(seconds * RATE))
    return 0.5 * (n % period == 0) + pink(seconds, rms=0.003)


def loop(seconds: float, length: int = RATE // 2, seed: int = 3) -> Mono:
    """Half a second of music, repeated to the sample."""
    piece = tune(length / RATE + 0.1, seed=seed)[:length, 0].astype(np.float64)
    frames = int(seconds * RATE)
    return np.tile(piece, frames // length + 1)[:frames] + pink(seconds, rms=0.001)


def tracker(seconds: float, seed: int = 4) -> Mono:
    """Waves of 64 samples played at other speeds without interpolation, four voices."""
    rng = np.random.default_rng(seed)
    frames = int(seconds * RATE)
    out = np.zeros(frames)
    for _ in range(4):
        wave = np.sign(rng.normal(size=64)) * rng.uniform(0.3, 1, 64)
        step = int(RATE * rng.choice([0.125, 0.25, 0.5]))
        for start in range(0, frames, step):
            pitch = 110 * 2 ** (rng.integers(0, 36) / 12)
            n = np.arange(min(step, frames - start))
            out[start : start + step] += 0.1 * wave[(n * pitch * 64 / RATE).astype(int) % 64]
    return out


def chiptune(seconds: float, seed: int = 5) -> Mono:
    """Square waves with whole numbers of samples a period, as from a sound chip's divider."""
    rng = np.random.default_rng(seed)
    frames, step = int(seconds * RATE), RATE // 8
    out = np.zeros(frames)
    for gain, low in ((0.2, 32), (0.15, 64), (0.2, 200)):
        for start in range(0, frames, step):
            period = int(low * 2 ** (rng.integers(0, 12) / 12))
            n = np.arange(min(step, frames - start))
            out[start : start + step] += gain * np.where(n % period < period // 2, 1, -1)
    return out + pink(seconds, rms=0.0005)


def held_chord(seconds: float) -> Mono:
    """Three square tones of exact periods, swelling: an electronic drone."""
    n = np.arange(int(seconds * RATE))
    swell = 1 + 0.5 * np.sin(2 * np.pi * n / RATE / 7)
    tones = (np.where(n % p < p // 2, 1.0, -1.0) for p in (400, 320, 256))
    return 0.1 * swell * sum(tones, np.zeros(len(n))) + pink(seconds, rms=0.002)


def vibrato(seconds: float) -> Mono:
    """A saw-tooth whose pitch swings six times a second."""
    t = np.arange(int(seconds * RATE)) / RATE
    phase = 440 * t + 440 * 0.01 / (2 * np.pi * 6) * np.sin(2 * np.pi * 6 * t)
    return 0.2 * (2 * (phase % 1) - 1) + pink(seconds, rms=0.003)


def fm(seconds: float) -> Mono:
    """Two operators, notes of half a second."""
    t = np.arange(int(seconds * RATE)) / RATE
    note = 220 * 2 ** (np.random.default_rng(6).integers(0, 24, int(seconds * 2) + 1) / 12)
    hertz = note[(t * 2).astype(int)]
    return 0.2 * np.sin(2 * np.pi * hertz * t + 4 * np.sin(4 * np.pi * hertz * t)) + pink(
        seconds, rms=0.002
    )


def hum(seconds: float) -> Mono:
    """Music over mains hum with a buzz of harmonics of 50 Hz."""
    t = np.arange(int(seconds * RATE)) / RATE
    buzz = sum((np.sin(2 * np.pi * 50 * k * t) / k for k in range(1, 60)), np.zeros(len(t)))
    return music(seconds)[: len(t)] + 0.01 * buzz


REPEATING: dict[str, Callable[[float], Mono]] = {
    "a held saw at 440 Hz": held_saw,
    "a held saw at 100 Hz": lambda seconds: held_saw(seconds, 100.0),
    "a held saw at 220.5 Hz": lambda seconds: held_saw(seconds, 220.5),
    "a held square of 200 samples": held_square,
    "a held square of 256 samples": lambda seconds: held_square(seconds, 256),
    "a held square of 320 samples": lambda seconds: held_square(seconds, 320),
    "a held square of 640 samples": lambda seconds: held_square(seconds, 640),
    "a click every 512 samples": pulses,
    "a click every 1024 samples": lambda seconds: pulses(seconds, 1024),
    "an exact loop": loop,
    "another exact loop": lambda seconds: loop(seconds, 22_050, 9),
    "a loop of a quarter of a second": lambda seconds: loop(seconds, 11_025, 2),
    "tracker waves": tracker,
    "chip squares": chiptune,
    "a drone of squares": held_chord,
    "a saw with vibrato": vibrato,
    "notes by frequency modulation": fm,
    "mains hum": hum,
}


def stereo(mono: Mono) -> Samples:
    """The same sound on both channels, shape (frames, 2), never louder than full scale."""
    loud = max(1.0, float(np.abs(mono).max()))
    return np.repeat((mono / loud).astype(np.float32)[:, None], 2, axis=1)
