"""What the tests of an artist's pages share: the rulebook, an artist with a browser, a draft."""

import pytest
from django.test import Client

from apps.policy.publish import publish_shipped_ruleset
from tests.consent.conftest import prove  # noqa: F401  the same log
from tests.factories import ArtistFactory, ReleaseFactory
from tests.portal.drafting import ready_track


@pytest.fixture
def law(db):
    """The shipped rulebook, in force."""
    return publish_shipped_ruleset()


@pytest.fixture
def artist(db):
    return ArtistFactory(name="Asha Rao")


@pytest.fixture
def browser(artist):
    """Where `artist` is signed in."""
    client = Client()
    client.force_login(artist)
    return client


@pytest.fixture
def release(artist):
    return ReleaseFactory(owner=artist, title="Monsoon", artwork_ai="none")


@pytest.fixture
def track(release):
    return ready_track(release, "River")
