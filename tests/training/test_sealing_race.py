"""Somebody says no while a dataset is being sealed: the no is in it, or found by the next look."""

import threading

import pytest
from django.db import connection

from apps.audit.sequencer import sequence_pending
from apps.consent.projection import settle
from apps.training import sealing
from apps.training.models import SnapshotMember
from apps.training.sealing import take_snapshot
from apps.training.staleness import find_stale
from tests.consent.saying import take_back
from tests.factories import ComplianceOfficerFactory, RulesetFactory
from tests.training.listing import GENERATE, ask, listed, open_track


@pytest.fixture
def law(transactional_db) -> None:
    """In place of the one for ordinary tests: it has to be committed."""
    RulesetFactory()


@pytest.mark.django_db(transaction=True)
def test_a_no_in_the_middle_of_sealing_is_not_lost(prove, monkeypatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets nobody write meanwhile")
    first, second = open_track(), open_track()
    officer = ComplianceOfficerFactory()
    prove()
    real = sealing.write_sorted

    def write_slowly(lines, file):
        """The counts were read; the tracks were not. Now another process says no, and it counts."""

        def say_no() -> None:
            take_back(first.release.owner, first, GENERATE)
            sequence_pending()
            settle()
            connection.close()

        other = threading.Thread(target=say_no)
        other.start()
        other.join()
        return real(lines, file)

    monkeypatch.setattr(sealing, "write_sorted", write_slowly)
    snapshot = take_snapshot(asked=ask(), name="Spring", by=officer)
    assert snapshot.asset_count == SnapshotMember.objects.filter(snapshot=snapshot).count() == 2
    assert snapshot.excluded == {}
    look = find_stale(snapshot)
    assert look.stale == {first.pk}
    assert look.asked == 1
    assert set(listed().tracks) == {second}
