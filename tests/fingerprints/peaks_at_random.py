"""Peaks that no recording has: each seed its own."""

from dataclasses import replace

import numpy as np

from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks

PER_S = 25.0


def scatter(seed: int, seconds: float = 60.0, per_s: float = PER_S) -> Peaks:
    """Peaks at random, each recording with its own."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * FRAMES_S)
    count = round(seconds * per_s)
    times = np.sort(rng.integers(0, frames, count)).astype(np.float32)
    bins = rng.uniform(20, 400, count).astype(np.float32)
    return Peaks(times, bins, rng.uniform(1, 9, count).astype(np.float32), frames)


def part_of(peaks: Peaks, start_s: float, length_s: float) -> Peaks:
    first, last = np.searchsorted(
        peaks.times, [start_s * FRAMES_S, (start_s + length_s) * FRAMES_S]
    )
    times = peaks.times[first:last] - np.float32(start_s * FRAMES_S)
    return Peaks(
        times, peaks.bins[first:last], peaks.salience[first:last], round(length_s * FRAMES_S)
    )


def warped(peaks: Peaks, speed: float, pitch: float) -> Peaks:
    """How peaks stand in a version that runs faster and is higher."""
    return replace(
        peaks,
        times=np.round(peaks.times / np.float32(speed)),
        bins=(peaks.bins * np.float32(pitch)).astype(np.float32),
        frames=round(peaks.frames / speed),
    )


def together(first: Peaks, second: Peaks, at_s: float, kept: float = 0.5, seed: int = 9) -> Peaks:
    """Two at once: the second from a time on, with a share of its peaks left."""
    rng = np.random.default_rng(seed)
    left = rng.random(len(second.times)) < kept
    times = np.concatenate([first.times, second.times[left] + np.float32(round(at_s * FRAMES_S))])
    order = np.argsort(times, kind="stable")
    bins = np.concatenate([first.bins, second.bins[left]])[order]
    salience = np.concatenate([first.salience, second.salience[left]])[order]
    return Peaks(times[order], bins, salience, max(first.frames, int(times.max()) + 1))
