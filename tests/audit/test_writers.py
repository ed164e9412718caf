"""Many writers beside the sequencer: nothing is lost and nothing comes twice."""

import threading

import pytest
from django.db import connection, connections, transaction

from apps.audit.models import Event, Leaf, Pending
from apps.audit.record import record
from apps.audit.sequencer import sequence_pending
from apps.audit.verify import verify

WRITERS, EACH = (16, 40) if connection.vendor == "postgresql" else (4, 20)


@pytest.mark.django_db(transaction=True)
def test_none_is_lost_and_none_comes_twice(signer, person) -> None:
    """Every other transaction stays open for a while, so that commits overtake each other."""
    ended, broken = threading.Event(), []

    def write(writer: int) -> None:
        try:
            for number in range(EACH):
                with transaction.atomic():
                    record(kind="test.written", subject=person, actor=person, by=writer)
                    if (writer + number) % 2:
                        threading.Event().wait(0.002)
        except Exception as error:
            broken.append(error)
        finally:
            connections.close_all()

    def sequence() -> None:
        try:
            while not ended.is_set():
                sequence_pending(batch=7)
        except Exception as error:
            broken.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    sequencers = [threading.Thread(target=sequence) for _ in range(2)]
    for thread in [*writers, *sequencers]:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    for thread in sequencers:
        thread.join()
    assert broken == []
    sequence_pending()
    uids = list(Leaf.objects.values_list("uid", flat=True))
    assert len(uids) == len(set(uids)) == WRITERS * EACH
    assert set(uids) == set(Event.objects.values_list("uid", flat=True))
    assert not Pending.objects.exists()
    assert verify().fault is None
