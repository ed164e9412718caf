"""People, tracks and a log that the ledger of consent needs."""

import pytest

from apps.accounts.models import User
from apps.audit import keys
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import Track
from apps.consent.projection import settle
from tests.factories import (
    ComplianceOfficerFactory,
    LabelFactory,
    MembershipFactory,
    TrackFactory,
)


@pytest.fixture
def prove(db):
    """Gives what was written its leaves, as the sequencer does every few seconds."""
    keys.make_key()

    def go() -> None:
        sequence_pending()
        settle()

    return go


@pytest.fixture
def track(db) -> Track:
    return TrackFactory(answers={"label_licensed": False})


@pytest.fixture
def artist(track) -> User:
    return track.release.owner


@pytest.fixture
def officer(db) -> User:
    return ComplianceOfficerFactory()


@pytest.fixture
def label_staff(track) -> User:
    """Staff of a label that the track's release belongs to."""
    track.release.label = LabelFactory()
    track.release.save()
    return MembershipFactory(label=track.release.label).user
