"""From a track to every model that learned from it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from apps.training.affected import (
    models_affected_by,
    models_touched,
    snapshots_behind,
    snapshots_holding,
    with_fine_tunes,
)
from apps.training.models import ModelVersion
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db


def test_through_snapshots_and_the_whole_chain_of_fine_tunes() -> None:
    ours, others = uuid4(), uuid4()
    held, beside = snapshot_of([ours, others]), snapshot_of([others])
    base = model_of(held)
    tuned = model_of(beside, version="v2", base=base)
    again = model_of(beside, version="v3", base=tuned)
    apart = model_of(beside, name="apart")
    assert models_affected_by([ours]) == [base, tuned, again]
    assert models_affected_by([others]) == [base, tuned, again, apart]
    assert models_affected_by([uuid4()]) == models_affected_by([]) == []
    assert snapshots_holding([ours, others, ours]) == {held.pk: 2, beside.pk: 1}
    assert snapshots_behind(again) == [held, beside]
    assert snapshots_behind(apart) == [beside]


def test_a_snapshot_counts_whatever_it_was_for() -> None:
    ours = uuid4()
    model = model_of(snapshot_of([ours]))
    model.inputs.update(role="test")
    assert models_affected_by([ours]) == [model]


def test_a_chain_that_bites_its_tail_ends() -> None:
    first = model_of(snapshot_of([uuid4()]))
    second = model_of(version="v2", base=first)
    rows = QuerySet(ModelVersion).filter(pk=first.pk)  # beside the refusal to change a version
    rows.update(base=second)
    assert with_fine_tunes([first.pk]) == {first.pk, second.pk}
    assert len(models_touched(first.inputs.values_list("snapshot", flat=True))) == 2


def test_a_whole_account_takes_no_query_for_each_track() -> None:
    keys = [uuid4() for _ in range(200)]
    base = model_of(snapshot_of(keys))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert models_affected_by(keys) == [base]
    assert len(asked) == 2
