"""Orders for snapshots: checked at once, sealed by a worker, safe to repeat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.audit.models import Event
from apps.consent.clock import ledger_now
from apps.training import ordering
from apps.training.errors import BadName, NameTaken, NotStaff, OnlyNow, UnknownModelClass
from apps.training.models import Snapshot, SnapshotOrder
from apps.training.ordering import fulfil_order, order_snapshot, orders_waiting
from tests.consent.saying import take_back
from tests.factories import ArtistFactory, TrainingEngineerFactory
from tests.training.listing import GENERATE, ask, open_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer():
    return TrainingEngineerFactory()


def test_an_order_becomes_a_sealed_snapshot(engineer, prove) -> None:
    open_track(GENERATE)
    prove()
    order = order_snapshot(asked=ask(), name=" Spring ", by=engineer)
    assert (order.name, order.state, order.snapshot) == ("Spring", "waiting", None)
    fulfil_order(order.uid)
    order.refresh_from_db()
    assert order.state == SnapshotOrder.State.SEALED
    assert order.snapshot.state == Snapshot.State.SEALED
    assert order.snapshot.asset_count == 1
    assert order.snapshot.made_by == engineer
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"snapshot.ordered", "snapshot.sealed", "snapshot.order_sealed"} <= kinds


def test_a_worker_that_is_told_twice_seals_once(engineer, prove) -> None:
    open_track(GENERATE)
    prove()
    order = order_snapshot(asked=ask(), name="Spring", by=engineer)
    fulfil_order(order.uid)
    fulfil_order(order.uid)
    assert Snapshot.objects.count() == 1


def test_what_was_taken_back_after_the_order_is_not_in_it(engineer, prove) -> None:
    kept, gone = open_track(GENERATE), open_track(GENERATE)
    prove()
    order = order_snapshot(asked=ask(), name="Spring", by=engineer)
    take_back(gone.release.owner, gone, GENERATE)
    fulfil_order(order.uid)
    members = SnapshotOrder.objects.get().snapshot.members
    assert list(members.values_list("track_id", flat=True)) == [kept.pk]


def test_the_same_question_under_the_same_name_is_the_same_order(engineer) -> None:
    asked = ask("ranking", "FR", "DE")
    first = order_snapshot(asked=asked, name="Spring", by=engineer)
    again = order_snapshot(
        asked=replace(asked, jurisdictions=("DE", "FR", "DE")), name="Spring", by=engineer
    )
    assert again == first
    with pytest.raises(NameTaken):
        order_snapshot(asked=ask("search", "DE"), name="Spring", by=engineer)
    with pytest.raises(NameTaken):
        order_snapshot(asked=ask("ranking", "FR", "DE"), name="Spring", by=engineer)
    other = order_snapshot(asked=ask("search"), name="Spring", by=TrainingEngineerFactory())
    assert other.pk != first.pk


@pytest.mark.parametrize(
    ("changed", "name", "error"),
    [
        ({"model_class": "everything"}, "x", UnknownModelClass),
        ({}, " ", BadName),
        ({}, "x" * 81, BadName),
        ({}, "a\nb", BadName),
    ],
)
def test_what_is_wrong_is_said_when_it_is_asked(engineer, changed, name, error) -> None:
    with pytest.raises(error):
        order_snapshot(asked=replace(ask(), **changed), name=name, by=engineer)
    assert not SnapshotOrder.objects.exists()


def test_the_past_is_listed_and_never_sealed(engineer) -> None:
    then = ledger_now() - timedelta(minutes=5)
    with pytest.raises(OnlyNow):
        order_snapshot(asked=ask(at=then, known_at=then), name="x", by=engineer)


def test_only_who_may_make_datasets_orders_one(officer) -> None:
    for person in (ArtistFactory(), officer, TrainingEngineerFactory(is_active=False)):
        with pytest.raises(NotStaff):
            order_snapshot(asked=ask(), name="x", by=person)


def test_nothing_allowed_is_an_answer(engineer, prove) -> None:
    prove()
    order = order_snapshot(asked=ask(), name="Spring", by=engineer)
    fulfil_order(order.uid)
    order.refresh_from_db()
    assert (order.state, order.error_code) == (SnapshotOrder.State.REFUSED, "nothing_allowed")
    assert "Nothing was sealed" in order.error_text
    assert not Snapshot.objects.exists()


def test_trouble_of_ours_is_tried_three_times(engineer, prove, monkeypatch, caplog) -> None:
    order = order_snapshot(asked=ask(), name="Spring", by=engineer)

    def fail(**_told: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(ordering, "take_snapshot", fail)
    for attempt in (1, 2):
        fulfil_order(order.uid)
        assert list(orders_waiting()) == [order], attempt
    fulfil_order(order.uid)
    order.refresh_from_db()
    assert (order.state, order.error_code, order.attempts) == ("refused", "our_fault", 3)
    assert "the disk" not in order.error_text
    assert "disk is full" in caplog.text


def test_an_order_that_a_dead_worker_had_is_waited_for_again(engineer) -> None:
    order = order_snapshot(asked=ask(), name="Spring", by=engineer)
    rows = SnapshotOrder.objects.filter(pk=order.pk)
    rows.update(claimed_at=ledger_now())
    assert not orders_waiting().exists()
    rows.update(claimed_at=ledger_now() - ordering.PATIENCE - timedelta(seconds=1))
    assert list(orders_waiting()) == [order]


def test_nothing_happens_for_an_order_that_there_is_not() -> None:
    fulfil_order("00000000-0000-0000-0000-000000000000")
    assert not Snapshot.objects.exists()
