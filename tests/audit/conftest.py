"""A log with a key, and some things to record."""

import pytest
from django.conf import settings

from apps.accounts.models import User
from apps.audit import keys
from apps.audit.models import Event
from apps.audit.notes import Signer
from apps.audit.record import record
from tests.factories import ArtistFactory


@pytest.fixture
def signer(db) -> Signer:
    """The key of the log, made as at set-up."""
    assert keys.make_key()
    return keys.signer()


@pytest.fixture
def person(db) -> User:
    return ArtistFactory()


@pytest.fixture
def happen(person):
    """Records `count` events about a person."""

    def go(count: int = 1, **data: object) -> list[Event]:
        return [
            record(kind="test.happened", subject=person, actor=person, number=number, **data)
            for number in range(count)
        ]

    return go


def head() -> str:
    return settings.LEDGER_HEAD.read_text()
