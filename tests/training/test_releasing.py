"""A model ships only when two people approved it and its manifest holds before today's log."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.audit.models import Event, Leaf
from apps.consent.clock import ledger_now
from apps.training import releasing
from apps.training.errors import (
    AlreadyApproved,
    NotAllowedToRelease,
    NotToRelease,
    ReleaseRefused,
)
from apps.training.models import ModelVersion, Obligation, RevocationCase, Snapshot
from apps.training.releasing import approve_release, blockers_of, release_model
from apps.training.storing import drop_files
from tests.consent.saying import take_back
from tests.emptying import ledger_lifted
from tests.factories import (
    AdministratorFactory,
    ComplianceOfficerFactory,
    LabelFactory,
    ReviewerFactory,
)
from tests.training.listing import GENERATE, open_track
from tests.training.making import registered, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(prove):
    return open_track()


@pytest.fixture
def snapshot(officer, track):
    return sealed(officer)


@pytest.fixture
def model(officer, snapshot):
    return registered(officer, snapshot)


@pytest.fixture
def approved(model, officer, administrator):
    for one in (officer, administrator):
        approve_release(by=one, model_version=model)
    return model


def codes(model) -> set[str]:
    return {one.code for one in blockers_of(model)}


def test_two_people_and_a_manifest_that_holds(model, officer, administrator) -> None:
    assert codes(model) == {"approvals"}
    approve_release(by=officer, model_version=model, note="Seen.")
    assert codes(model) == {"approvals"}
    with pytest.raises(AlreadyApproved):
        approve_release(by=officer, model_version=model)
    with pytest.raises(ReleaseRefused) as refused:
        release_model(by=officer, model_version=model)
    assert [one.code for one in refused.value.blockers] == ["approvals"]
    approve_release(by=administrator, model_version=model)
    assert codes(model) == set()
    found = release_model(by=officer, model_version=model)
    assert (found.state, found.released_at is not None) == ("released", True)
    assert release_model(by=officer, model_version=model).released_at == found.released_at
    told = Event.objects.filter(kind="model.released").get().data
    assert told["manifest_sha256"] == model.manifest_sha256


def test_who_may_not(model) -> None:
    for person in (ReviewerFactory(), ComplianceOfficerFactory(is_active=False)):
        with pytest.raises(NotAllowedToRelease):
            approve_release(by=person, model_version=model)
        with pytest.raises(NotAllowedToRelease):
            release_model(by=person, model_version=model)
    assert not model.approvals.exists()


def test_whoever_left_or_changed_role_does_not_count(approved, administrator) -> None:
    assert codes(approved) == set()
    administrator.is_active = False
    administrator.save()
    assert codes(approved) == {"approvals"}
    AdministratorFactory()
    assert codes(approved) == {"approvals"}


def test_what_was_taken_back_blocks_once_its_time_is_over(
    approved, track, monkeypatch, prove
) -> None:
    take_back(track.release.owner, track, GENERATE)
    assert codes(approved) == set()  # within a day, somebody is at it
    later = ledger_now() + timedelta(hours=25)
    monkeypatch.setattr(releasing, "ledger_now", lambda: later)
    assert codes(approved) == {"not_permitted"}
    Snapshot.objects.update(state="stale", stale_since=timezone.now())
    assert codes(approved) == {"stale"}


def test_what_no_event_tells_of_blocks_at_once(approved, track) -> None:
    track.release.label = LabelFactory()
    track.release.save()
    assert codes(approved) == {"not_permitted"}


def test_a_retired_snapshot_and_one_kept_too_long(approved, monkeypatch) -> None:
    Snapshot.objects.update(state="retired")
    assert codes(approved) == {"not_sealed"}
    later = ledger_now() + timedelta(days=366)
    monkeypatch.setattr(releasing, "ledger_now", lambda: later)
    assert codes(approved) == {"not_sealed", "retention"}


def test_a_base_that_is_blocked_or_owes_something(officer, administrator, snapshot, model) -> None:
    tuned = registered(officer, snapshot, name="tuned", base=model)
    for one in (officer, administrator):
        approve_release(by=one, model_version=tuned)
    assert codes(tuned) == set()
    owed = owe(model, timezone.now() + timedelta(days=1))
    assert codes(tuned) == set()
    Obligation.objects.filter(pk=owed.pk).update(due_at=timezone.now())
    assert codes(tuned) == {"overdue"}
    Obligation.objects.filter(pk=owed.pk).update(
        closed_at=timezone.now(), remedy="retire", evidence="Retired.", decided_by=officer
    )
    assert codes(tuned) == set()
    ModelVersion.objects.filter(pk=model.pk).update(state="blocked")
    assert codes(tuned) == {"blocked_base"}


def owe(model: ModelVersion, due_at) -> Obligation:
    case = RevocationCase.objects.create(
        kind="revoked", trigger="0" * 32, subject_ref="x", began_at=timezone.now()
    )
    return Obligation.objects.create(case=case, model_version=model, due_at=due_at)


def test_a_blocked_or_retired_version_stays_where_it_is(approved, officer) -> None:
    for state in ("blocked", "retired"):
        ModelVersion.objects.filter(pk=approved.pk).update(state=state)
        with pytest.raises(NotToRelease):
            release_model(by=officer, model_version=approved)
        with pytest.raises(NotToRelease):
            approve_release(by=officer, model_version=approved)


def test_missing_files_block(approved, snapshot) -> None:
    drop_files(snapshot)
    assert codes(approved) == {"unproven"}


def test_a_log_that_was_changed_blocks(approved, prove) -> None:
    prove()
    with ledger_lifted(connection):
        Event.objects.filter(kind="model.registered").update(payload='{"detail":"x"}')
    assert codes(approved) == {"unproven"}
    assert len(blockers_of(approved, thorough=True)) == 2


def test_leaves_that_are_gone_block(approved) -> None:
    with ledger_lifted(connection):
        Leaf.objects.filter(source="consent_consentevent").delete()
    assert "unproven" in codes(approved)


def test_another_log_blocks(approved, monkeypatch) -> None:
    with ledger_lifted(connection):
        first = Leaf.objects.order_by("index").first()
        Leaf.objects.filter(pk=first.pk).update(leaf_hash=bytes(32))
    assert codes(approved) == {"unproven"}
