"""Running the checks on one recording: one after the other, each under a time limit, each saved.

Pure: no Django. Whatever goes wrong inside a check becomes an error result, never "nothing found".
"""

import logging
import signal
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Literal, TypeVar

from apps.screening.audio import Audio
from apps.screening.checks import CHECKS
from apps.screening.checks.base import (
    Check,
    Finding,
    NotAssessable,
    Submission,
    Unfinished,
)

log = logging.getLogger(__name__)

TIME_LIMIT_S = 120.0
EACH_S = 0.1  # of the limit, for each second of a recording of more than twenty minutes
RINGS_AGAIN_S = 1.0
MISSING = {
    "declaration": "Nothing was declared, so there is nothing to compare.",
    "catalogue": "Not compared with the catalogue.",
    "names": "Not compared with the register of protected names.",
    "voices": "Not compared with the register of protected voices.",
}

Status = Literal["ok", "error", "not_assessable"]
Result = TypeVar("Result")


class OutOfTime(BaseException):
    """A check used up its time. No Exception, so that no check can catch it by accident."""


@dataclass(frozen=True)
class CheckOutcome:
    """What one check said. `note` is a plain sentence for whatever is not "ok"; times in seconds,
    `cpu_s` of the whole process while the check ran."""

    slug: str
    version: str
    status: Status
    findings: tuple[Finding, ...] = ()
    note: str | None = None
    cpu_s: float = 0.0
    wall_s: float = 0.0


def run_checks(
    audio: Audio,
    submission: Submission,
    *,
    done: Mapping[str, CheckOutcome] | None = None,
    save: Callable[[CheckOutcome], object] | None = None,
    checks: Sequence[Check] = CHECKS,
    time_limit_s: float | None = None,
) -> list[CheckOutcome]:
    """The outcome of every check, in order. `time_limit_s`: of each; None goes by the length.

    Those in `done` (by slug) are taken from there and not run again; the others are handed to
    `save` as soon as they are known. What earlier checks found is in `submission.found` of the
    later ones. Raises only what `save` raises: errors of checks are in their outcomes.
    """
    limit_s = time_limit_s or time_limit(audio.duration_s)
    outcomes: list[CheckOutcome] = []
    found = list(submission.found)
    for check in checks:
        outcome = (done or {}).get(check.slug)
        if outcome is None:
            handed = replace(submission, found=tuple(found))
            outcome = run_check(check, audio, handed, time_limit_s=limit_s)
            if save is not None:
                save(outcome)
        outcomes.append(outcome)
        found.extend(outcome.findings)
    return outcomes


def time_limit(duration_s: float) -> float:
    """How long one check may take, in seconds: six minutes for an hour, the longest that is taken.

    What checks cost grows with the length; docs/benchmarks.md, "An hour".
    """
    return max(TIME_LIMIT_S, EACH_S * duration_s)


def run_check(
    check: Check, audio: Audio, submission: Submission, *, time_limit_s: float = TIME_LIMIT_S
) -> CheckOutcome:
    """One check under a limit of wall time, whatever it does; raises nothing of the check's."""
    cpu, wall = time.process_time(), time.monotonic()
    status, findings, note = _attempt(check, audio, submission, time_limit_s)
    return CheckOutcome(
        check.slug,
        check.version,
        status,
        findings,
        note,
        time.process_time() - cpu,
        time.monotonic() - wall,
    )


def _attempt(
    check: Check, audio: Audio, submission: Submission, time_limit_s: float
) -> tuple[Status, tuple[Finding, ...], str | None]:
    for need, why in MISSING.items():
        if need in check.needs and getattr(submission, need) is None:
            return "not_assessable", (), why
    try:
        return "ok", within(time_limit_s, lambda: tuple(check.run(audio, submission))), None
    except NotAssessable as error:
        return "not_assessable", (), str(error)
    except Unfinished as error:
        return "error", (), str(error)
    except OutOfTime:
        what = f"This check was not finished within {time_limit_s:g} seconds."
        return "error", (), _report(check, what)
    except Exception:  # MemoryError too: let out, it would end the worker
        return "error", (), _report(check, "This check failed on our side.")


def _report(check: Check, what: str) -> str:
    """Logs the traceback under a number that the note quotes."""
    number = uuid.uuid4().hex[:8]
    log.exception("Check %s, error %s", check.slug, number)
    return f"{what} Nothing is wrong with your file. If you ask us about it, quote error {number}."


def within(limit_s: float, work: Callable[[], Result]) -> Result:
    """The result of `work`, or OutOfTime after `limit_s` seconds of wall time.

    In the main thread an alarm interrupts the work, as soon as the running call into C returns; an
    alarm that was set before is set again. In any other thread the work goes to a thread of its
    own, which is left to itself when time is up: it cannot be stopped, only no longer waited for.
    """
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        return _with_alarm(limit_s, work)
    return _in_thread(limit_s, work)


def _with_alarm(limit_s: float, work: Callable[[], Result]) -> Result:
    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    started = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    # It rings again: a library that swallows the first one does not run for ever.
    earlier, interval = signal.setitimer(signal.ITIMER_REAL, limit_s, RINGS_AGAIN_S)
    try:
        try:
            return work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, handler)
        if earlier:
            left = max(earlier - (time.monotonic() - started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, interval)


def _in_thread(limit_s: float, work: Callable[[], Result]) -> Result:
    results: list[Result] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the thread that waits
            failures.append(error)

    thread = threading.Thread(target=run, name="check", daemon=True)
    thread.start()
    thread.join(limit_s)
    if thread.is_alive():
        raise OutOfTime
    if failures:
        raise failures[0]
    return results[0]
