"""The list of an artist's releases."""

import pytest

from apps.catalogue.models import Release
from apps.catalogue.states import TrackState
from tests.factories import ReleaseFactory, TrackFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]


def test_the_empty_list_says_what_will_stand_there(browser):
    page = browser.get("/releases/")
    assert "Your releases will stand here" in page.text
    made = browser.post("/releases/new/")
    release = Release.objects.get()
    assert made.url == f"/releases/{release.pk}/"
    assert release.territories == ["worldwide"]


def test_the_list_counts_what_became_of_the_tracks(browser, release):
    TrackFactory(release=release, state=TrackState.HELD)
    TrackFactory(release=release, state=TrackState.CLEARED)
    TrackFactory(release=release, state=TrackState.CLEARED)
    TrackFactory(release=ReleaseFactory(), state=TrackState.REFUSED)
    page = browser.get("/releases/")
    counts = {str(one.state): one.count for one in page.context["totals"]}
    assert counts == {"held": 1, "cleared": 2}
    assert len(browser.get("/releases/?state=held").context["rows"]) == 1
    assert not browser.get("/releases/?state=refused").context["rows"]


def test_a_long_list_has_pages_and_few_queries(browser, artist, django_assert_max_num_queries):
    for _ in range(35):
        TrackFactory(release=ReleaseFactory(owner=artist))
    with django_assert_max_num_queries(20):
        page = browser.get("/releases/?page=2")
    assert len(page.context["rows"]) == 5
