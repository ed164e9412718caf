"""Who may work on a run: claims, tokens, heartbeats, by the database's clock."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.screening.lease import (
    Heartbeat,
    LeaseLost,
    claim_run,
    claimable,
    ensure_held,
    finish_run,
    release_run,
    renew,
    show_stage,
)
from apps.screening.models import ScreeningRun
from tests.factories import ScreeningRunFactory

S = ScreeningRun.State


def waiting() -> ScreeningRun:
    return ScreeningRunFactory(
        state=S.QUEUED, attempts=0, started_at=None, finished_at=None, cpu_s=None, wall_s=None
    )


def expire(run: ScreeningRun) -> None:
    past = timezone.now() - timedelta(seconds=1)
    ScreeningRun.objects.filter(pk=run.pk).update(lease_until=past)


@pytest.mark.django_db
def test_one_claim_wins() -> None:
    run = waiting()
    first, second = claim_run(run.pk), claim_run(run.pk)
    assert first is not None
    assert second is None
    assert (first.state, first.attempts) == (S.RUNNING, 1)
    assert first.token is not None
    left = first.lease_until - timezone.now()
    assert timedelta(seconds=55) < left <= timedelta(seconds=61)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [S.DONE, S.FAILED])
def test_a_finished_run_is_nobodys(state: str) -> None:
    run = ScreeningRunFactory(state=state)
    assert claim_run(run.pk) is None
    assert not claimable().exists()


@pytest.mark.django_db
def test_an_expired_lease_is_taken_over_and_the_old_token_is_worth_nothing() -> None:
    stale = claim_run(waiting().pk)
    assert stale is not None
    expire(stale)
    fresh = claim_run(stale.pk)
    assert fresh is not None
    assert (fresh.attempts, fresh.token != stale.token) == (2, True)
    assert fresh.started_at == stale.started_at
    for act in (renew, ensure_held):
        with transaction.atomic(), pytest.raises(LeaseLost):
            act(stale)
    with pytest.raises(LeaseLost):
        show_stage(stale, "decoding")
    with pytest.raises(LeaseLost):
        finish_run(stale, failure=None, cpu_s=1, wall_s=1)
    assert not release_run(stale, code="x", text="x")
    finish_run(fresh, failure=None, cpu_s=1, wall_s=2)
    row = ScreeningRun.objects.get(pk=fresh.pk)
    assert (row.state, row.token, row.cpu_s, row.wall_s) == (S.DONE, None, 1, 2)


@pytest.mark.django_db
def test_a_worker_with_a_wrong_clock_steals_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = claim_run(waiting().pk)
    assert run is not None
    ahead = time.time() + 600
    monkeypatch.setattr(time, "time", lambda: ahead)
    monkeypatch.setattr(timezone, "now", lambda: run.lease_until + timedelta(minutes=10))
    assert claim_run(run.pk) is None


@pytest.mark.django_db
def test_a_released_run_waits_longer_each_time() -> None:
    run = waiting()
    waits = []
    for _ in range(4):
        mine = claim_run(run.pk)
        assert mine is not None
        assert release_run(mine, code="unexpected", text="It broke.")
        assert claim_run(run.pk) is None
        row = ScreeningRun.objects.get(pk=run.pk)
        waits.append(round((row.lease_until - timezone.now()).total_seconds()))
        expire(run)
    assert waits == pytest.approx([5, 30, 120, 120], abs=1)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error_text) == (S.QUEUED, 4, "It broke.")


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_keeps_the_lease(settings: Any) -> None:
    settings.RUN_LEASE_S = 1.0
    run = claim_run(waiting().pk)
    assert run is not None
    with Heartbeat(run) as heart:
        time.sleep(1.6)
        heart.ensure()
        assert claim_run(run.pk) is None
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lease-")]
    time.sleep(1.1)
    assert claim_run(run.pk) is not None


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_notices_that_the_run_is_gone(settings: Any) -> None:
    settings.RUN_LEASE_S = 0.4
    run = claim_run(waiting().pk)
    assert run is not None
    with Heartbeat(run) as heart:
        heart.ensure()
        ScreeningRun.objects.filter(pk=run.pk).update(
            state=S.FAILED, token=None, lease_until=None, error_code="withdrawn"
        )
        time.sleep(0.5)
        with pytest.raises(LeaseLost):
            heart.ensure()


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_one_gets_it() -> None:
    run = waiting()
    got: list[ScreeningRun] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        try:
            if (mine := claim_run(run.pk)) is not None:
                got.append(mine)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    run.refresh_from_db()
    assert run.attempts == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no single rows")
def test_a_row_that_a_frozen_process_has_locked_is_not_waited_for() -> None:
    run = waiting()
    locked, done = threading.Event(), threading.Event()

    def freeze() -> None:
        try:
            with transaction.atomic():
                ScreeningRun.objects.select_for_update().get(pk=run.pk)
                locked.set()
                done.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=freeze)
    thread.start()
    locked.wait(20)
    started = time.monotonic()
    assert claim_run(run.pk) is None
    assert time.monotonic() - started < 5
    done.set()
    thread.join()
    mine = claim_run(run.pk)
    assert mine is not None

    def hold() -> None:
        try:
            with transaction.atomic():
                ensure_held(mine)
                locked.set()
                done.wait(20)
        finally:
            connection.close()

    locked.clear()
    done.clear()
    thread = threading.Thread(target=hold)
    thread.start()
    locked.wait(20)
    free = ScreeningRun.objects.select_for_update(skip_locked=True).filter(pk=run.pk)
    with transaction.atomic():
        assert list(free) == []  # `ensure_held` really holds it
    done.set()
    thread.join()
