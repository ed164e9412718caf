"""Forms that strange clients send without anything in them."""

import pytest
from django.test import Client

from apps.catalogue.states import TrackState
from tests.factories import TrackFactory


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", "questions/", "move/", "explain/", "entries/", "proofs/"])
def test_nothing_sent_about_a_track_changes_nothing(client: Client, page: str) -> None:
    track = TrackFactory(state=TrackState.DRAFT, title="Rain")
    client.force_login(track.release.owner)
    assert client.post(f"/tracks/{track.pk}/{page}", {}).status_code < 500
    track.refresh_from_db()
    assert track.title == "Rain"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", "submit/", "uploads/plain/"])
def test_nothing_sent_about_a_release_changes_nothing(client: Client, page: str) -> None:
    track = TrackFactory(state=TrackState.DRAFT)
    client.force_login(track.release.owner)
    before = track.release.title
    assert client.post(f"/releases/{track.release.pk}/{page}", {}).status_code < 500
    track.release.refresh_from_db()
    assert track.release.title == before
