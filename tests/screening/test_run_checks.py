"""Running checks: every trouble becomes an outcome, and nothing is run or lost twice."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from apps.screening.audio import Audio
from apps.screening.check_titles import CHECK_TITLES
from apps.screening.checks import CHECKS
from apps.screening.checks.base import Check, Finding, NotAssessable, Submission, Unfinished
from apps.screening.run import CheckOutcome, OutOfTime, run_check, run_checks, within
from tests.screening.recordings import recording

AUDIO = recording(np.zeros((44_100, 2)))
NOTHING_SAID = Submission(None, "x.wav")


class Probe(Check):
    """A check that does what the test says, and remembers what it was handed."""

    version, title = "7", "Probe"

    def __init__(
        self,
        slug: str,
        work: Callable[[], list[Finding]] = list,
        needs: frozenset[str] = frozenset(),
    ) -> None:
        self.slug, self.work, self.needs = slug, work, needs  # type: ignore[misc]
        self.handed: list[Submission] = []

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        self.handed.append(submission)
        return self.work()


def fail(error: BaseException) -> Callable[[], list[Finding]]:
    def work() -> list[Finding]:
        raise error

    return work


def one(code: str) -> Callable[[], list[Finding]]:
    return lambda: [Finding(code, 0.5, "Something.")]


def run(*checks: Check, submission: Submission = NOTHING_SAID, **kwargs: object) -> list:
    return run_checks(AUDIO, submission, checks=checks, **kwargs)


def test_outcomes_come_in_order_with_version_and_cost() -> None:
    first, second = run(Probe("a", one("x")), Probe("b"))
    assert (first.slug, first.version, first.status, first.note) == ("a", "7", "ok", None)
    assert [finding.code for finding in first.findings] == ["x"]
    assert (second.slug, second.findings) == ("b", ())
    assert first.wall_s >= 0
    assert first.cpu_s >= 0


def test_later_checks_see_what_earlier_ones_found() -> None:
    last = Probe("c")
    run(Probe("a", one("x")), Probe("b", one("y")), last)
    assert [finding.code for finding in last.handed[0].found] == ["x", "y"]


@pytest.mark.parametrize(
    "error", [ValueError("secret path /var"), MemoryError(), RecursionError(), KeyError("x")]
)
def test_an_error_is_a_note_with_a_number_and_stops_nothing(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        broken, next_one = run(Probe("a", fail(error)), Probe("b", one("y")))
    assert broken.status == "error"
    assert broken.findings == ()
    assert "secret" not in broken.note
    number = broken.note.rstrip(".").split()[-1]
    assert number in caplog.text
    assert type(error).__name__ in caplog.text
    assert next_one.status == "ok"


def test_an_error_is_never_nothing_found() -> None:
    [outcome] = run(Probe("a", lambda: [*one("x")(), 1 / 0]))
    assert (outcome.status, outcome.findings) == ("error", ())


def test_not_assessable_says_why() -> None:
    [outcome] = run(Probe("a", fail(NotAssessable("Too quiet."))))
    assert (outcome.status, outcome.note) == ("not_assessable", "Too quiet.")


@pytest.mark.parametrize("need", ["declaration", "catalogue"])
def test_a_check_without_what_it_needs_is_not_run(need: str) -> None:
    probe = Probe("a", needs=frozenset({"audio", need}))
    [outcome] = run(probe)
    assert outcome.status == "not_assessable"
    assert outcome.note
    assert probe.handed == []


def test_an_empty_declaration_is_a_declaration() -> None:
    probe = Probe("a", needs=frozenset({"declaration"}))
    [outcome] = run(probe, submission=Submission({}, "x.wav"))
    assert outcome.status == "ok"


def test_each_outcome_is_saved_before_the_next_check_runs() -> None:
    events: list[str] = []

    def note(name: str) -> Callable[[], list[Finding]]:
        return lambda: events.append(f"run {name}") or []

    run(
        Probe("a", note("a")),
        Probe("b", note("b")),
        save=lambda outcome: events.append(f"save {outcome.slug}"),
    )
    assert events == ["run a", "save a", "run b", "save b"]


def test_what_is_done_is_neither_run_nor_saved_again_but_still_handed_on() -> None:
    kept = CheckOutcome("a", "6", "ok", (Finding("x", 1.0, "Old."),))
    again, last = Probe("a", one("new")), Probe("b")
    saved: list[CheckOutcome] = []
    outcomes = run(again, last, done={"a": kept}, save=saved.append)
    assert outcomes[0] is kept
    assert again.handed == []
    assert [outcome.slug for outcome in saved] == ["b"]
    assert [finding.code for finding in last.handed[0].found] == ["x"]


def test_when_saving_fails_the_run_stops() -> None:
    last = Probe("b")
    with pytest.raises(OSError, match="disk"):
        run(Probe("a"), last, save=fail_to_save)
    assert last.handed == []


def fail_to_save(outcome: CheckOutcome) -> None:
    raise OSError("disk full")


def test_a_person_can_still_stop_the_work() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Probe("a", fail(KeyboardInterrupt())))


def wait(seconds: float = 20.0) -> list[Finding]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)
    return []


def wait_deaf() -> list[Finding]:
    """Works on, whatever exception an alarm raises."""
    try:
        wait(0.5)
    except Exception:
        return wait()
    return []


@pytest.mark.parametrize("work", [wait, wait_deaf])
def test_a_check_that_takes_too_long_is_an_error(work: Callable[[], list[Finding]]) -> None:
    started = time.monotonic()
    slow, next_one = run(Probe("a", work), Probe("b", one("y")), time_limit_s=0.2)
    assert time.monotonic() - started < 5
    assert slow.status == "error"
    assert "0.2 seconds" in slow.note
    assert next_one.status == "ok"


@pytest.mark.parametrize(("seconds", "limit_s"), [(1, 120), (1200, 120), (3600, 360)])
def test_a_long_recording_gives_its_checks_more_time(seconds: int, limit_s: float) -> None:
    left: list[float] = []

    def look() -> list[Finding]:
        left.append(signal.getitimer(signal.ITIMER_REAL)[0])
        return []

    audio = replace(AUDIO, duration_s=float(seconds))
    run_checks(audio, NOTHING_SAID, checks=[Probe("a", look)])
    assert left == [pytest.approx(limit_s, abs=5)]


def test_a_check_in_time_leaves_no_alarm_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    run(Probe("a"), time_limit_s=0.3)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before
    time.sleep(0.4)


def test_an_alarm_that_was_set_before_rings_after() -> None:
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        run(Probe("a", lambda: wait(0.1)), time_limit_s=5)
        assert rung == []
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.45
        wait(0.6)
        assert rung == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_the_limit_holds_outside_the_main_thread_too() -> None:
    outcomes: list[CheckOutcome] = []

    def work() -> None:
        limits = {"time_limit_s": 0.2}
        outcomes.append(run_check(Probe("a", lambda: wait(1.0)), AUDIO, NOTHING_SAID, **limits))
        outcomes.append(run_check(Probe("b", one("x")), AUDIO, NOTHING_SAID, **limits))
        outcomes.append(run_check(Probe("c", fail(MemoryError())), AUDIO, NOTHING_SAID, **limits))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [outcome.status for outcome in outcomes] == ["error", "ok", "error"]
    assert [finding.code for finding in outcomes[1].findings] == ["x"]


def test_within_hands_back_the_result() -> None:
    assert within(1.0, lambda: 42) == 42
    with pytest.raises(OutOfTime):
        within(0.05, wait)


def test_the_checks_are_the_ones_that_pages_name() -> None:
    assert {check.slug: check.title for check in CHECKS} == CHECK_TITLES
    assert [check.slug for check in CHECKS] == list(CHECK_TITLES)
    assert CHECKS[-1].slug == "disclosure"


def test_all_checks_run_on_silence_without_an_error() -> None:
    outcomes = run_checks(AUDIO, Submission({}, "x.wav"))
    assert [outcome.status for outcome in outcomes if outcome.status == "error"] == []
    assert [outcome.slug for outcome in outcomes] == list(CHECK_TITLES)


def test_what_a_check_could_not_read_is_told_in_its_own_words() -> None:
    probe = Probe("half", fail(Unfinished("The tags end in the middle of a field.")))
    outcome = run_check(probe, AUDIO, NOTHING_SAID)
    assert outcome.status == "error"
    assert outcome.note == "The tags end in the middle of a field."
