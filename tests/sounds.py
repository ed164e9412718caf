"""Sounds that the tests make themselves: deterministic, musical enough, nobody's property."""

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.io import wavfile

Samples = npt.NDArray[np.float32]


def tune(seconds: float = 20.0, rate: int = 44_100, seed: int = 1, channels: int = 2) -> Samples:
    """A plucked melody over a bass line with noise drums; shape (frames, channels), peak 0.5.

    Different seeds are different pieces; the same seed is the same recording.
    """
    rng = np.random.default_rng(seed)
    frames = int(seconds * rate)
    mix = np.zeros(frames, dtype=np.float64)
    beat = 60.0 / float(rng.uniform(84, 132)) / 2
    root = float(rng.uniform(98, 196))
    scale = np.array([0, 2, 3, 5, 7, 8, 10, 12, 14, 15])
    for step in range(int(seconds / beat)):
        start = int(step * beat * rate)
        _pluck(mix, start, root * 2 ** (rng.choice(scale) / 12), rate, 0.5, rng)
        if step % 4 == 0:
            _pluck(mix, start, root / 2 * 2 ** (rng.choice(scale[:5]) / 12), rate, 0.9, rng)
        if step % 2 == 1:
            _hit(mix, start, rate, rng)
    mix *= 0.5 / max(np.abs(mix).max(), 1e-9)
    if channels == 1:
        return mix[:, None].astype(np.float32)
    room = np.stack([mix, np.roll(mix, rate // 90)], axis=1)
    room += rng.normal(0, 0.002, room.shape)
    return (room * (0.5 / np.abs(room).max())).astype(np.float32)


def _pluck(
    mix: npt.NDArray[np.float64],
    start: int,
    hertz: float,
    rate: int,
    gain: float,
    rng: np.random.Generator,
) -> None:
    length = min(int(0.6 * rate), len(mix) - start)
    t = np.arange(length) / rate
    for harmonic in range(1, 7):
        if hertz * harmonic < rate / 2:
            phase = rng.uniform(0, 2 * np.pi)
            decay = np.exp(-t * (3 + 2 * harmonic))
            wave = np.sin(2 * np.pi * hertz * harmonic * t + phase)
            mix[start : start + length] += gain / harmonic * decay * wave


def _hit(mix: npt.NDArray[np.float64], start: int, rate: int, rng: np.random.Generator) -> None:
    length = min(int(0.08 * rate), len(mix) - start)
    envelope = np.exp(-np.arange(length) / rate * 60)
    mix[start : start + length] += 0.25 * envelope * rng.normal(0, 1, length)


def write_wav(path: Path, samples: Samples, rate: int = 44_100) -> Path:
    """Writes 16-bit PCM and returns the path."""
    wavfile.write(path, rate, (np.clip(samples, -1, 1) * 32767).round().astype(np.int16))
    return path


def encode(source: Path, target: Path, *options: str) -> Path:
    """Turns a file into another by ffmpeg, by the target's suffix and options; returns the path."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(source), *options, str(target)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return target
