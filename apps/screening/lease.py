"""Who may work on a run, until when. Times are the database's: workers' clocks may differ.

A claim puts a fresh token on the row and takes it for RUN_LEASE_S seconds; a heartbeat renews it.
Whoever finds another token, or none, has lost the run and commits nothing. Any number of workers
may be told of the same run, late or twice: one of them gets it.
"""

import logging
import threading
import time
from datetime import timedelta
from types import TracebackType
from uuid import UUID, uuid4

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now

from apps.screening.models import ScreeningRun

log = logging.getLogger(__name__)
S = ScreeningRun.State
BACK_OFF_S = (5.0, 30.0, 120.0)  # before the second, third and any later attempt


class LeaseLost(Exception):
    """Somebody else has the run, or it was cancelled. Stop, and write nothing."""

    def __init__(self) -> None:
        super().__init__("Another worker took this run over, or it was cancelled.")


def in_seconds(seconds: float) -> Combinable:
    """A moment from now, by the database's clock."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def claimable() -> QuerySet[ScreeningRun]:
    """Runs that nobody has: waiting (and not put off), or with a lease that has run out."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
    return ScreeningRun.objects.filter(free, state__in=(S.QUEUED, S.RUNNING))


def claim_run(run_id: UUID | str) -> ScreeningRun | None:
    """Takes the run, with a token of its own and one more attempt; None when it is not free.

    A row that somebody has locked is not waited for: whoever rings next tries again.
    """
    token = uuid4()
    with transaction.atomic():
        free = claimable().filter(pk=run_id).select_for_update(skip_locked=True)
        if not free.exists():
            return None
        ScreeningRun.objects.filter(pk=run_id).update(
            state=S.RUNNING,
            token=token,
            attempts=F("attempts") + 1,
            lease_until=in_seconds(settings.RUN_LEASE_S),
            started_at=Coalesce("started_at", Now()),
            stage="",
        )
    return ScreeningRun.objects.select_related("track", "declaration", "audio").get(
        pk=run_id, token=token
    )


def held(run: ScreeningRun) -> QuerySet[ScreeningRun]:
    """The run's row as long as this claim holds it; empty afterwards."""
    return ScreeningRun.objects.filter(pk=run.pk, token=run.token, state=S.RUNNING)


def ensure_held(run: ScreeningRun) -> None:
    """Locks the row inside the present transaction; raises LeaseLost."""
    if not held(run).select_for_update().exists():
        raise LeaseLost


def renew(run: ScreeningRun) -> None:
    """Another RUN_LEASE_S seconds; raises LeaseLost."""
    if not held(run).update(lease_until=in_seconds(settings.RUN_LEASE_S)):
        raise LeaseLost


def show_stage(run: ScreeningRun, stage: str) -> None:
    """Tells whoever watches what is going on; raises LeaseLost."""
    if not held(run).update(stage=stage):
        raise LeaseLost


def finish_run(
    run: ScreeningRun, *, failure: tuple[str, str] | None, cpu_s: float, wall_s: float
) -> None:
    """Closes the run for good, in the transaction of what it led to; raises LeaseLost.

    `failure`: code and sentence when the audio could not be screened. Seconds add up over attempts.
    """
    code, text = failure or ("", "")
    closed = held(run).update(
        state=S.FAILED if failure else S.DONE,
        token=None,
        lease_until=None,
        stage="",
        error_code=code,
        error_text=text[:500],
        cpu_s=Coalesce("cpu_s", 0.0) + cpu_s,
        wall_s=Coalesce("wall_s", 0.0) + wall_s,
        finished_at=Now(),
    )
    if not closed:
        raise LeaseLost
    run.state = S.FAILED if failure else S.DONE
    run.error_code, run.error_text = code, text[:500]


def release_run(run: ScreeningRun, *, code: str, text: str, counted: bool = True) -> bool:
    """Gives the run back for another attempt, later each time. False when it was lost already.

    An attempt that failed because of us, not of the track, need not be `counted`.
    """
    wait = BACK_OFF_S[min(run.attempts, len(BACK_OFF_S)) - 1]
    return bool(
        held(run).update(
            state=S.QUEUED,
            attempts=F("attempts") - (0 if counted else 1),
            token=None,
            lease_until=in_seconds(wait),
            stage="",
            error_code=code,
            error_text=text[:500],
        )
    )


class Heartbeat:
    """Renews the lease every quarter of it, in a thread with its own database connection.

    `ensure()` raises LeaseLost once the run is somebody else's, or nobody could be asked for a
    whole lease. Use as a context manager.
    """

    def __init__(self, run: ScreeningRun) -> None:
        self.run = run
        self._every_s = settings.RUN_LEASE_S / 4
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._renewed = time.monotonic()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{run.pk}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def ensure(self) -> None:
        """Raises LeaseLost when the work is not ours any more."""
        if self._lost.is_set():
            raise LeaseLost

    def _beat(self) -> None:
        try:
            while not self._stop.wait(self._every_s) and not self._lost.is_set():
                self._once()
        finally:
            connection.close()

    def _once(self) -> None:
        try:
            renew(self.run)
            self._renewed = time.monotonic()
        except LeaseLost:
            self._lost.set()
        except DatabaseError as error:
            log.warning("The lease of run %s was not renewed: %s", self.run.pk, error)
            connection.close()
            if time.monotonic() - self._renewed > settings.RUN_LEASE_S:
                self._lost.set()
