"""A licence is taken back while a screening that it explained is being saved: neither is missed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from apps.fingerprints.licences import note_uses, revoke_licence
from apps.fingerprints.models import LicenceUse, MaterialLicence
from tests.factories import ReviewerFactory, TrackFactory
from tests.fingerprints.test_licences import register

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="two writers need PostgreSQL"),
]
HELD_S = 0.5  # for which the first transaction stays open


def one_inside_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """The second begins when the first has written, and has not committed."""
    has_written = Event()

    def begin() -> None:
        with transaction.atomic():
            first()
            has_written.set()
            time.sleep(HELD_S)
        connections.close_all()

    def follow() -> None:
        assert has_written.wait(10)
        second()
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(begin), pool.submit(follow)]:
            done.result()


@pytest.mark.parametrize("is_used_first", [True, False])
def test_a_use_is_in_doubt_whichever_comes_first(is_used_first: bool) -> None:
    row, track, reviewer = register(), TrackFactory(), ReviewerFactory()

    def use() -> None:
        note_uses(track=track, run=uuid4(), licences=[row.pk])

    def take_back() -> None:
        revoke_licence(licence=MaterialLicence.objects.get(pk=row.pk), by=reviewer)

    acts = (use, take_back) if is_used_first else (take_back, use)
    one_inside_the_other(*acts)
    assert LicenceUse.objects.get().asked_at is not None
