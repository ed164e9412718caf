"""The steps of a case: each may run twice, be killed in between, or fail, and ends the same."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.consent.features import features_of
from apps.consent.models import ConsentState, DerivedFeature
from apps.training.models import (
    ModelVersion,
    Notification,
    Obligation,
    RevocationCase,
    RevocationStep,
    Snapshot,
)
from apps.training.revocation import purging, steps
from apps.training.revocation.recipients import acknowledge, disclose
from apps.training.revocation.steps import PATIENCE, WORK, do_step, waiting_steps
from tests.consent.featuring import make
from tests.consent.saying import say_yes, take_back
from tests.training.listing import open_track
from tests.training.revoking import (
    GENERATE,
    RANK,
    one_case,
    proof_of,
    read_log,
    recipient,
    step_of,
    work_off,
)
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db
KINDS = ["stop", "trace", "mark", "purge", "oblige", "notify", "close"]


@pytest.fixture
def track(prove) -> Track:
    """A cleared track with a yes to music models and to ranking."""
    found = open_track(GENERATE)
    say_yes(found.release.owner, found, RANK)
    assert read_log(prove) == []
    return found


@pytest.fixture
def owner(track) -> User:
    return track.release.owner


@pytest.fixture
def world(track, officer) -> ModelVersion:
    """A feature, a snapshot, a model and its fine-tune, a recipient of the snapshot."""
    make(track)
    snapshot = snapshot_of([track], "generative_music")
    base = model_of(snapshot, name="song", version="v1", registered_by=officer)
    model_of(snapshot_of([], "generative_music"), name="song", version="v1.1", base=base)
    disclose(by=officer, recipient=recipient(), what="The spring dataset", snapshot=snapshot)
    return base


def state(case: RevocationCase) -> dict:
    """All that matters about what was done, without times."""
    return {
        "done": {one.kind: bool(one.done_at) for one in case.steps.all()},
        "proofs": {
            one.kind: {key: value for key, value in one.proof.items() if key != "asked_at"}
            for one in case.steps.exclude(kind="close")
        },
        "purged": list(DerivedFeature.objects.values_list("purge_reason", flat=True)),
        "snapshots": list(Snapshot.objects.order_by("pk").values_list("state", flat=True)),
        "owed": Obligation.objects.count(),
        "told": Notification.objects.count(),
        "stale": Event.objects.filter(kind="snapshot.stale").count(),
        "tombs": Event.objects.filter(kind="feature.purged").count(),
    }


def test_everything_that_was_made_is_found_and_dealt_with(track, owner, world, prove) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    work_off()
    assert proof_of(case, "stop")["still_allowed"] == 0
    traced = proof_of(case, "trace")
    assert (traced["tracks"], traced["features"], traced["recipients"]) == (1, 1, 1)
    assert [one["version"] for one in traced["models"]] == ["v1", "v1.1"]
    assert len(proof_of(case, "mark")["snapshots"]) == 1
    assert proof_of(case, "purge")["purged"] == 1
    assert not features_of([track.pk]).exists()
    owed = {str(one.model_version): one for one in Obligation.objects.all()}
    assert set(owed) == {"song v1", "song v1.1"}
    assert owed["song v1"].owner == world.registered_by
    assert not step_of(case, "notify").done_at
    assert not step_of(case, "close").done_at
    assert step_of(case, "notify").proof == {
        "recipients": 1,
        "told": 0,
        "acknowledged": 0,
        "escalated": 0,
    }


def test_what_another_permission_made_stays(track, owner, world, prove) -> None:
    ranking = snapshot_of([track], "ranking")
    model_of(ranking)
    embedding = make(track, kind="embedding", envelope="ranking")
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    work_off()
    ranking.refresh_from_db()
    assert ranking.state == Snapshot.State.SEALED
    assert list(features_of([track.pk])) == [embedding]
    assert proof_of(case, "purge")["kept"] == 1
    assert not Obligation.objects.filter(model_version__name="rank").exists()


def test_a_snapshot_taken_under_a_later_yes_is_not_touched(track, owner, world, prove) -> None:
    take_back(owner, track, GENERATE)
    say_yes(owner, track, GENERATE)
    prove()
    later = snapshot_of([track], "generative_music")
    one_case(prove)
    work_off()
    later.refresh_from_db()
    assert later.state == Snapshot.State.SEALED


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_a_step_that_runs_twice_ends_the_same(track, owner, world, prove, kind) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    work_off()
    before = state(case)
    RevocationStep.objects.filter(case=case, kind=kind).update(done_at=None, tried_at=None)
    do_step(step_of(case, kind).pk)
    assert state(case) == before


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_a_worker_killed_after_the_work_and_before_the_proof(
    track, owner, world, prove, kind, monkeypatch
) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    with monkeypatch.context() as killed:
        killed.setattr(steps, "_finish", lambda *_: (_ for _ in ()).throw(SystemExit))
        for step in case.steps.exclude(kind="close"):
            RevocationStep.objects.filter(case=case).exclude(kind=kind).update(
                done_at=timezone.now()
            )
            if step.kind == kind:
                with contextlib.suppress(SystemExit):
                    do_step(step.pk)
    RevocationStep.objects.filter(case=case).exclude(kind=kind).update(done_at=None, proof={})
    assert not waiting_steps().filter(kind=kind).exists() or kind == "notify"
    long_ago = timezone.now() - PATIENCE - timedelta(seconds=1)
    RevocationStep.objects.filter(case=case).update(tried_at=long_ago)
    work_off()
    done = state(case)
    assert (done["owed"], done["told"], done["stale"], done["tombs"]) == (2, 1, 1, 1)
    assert all(done["done"][one] for one in KINDS if one not in ("notify", "close"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_wrong_is_kept_and_tried_again(track, owner, prove, kind, monkeypatch) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)

    def broken(_case):
        raise OSError("the storage does not answer")

    with monkeypatch.context() as context:
        context.setitem(WORK, kind, broken)
        work_off()
    step = step_of(case, kind)
    assert (step.done_at, step.attempts, step.error) == (
        None,
        1,
        "OSError: the storage does not answer",
    )
    assert not waiting_steps().filter(pk=step.pk).exists()  # in a minute, not at once
    mine = RevocationStep.objects.filter(case=case, kind=kind)
    mine.update(tried_at=timezone.now() - timedelta(minutes=2))
    assert waiting_steps().get() == step
    work_off()
    case.refresh_from_db()
    assert step_of(case, kind).error == ""
    assert case.closed_at is not None


def test_a_purge_that_dies_in_the_middle_goes_on(track, owner, world, prove, monkeypatch) -> None:
    make(track, params={"bands": 40})
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    real, calls = purging.purge_features, []

    def dies(*, features, reason):
        real(features=features[:1], reason=reason)
        calls.append(1)
        raise MemoryError

    with monkeypatch.context() as context:
        context.setattr(purging, "purge_features", dies)
        work_off()
    assert (calls, features_of([track.pk]).count()) == ([1], 1)
    RevocationStep.objects.filter(done_at=None).update(tried_at=None)
    work_off()
    assert proof_of(case, "purge")["purged"] == 2


def test_an_older_yes_on_a_list_is_not_believed_to_be_stopped(track, owner, prove) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    ConsentState.objects.filter(use_case="generative_music").update(
        allowed=True, status="granted", leaf_index=0
    )
    do_step(step_of(case, "stop").pk)
    step = step_of(case, "stop")
    assert step.done_at is None
    assert "still on a list for generative_music.train" in step.error


def test_nobody_closes_before_the_rest_is_done(track, owner, prove) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    assert not do_step(step_of(case, "close").pk)
    assert not do_step(step_of(case, "purge").pk)
    assert step_of(case, "close").attempts == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_the_same_step(track, owner, world, prove) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)

    def go(key: int) -> bool:
        try:
            return do_step(key)
        finally:
            connection.close()

    for kind in KINDS[:-2]:
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(go, [step_of(case, kind).pk] * 4))
        assert sum(done) == 1, (kind, step_of(case, kind).error)
    told = Event.objects.filter(kind="revocation.step_done")
    assert told.count() == 5
    assert Obligation.objects.count() == 2


def test_an_acknowledgement_ends_the_waiting(track, owner, world, prove) -> None:
    take_back(owner, track, GENERATE)
    case = one_case(prove)
    work_off()
    row = Notification.objects.get()
    assert not acknowledge(notification=row)  # nobody was told yet
    Notification.objects.update(sent_at=timezone.now())
    row.refresh_from_db()
    assert acknowledge(notification=row)
    assert not acknowledge(notification=row)
    work_off()
    assert proof_of(case, "notify")["acknowledged"] == 1
