"""Who may see and change a release and its tracks."""

import pytest
from django.test import Client

from apps.catalogue.states import TrackState
from tests.factories import ArtistFactory, LabelStaffFactory, ReviewerFactory
from tests.portal.drafting import track_data

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]
PLACES = (
    "/releases/{release}/",
    "/releases/{release}/submit/",
    "/releases/{release}/result/",
    "/tracks/{track}/",
    "/tracks/{track}/questions/",
    "/tracks/{track}/result/",
    "/tracks/{track}/explain/",
    "/tracks/{track}/withdraw/",
)
ACTIONS = (
    "/releases/{release}/remove/",
    "/tracks/{track}/move/",
    "/tracks/{track}/remove/",
    "/tracks/{track}/entries/",
)


@pytest.mark.parametrize("place", [*PLACES, *ACTIONS])
def test_what_belongs_to_somebody_else_does_not_exist(place, release, track):
    address = place.format(release=release.pk, track=track.pk)
    stranger = Client()
    stranger.force_login(ArtistFactory())
    method = stranger.get if place in PLACES else stranger.post
    assert method(address).status_code == 404
    assert stranger.post(address).status_code in (404, 405)
    track.refresh_from_db()
    assert track.state == TrackState.DRAFT


@pytest.mark.parametrize("place", [*PLACES, "/releases/"])
def test_visitors_log_in_first_and_other_roles_are_told(place, release, track):
    address = place.format(release=release.pk, track=track.pk)
    assert Client().get(address).url.startswith("/account/login/")
    for person in (ReviewerFactory(), LabelStaffFactory()):
        other = Client()
        other.force_login(person)
        refused = other.get(address)
        assert refused.status_code == 403
        assert "not for your account" in refused.text


@pytest.mark.parametrize("place", [*ACTIONS, "/releases/new/"])
def test_changes_are_never_made_by_a_link(place, browser, release, track):
    address = place.format(release=release.pk, track=track.pk)
    assert browser.get(address).status_code == 405


def test_a_form_from_elsewhere_is_refused_in_our_words(artist, track):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(artist)
    refused = careful.post(f"/tracks/{track.pk}/", track_data(track, title="Stolen"))
    assert refused.status_code == 403
    assert "This form was open for too long" in refused.text
    track.refresh_from_db()
    assert track.title == "River"
