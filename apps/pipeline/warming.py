"""What is compiled or loaded on first use is used once at set-up, so that nobody waits for it."""

import hashlib
import platform
from importlib import metadata
from pathlib import Path

from django.conf import settings

from apps.pipeline.demo_sounds import piece, write_wav
from apps.pipeline.offline import Desk, EmptyCatalogue, screen_path
from apps.pipeline.originals import scratch
from apps.policy.shipped import shipped_ruleset
from apps.screening.checks import CHECKS
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
        line = screen_path(path, Desk(None, shipped_ruleset(), EmptyCatalogue()))
    if line["error"]:
        raise CannotWarm(line["error"]["text"])
    stamp.write_text(key, "ascii")
    return True


def _key() -> str:
    versions = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    checks = [f"{check.slug} {check.version}" for check in CHECKS]
    text = "\n".join([platform.python_version(), *versions, *checks])
    return hashlib.sha256(text.encode()).hexdigest()
