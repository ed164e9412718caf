"""Voices that nobody has: a pulse train through formants, speaking or singing vowels.

Vowels after the averages of Peterson and Barney (1952), scaled by the length of the vocal tract.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from tests.sounds import Samples

RATE = 16_000
VOWELS = (
    (270, 2290, 3010), (390, 1990, 2550), (530, 1840, 2480), (660, 1720, 2410), (730, 1090, 2440),
    (570, 840, 2410), (440, 1020, 2240), (300, 870, 2240), (640, 1190, 2390),
)  # fmt: skip
WIDTHS = (60.0, 90.0, 130.0, 200.0, 250.0)
HOP = 160
NOTES = (0, 2, 4, 5, 7, 9, 12)


@dataclass(frozen=True)
class Person:
    """A throat: its length against the average man's, its usual pitch in Hz, how breathy it is,
    how steeply its source falls (0..1), where its fourth formant lies, and how it moves."""

    tract: float
    pitch: float
    breath: float
    tilt: float
    fourth: float
    vibrato_hz: float
    nasal: float


def person(seed: int) -> Person:
    """Somebody, always the same for the same seed; even seeds are low voices."""
    random = np.random.default_rng([7, seed])
    low = seed % 2 == 0
    return Person(
        tract=float(random.uniform(0.88, 1.08) if low else random.uniform(1.06, 1.3)),
        pitch=float(random.uniform(85, 150) if low else random.uniform(165, 260)),
        breath=float(random.uniform(0.003, 0.08)),
        tilt=float(random.uniform(0.7, 0.985)),
        fourth=float(random.uniform(3100, 3900)),
        vibrato_hz=float(random.uniform(4.8, 6.6)),
        nasal=float(random.uniform(0.0, 0.5)),
    )


def speech(who: Person, seconds: float, seed: int = 0) -> Samples:
    """Babble in `who`'s voice, mono at RATE: syllables, pauses, falling pitch, some hiss."""
    random = np.random.default_rng([11, seed])
    frames = int(seconds * RATE / HOP)
    pitch, level, vowel, hiss = (np.zeros(frames) for _ in range(4))
    at = 0
    while at < frames:
        words = int(random.integers(4, 9))
        base = who.pitch * random.uniform(0.9, 1.25)
        for word in range(words):
            length = int(random.integers(12, 28))
            part = slice(at, min(at + length, frames))
            count = part.stop - part.start
            if count <= 0:
                break
            slope = np.linspace(0, random.choice((-1, 1)) * random.uniform(0.1, 0.25), count)
            pitch[part] = base * (1.12 - 0.3 * word / words) * (1 + slope)
            level[part] = np.sin(np.linspace(0.15, np.pi - 0.15, count)) ** 0.5
            vowel[part] = random.integers(len(VOWELS))
            if random.random() < 0.35:
                hiss[part.start : part.start + 7] = random.uniform(0.05, 0.3)
                level[part.start : part.start + 6] *= 0.1
            at += count
        at += int(random.integers(15, 45))
    return _voice(who, pitch, level, vowel, hiss, random)


def singing(who: Person, seconds: float, seed: int = 0) -> Samples:
    """A song in `who`'s voice, mono at RATE: held notes with vibrato, a vowel each."""
    random = np.random.default_rng([13, seed])
    frames = int(seconds * RATE / HOP)
    pitch, level, vowel, hiss = (np.zeros(frames) for _ in range(4))
    key = who.pitch * 1.35 * 2 ** (random.integers(-2, 3) / 12)
    at = 0
    while at < frames:
        length = int(random.integers(28, 90))
        part = slice(at, min(at + length, frames))
        count = part.stop - part.start
        time = np.arange(count) * HOP / RATE
        swing = np.minimum(time / 0.4, 1) * 0.015 * np.sin(2 * np.pi * who.vibrato_hz * time)
        pitch[part] = key * 2 ** (random.choice(NOTES) / 12) * (1 + swing)
        level[part] = np.minimum(1, np.minimum(time / 0.05, time[::-1] / 0.08 + 0.02))
        vowel[part] = random.integers(len(VOWELS))
        if random.random() < 0.5:
            hiss[part.start : part.start + 6] = random.uniform(0.05, 0.2)
        at += count + (int(random.integers(20, 60)) if random.random() < 0.2 else 0)
    return _voice(who, pitch, level, vowel, hiss, random)


def _voice(who, pitch, level, vowel, hiss, random) -> Samples:
    """The sound of frames of HOP samples: pitch (Hz), level (0..1), vowel, hiss (0..1)."""
    count = len(pitch) * HOP
    grid = np.arange(count) / HOP
    smooth = np.convolve(np.where(pitch > 0, pitch, who.pitch), np.ones(5) / 5, "same")
    hertz = np.interp(grid, np.arange(len(pitch)), np.maximum(smooth, 50))
    hertz *= 1 + 0.006 * np.convolve(random.standard_normal(count), np.ones(400) / 20, "same") / 20
    phase = np.cumsum(hertz / RATE)
    pulses = np.diff(np.floor(phase), prepend=0.0) * np.sqrt(RATE / hertz)
    loudness = np.interp(grid, np.arange(len(level)), level)
    source = lfilter([1], [1, -who.tilt], pulses) + who.breath * random.standard_normal(count)
    source = np.diff(source, prepend=0.0) * loudness
    noise = np.diff(random.standard_normal(count), prepend=0.0)
    noise *= np.interp(grid, np.arange(len(hiss)), hiss)
    out = np.zeros(count)
    state = [np.zeros(2) for _ in WIDTHS]
    targets = _formants(who, vowel)
    for frame in range(len(pitch)):
        part = slice(frame * HOP, (frame + 1) * HOP)
        block = source[part]
        for number, width in enumerate(WIDTHS):
            block, state[number] = _resonate(block, targets[frame, number], width, state[number])
        out[part] = block
    out = 0.2 * out / (np.sqrt(np.mean(out**2)) + 1e-9) + 0.05 * noise
    return (0.5 * out / np.abs(out).max()).astype(np.float32)


def _formants(who: Person, vowel) -> np.ndarray:
    table = np.array([(*v, who.fourth / who.tract, 4500 / who.tract) for v in VOWELS])
    table[:, 0] *= 1 - 0.1 * who.nasal
    path = table[vowel.astype(int)] * who.tract
    kernel = np.ones(7) / 7
    edges = np.pad(path, ((3, 3), (0, 0)), mode="edge")
    moved = np.stack([np.convolve(edges[:, n], kernel, "valid") for n in range(path.shape[1])], 1)
    return np.minimum(moved, 0.48 * RATE)


def _resonate(block, hertz: float, width: float, state):
    radius = np.exp(-np.pi * width / RATE)
    cosine = 2 * radius * np.cos(2 * np.pi * hertz / RATE)
    return lfilter([1 - cosine + radius**2], [1, -cosine, radius**2], block, zi=state)
