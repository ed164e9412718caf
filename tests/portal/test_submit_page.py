"""Submitting a release: what is read back, what goes, and that one bad track blocks none."""

from uuid import uuid4

import pytest

from apps.catalogue.models import AudioFile, Declaration, Release, Track
from apps.catalogue.states import TrackState
from apps.catalogue.terms import CURRENT
from tests.factories import AudioFileFactory, TrackFactory
from tests.portal.drafting import CLEAN, ready_track, submission, track_data

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]


def test_submitting_reads_back_what_is_declared_and_asks_for_responsibility(
    browser, release, track
):
    page = browser.get(f"/releases/{release.pk}/submit/").text
    assert "Asha Rao" in page
    assert "I answer for every right in these tracks" in page
    refused = browser.post(f"/releases/{release.pk}/submit/", submission(accepted=""))
    assert "Tick the box" in refused.text
    assert not Declaration.objects.exists()
    sent = browser.post(f"/releases/{release.pk}/submit/", submission())
    assert sent.url == f"/releases/{release.pk}/result/"
    declaration = Declaration.objects.get()
    assert (declaration.terms_version, declaration.made_by) == (CURRENT, release.owner)
    track.refresh_from_db()
    assert track.state == TrackState.SUBMITTED


def test_sending_the_form_twice_submits_once(browser, release, track):
    data = submission()
    first = browser.post(f"/releases/{release.pk}/submit/", data)
    second = browser.post(f"/releases/{release.pk}/submit/", data)
    assert first.url == second.url == f"/releases/{release.pk}/result/"
    assert Declaration.objects.count() == track.runs.count() == 1


def test_one_unfinished_track_keeps_nobody_back(browser, release, track):
    without_audio = TrackFactory(release=release, title="No audio", audio=None, answers=CLEAN)
    unread = TrackFactory(
        release=release,
        title="Unread",
        audio=AudioFileFactory(owner=release.owner, state=AudioFile.State.RECEIVED),
        answers=CLEAN,
    )
    unanswered = TrackFactory(release=release, title="Unanswered")
    page = browser.get(f"/releases/{release.pk}/submit/")
    assert [one.track for one, _lines in page.context["ready"]] == [track]
    assert {one.track for one in page.context["waiting"]} == {without_audio, unread, unanswered}
    browser.post(f"/releases/{release.pk}/submit/", submission())
    assert set(release.tracks.filter(state=TrackState.SUBMITTED)) == {track}


def test_a_release_that_is_unfinished_itself_submits_nothing(browser, release, track):
    Release.objects.filter(pk=release.pk).update(artwork_ai="", destinations=[])
    page = browser.get(f"/tracks/{track.pk}/").text
    assert "Say how the artwork was made" in page
    assert "Choose where it should go" in page
    told = browser.post(f"/releases/{release.pk}/submit/", submission(), follow=True)
    assert not Declaration.objects.exists()
    assert "No track is ready yet" in told.text


def test_only_the_ticked_tracks_go(browser, release, track):
    second = ready_track(release, "Rain")
    none = browser.post(f"/releases/{release.pk}/submit/", submission(choosing="1"), follow=True)
    assert "Choose at least one track" in none.text
    chosen = submission(choosing="1", track=[str(second.pk), str(uuid4()), "x"])
    browser.post(f"/releases/{release.pk}/submit/", chosen)
    assert set(release.tracks.filter(state=TrackState.SUBMITTED)) == {second}


def test_a_track_that_would_be_refused_is_told_so_and_not_ticked(browser, release, track):
    clone = {"imitates": "real_person", "person": "A Singer"}
    refused = ready_track(release, "Clone")
    Track.objects.filter(pk=refused.pk).update(answers={**CLEAN, "voice": clone})
    page = browser.get(f"/releases/{release.pk}/submit/")
    assert "As answered, it will be refused: A cloned voice of a real person." in page.text
    assert page.context["chosen"] == {track.pk}


def test_words_that_have_changed_are_read_again(browser, release, track):
    old = submission(terms_version="2020-01-01")
    told = browser.post(f"/releases/{release.pk}/submit/", old, follow=True)
    assert "have changed since you opened this page" in told.text
    assert not Declaration.objects.exists()


def test_a_held_track_goes_again_only_once_it_has_changed(browser, release, track):
    browser.post(f"/releases/{release.pk}/submit/", submission())
    Track.objects.filter(pk=track.pk).update(state=TrackState.HELD)
    track.refresh_from_db()
    track.runs.update(state="done")
    assert not browser.get(f"/releases/{release.pk}/submit/").context["ready"]
    browser.post(f"/tracks/{track.pk}/", track_data(track, title="River again"))
    assert browser.get(f"/releases/{release.pk}/submit/").context["ready"]
    browser.post(f"/releases/{release.pk}/submit/", submission())
    assert track.declarations.count() == 2
    assert track.audio == Track.objects.get(pk=track.pk).audio
