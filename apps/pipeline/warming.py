"""What is compiled or loaded on first use is used once at set-up, so that nobody waits for it."""

import hashlib
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from apps.fingerprints.landmarks.finding import find_marked
from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import Peaks, find_peaks, to_rate
from apps.fingerprints.matching import Match
from apps.pipeline.demo_sounds import RATE, piece, write_wav
from apps.pipeline.offline import Desk, EmptyCatalogue, screen_path
from apps.pipeline.originals import scratch
from apps.policy.shipped import shipped_ruleset
from apps.screening.audio import Audio, Source
from apps.screening.checks import CHECKS
from apps.screening.checks.base import Submission
from apps.screening.run import run_checks
from apps.screening.scratch import private_directory

LIBRARIES = ("numpy", "scipy", "librosa", "numba", "c2pa-python", "pyacoustid")


class CannotWarm(Exception):
    """Our own sound could not be screened: something is missing on this machine."""


def warm(*, again: bool = False) -> bool:
    """Screens a few seconds of our own sound, unless that was done with the same libraries.

    Returns whether it did. Raises CannotWarm.
    """
    stamp, key = Path(settings.DATA_DIR) / "warmed", _key()
    if not again and stamp.exists() and stamp.read_text("ascii") == key:
        return False
    with private_directory(scratch()) as place:
        path = write_wav(place / "warm.wav", piece(6.0, 1))
        line = screen_path(path, Desk(None, shipped_ruleset(), Rehearsal()))
    if line["error"]:
        raise CannotWarm(line["error"]["text"])
    stamp.write_text(key, "ascii")
    return True


class Rehearsal(EmptyCatalogue):
    """A catalogue of one recording of ours: nothing is found, and all that compiles is compiled."""

    def find(self, *, peaks: Peaks | None = None, **asked: Any) -> list[Match]:
        """Never anything."""
        own = find_peaks(to_rate(piece(6.0, 2).mean(axis=1).astype(np.float32), RATE))
        for query in (own, peaks):
            if query is not None:
                find_marked(MarkIndex.of([1], [own]), query)
        return []


def rehearse() -> None:
    """Runs every check on a second of our own sound, without decoding anything, for a new worker.

    So the first track of a worker costs no more than the others. Raises nothing.
    """
    pcm = piece(1.2, 1).astype(np.float32)
    source = Source(
        container="wav",
        codec="pcm_s16le",
        sample_rate=RATE,
        channels=2,
        bit_depth=16,
        bit_rate=None,
        claimed_s=1.2,
        lossless=True,
        size_bytes=pcm.size * 2,
        decode_errors=0,
        trailing_bytes=0,
        extension_expected="wav",
    )
    audio = Audio(pcm, RATE, 1.2, source, (), None, "0" * 64, "0" * 64)
    run_checks(audio, Submission({}, "rehearsal.wav", Rehearsal()))


def _key() -> str:
    versions = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    checks = [f"{check.slug} {check.version}" for check in CHECKS]
    text = "\n".join([platform.python_version(), *versions, *checks])
    return hashlib.sha256(text.encode()).hexdigest()
