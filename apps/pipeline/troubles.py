"""What can go wrong while a track is screened, and what we say about it."""

import errno
import resource
import time
from dataclasses import dataclass

from django.db import DatabaseError

from apps.screening.models import ScreeningRun
from apps.screening.sandbox import CannotStart


@dataclass(frozen=True)
class Trouble:
    """`counted`: whether it may be the track's fault; after three such it is left to a person."""

    code: str
    text: str
    counted: bool


MEMORY = Trouble(
    "too_large_to_process",
    "Screening this track took more memory than we have. We try again.",
    counted=True,
)
DISK = Trouble(
    "storage_failed", "Our storage did not answer. We try again; nothing is lost.", counted=False
)
PROGRAM = Trouble(
    "program_missing", "A program that we need did not start. We try again.", counted=False
)
DATABASE = Trouble(
    "database_failed", "Our database did not answer. We try again; nothing is lost.", counted=False
)
GONE = Trouble("original_gone", "The uploaded file is not where we stored it.", counted=True)
UNEXPECTED = Trouble(
    "unexpected",
    "Something of ours broke while we screened this track. We try again.",
    counted=True,
)
KINDS: tuple[tuple[type[BaseException], Trouble], ...] = (
    (MemoryError, MEMORY),
    (FileNotFoundError, GONE),
    (CannotStart, PROGRAM),
    (OSError, DISK),
    (DatabaseError, DATABASE),
)


def name_trouble(error: BaseException) -> Trouble:
    """The trouble that an exception means."""
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:  # a mapping that found no room
        return MEMORY
    return next((trouble for kind, trouble in KINDS if isinstance(error, kind)), UNEXPECTED)


def gave_up(run: ScreeningRun) -> tuple[str, str]:
    """Code and sentence for a run whose attempts are used up."""
    return run.error_code or "worker_lost", (
        "We tried three times to screen this track and did not get to the end. That is our fault, "
        f"not yours; a person will look at it. Reference: {run.pk}"
    )


class Spent:
    """CPU seconds of this process and its ended children, and wall seconds, since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = _cpu_s(), time.monotonic()

    @property
    def cpu_s(self) -> float:
        """CPU seconds so far."""
        return _cpu_s() - self._cpu

    @property
    def wall_s(self) -> float:
        """Wall seconds so far."""
        return time.monotonic() - self._wall


def _cpu_s() -> float:
    uses = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)
