"""Walks through decoded samples without keeping them in memory."""

import mmap
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from apps.screening.audio import UnusableAudio

BLOCK = 1 << 18
DONT_NEED = getattr(mmap, "MADV_DONTNEED", None)


def blocks(pcm: npt.NDArray[np.float32], frames: int = BLOCK) -> Iterator[npt.NDArray[np.float32]]:
    """Views of at most `frames` frames each, in order.

    Pages of a memory-mapped file are handed back after each view, so that a pass over an hour of
    audio costs no more memory than one over a minute.
    """
    for start in range(0, len(pcm), frames):
        yield pcm[start : start + frames]
        release(pcm)


def release(pcm: npt.NDArray[np.float32]) -> None:
    """Hands the pages of a memory-mapped array back to the system; others are left alone."""
    owner = pcm.base
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and DONT_NEED is not None:
        owner.madvise(DONT_NEED)


def check_samples(pcm: npt.NDArray[np.float32], peak: float) -> None:
    """Raises UnusableAudio("invalid_samples") for NaN, infinities or levels beyond `peak`."""
    highest = 0.0
    for block in blocks(pcm):
        level = float(max(block.max(), -block.min()))
        if not np.isfinite(level):
            raise UnusableAudio(
                "invalid_samples",
                "Some samples are not numbers (NaN or infinity). Export the track again, "
                "as 16-bit or 24-bit WAV or FLAC.",
            )
        highest = max(highest, level)
    if highest > peak:
        raise UnusableAudio(
            "invalid_samples",
            "The level reaches %(level).0f dB above full scale; at most %(most).0f dB can be real. "
            "Export the track again, as 16-bit or 24-bit WAV or FLAC.",
            level=20 * float(np.log10(highest)),
            most=20 * float(np.log10(peak)),
        )
