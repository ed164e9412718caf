"""Short pieces for the demo release, made here: nobody's property, and different for each seed."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 44_100
MINOR = (0, 3, 5, 7, 10, 12, 15)  # semitones above the root
CHORDS = ((0, 3, 7), (8, 12, 15), (5, 8, 12), (7, 10, 14))

Signal = npt.NDArray[np.float64]


def piece(seconds: float, seed: int) -> Signal:
    """A pad, a plucked melody and a soft beat; shape (frames, 2), peak 0.7 of full scale.

    Begins and ends with sound: half a second of fade, no silence.
    """
    rng = np.random.default_rng(seed)
    beat = 60 / float(rng.uniform(76, 118))
    root = 110.0 * 2 ** (int(rng.integers(0, 12)) / 12)
    left, right = np.zeros(int(seconds * RATE)), np.zeros(int(seconds * RATE))
    for bar in range(int(seconds / (4 * beat)) + 1):
        for step in CHORDS[bar % len(CHORDS)]:
            tone = _pad(_hertz(root, step), 4 * beat, rng)
            _add(left, 4 * beat * bar, tone, 0.20)
            _add(right, 4 * beat * bar + 0.011, tone, 0.20)
    for number in range(int(seconds / (beat / 2))):
        place = float(rng.uniform(0.3, 0.7))
        tone = _pluck(_hertz(2 * root, int(rng.choice(MINOR))), rng)
        _add(left, number * beat / 2, tone, place)
        _add(right, number * beat / 2, tone, 1 - place)
        if number % 2 == 0:
            thump = _thump(rng)
            _add(left, number * beat / 2, thump, 0.8)
            _add(right, number * beat / 2, thump, 0.8)
    mixed = np.stack([left, right], axis=1)
    ramp = np.minimum(np.arange(len(mixed)) / (0.5 * RATE), 1)[:, None]
    mixed *= ramp * ramp[::-1]
    return np.asarray(mixed * (0.7 / np.abs(mixed).max()))


def write_wav(path: Path, signal: Signal, *, comment: str = "") -> Path:
    """16-bit PCM, with a comment in a RIFF INFO list if one is given; returns the path."""
    rng = np.random.default_rng(0)
    dither = rng.random(signal.shape) - rng.random(signal.shape)
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", "not compressed"))
        file.writeframes(np.rint(signal * 32767 + dither).astype("<i2").tobytes())
    if comment:
        _append_comment(path, comment.encode())
    return path


def _append_comment(path: Path, text: bytes) -> None:
    text += b"\0" * (2 - len(text) % 2)
    body = b"INFO" + b"ICMT" + len(text).to_bytes(4, "little") + text
    with path.open("r+b") as file:
        file.seek(0, 2)
        file.write(b"LIST" + len(body).to_bytes(4, "little") + body)
        size = file.tell() - 8
        file.seek(4)
        file.write(size.to_bytes(4, "little"))


def _hertz(root: float, semitones: int) -> float:
    return float(root * 2 ** (semitones / 12))


def _pad(hertz: float, seconds: float, rng: np.random.Generator) -> Signal:
    t = np.arange(int(seconds * RATE)) / RATE
    detuned = sum(
        np.sin(2 * np.pi * hertz * part * (1 + drift) * t + rng.uniform(0, 6.28)) / part
        for part in (1, 2, 3, 4, 5)
        for drift in (-0.0011, 0.0013)
    )
    swell = np.sin(np.pi * np.arange(len(t)) / len(t)) ** 0.5
    return np.asarray(detuned * swell * 0.25)


def _pluck(hertz: float, rng: np.random.Generator) -> Signal:
    t = np.arange(int(0.7 * RATE)) / RATE
    parts = [part for part in range(1, 12) if part * hertz < 16_000]
    tone = sum(
        np.sin(2 * np.pi * hertz * part * t) * np.exp(-t * (3 + 1.7 * part)) / part
        for part in parts
    )
    breath = rng.normal(0, 0.08, len(t)) * np.exp(-t * 30)
    return np.asarray((tone + breath) * 0.6)


def _thump(rng: np.random.Generator) -> Signal:
    t = np.arange(int(0.25 * RATE)) / RATE
    drop = np.sin(2 * np.pi * (55 * t + 12 * (1 - np.exp(-t * 30)) / 3))
    hiss = rng.normal(0, 0.15, len(t)) * np.exp(-t * 70)
    return np.asarray(drop * np.exp(-t * 14) + hiss)


def _add(track: Signal, start_s: float, tone: Signal, gain: float) -> None:
    start = int(start_s * RATE)
    room = track[start : start + len(tone)]
    room += gain * tone[: len(room)]
