"""The Chromaprint print of a whole recording, from samples that we decoded ourselves."""

from dataclasses import dataclass

import chromaprint
import numpy as np
import numpy.typing as npt

from apps.screening.audio import Audio

BLOCK = 1 << 18  # frames handed over at once


@dataclass(frozen=True)
class Print:
    """`items`: uint32, one for each 0.124 s; empty for less than about 3 s of audio."""

    items: npt.NDArray[np.uint32]
    duration_s: float


def print_of(audio: Audio) -> Print:
    """The print of all of it, first two channels at most. Raises chromaprint.FingerprintError.

    Only the compressed form that the library has just made itself is unpacked: versions before
    1.6.1 overflow on foreign ones, and those are never read.
    """
    printer = chromaprint.Fingerprinter()
    channels = min(audio.pcm.shape[1], 2)
    printer.start(audio.rate, channels)
    for start in range(0, len(audio.pcm), BLOCK):
        block = np.clip(audio.pcm[start : start + BLOCK, :channels], -1.0, 1.0)
        printer.feed((block * 32767.0).astype("<i2").tobytes())
    return Print(_raw_items(printer), audio.duration_s)


def _raw_items(printer: "chromaprint.Fingerprinter") -> npt.NDArray[np.uint32]:
    items, _algorithm = chromaprint.decode_fingerprint(printer.finish())
    return np.asarray(items, dtype=np.int64).astype(np.uint32)
