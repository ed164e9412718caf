"""After the result: explaining, objecting, withdrawing, correcting."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.review.claim import claim_case
from apps.review.explaining import CannotExplain, explain_to_reviewer
from apps.review.models import Case
from tests.factories import SeniorReviewerFactory
from tests.portal.judging import CLONE, UNDECLARED, decided, page_of, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]


def test_an_explanation_stands_beside_the_evidence(browser, artist):
    track = decided(artist, found={"disclosure": [UNDECLARED]})
    empty = browser.post(f"/tracks/{track.pk}/explain/", {"note": "  "})
    assert "Write a sentence or two first." in empty.text
    before = track.cases.get().version
    told = browser.post(
        f"/tracks/{track.pk}/explain/", {"note": "A friend tagged it."}, follow=True
    )
    case = track.cases.get()
    assert case.artist_note == "A friend tagged it."
    assert case.version > before  # whoever has it open is told
    assert "reads it before deciding" in told.text
    browser.post(f"/tracks/{track.pk}/explain/", {"note": "And I have the stems."})
    assert track.cases.get().artist_note == "A friend tagged it.\n\nAnd I have the stems."


def test_too_much_is_not_kept_and_nobody_is_asked_twice(artist):
    track = decided(artist, found={"disclosure": [UNDECLARED]})
    with pytest.raises(CannotExplain, match="4000"):
        explain_to_reviewer(track=track, by=artist, note="a" * 4001)
    Case.objects.update(state="overtaken", closed_at=timezone.now())
    with pytest.raises(CannotExplain, match="Nobody is waiting"):
        explain_to_reviewer(track=track, by=artist, note="Hello")


def test_an_objection_holds_the_track_again_for_somebody_else(browser, artist):
    track = decided(artist, answers={"voice": CLONE})
    told = browser.post(f"/tracks/{track.pk}/explain/", {"note": "It is me."}, follow=True)
    track.refresh_from_db()
    case = track.cases.get()
    assert (track.state, case.kind, case.artist_note) == (TrackState.HELD, "appeal", "It is me.")
    assert "Your objection is with us" in told.text
    assert "Somebody who did not decide before looks at it" in told.text
    Track.objects.filter(pk=track.pk).update(state=TrackState.REFUSED)
    Case.objects.update(state="overtaken", closed_at=timezone.now() + timedelta(seconds=1))
    again = browser.post(f"/tracks/{track.pk}/explain/", {"note": "It is me!"})
    assert "You objected to this decision before" in again.text


def test_withdrawing_is_asked_once_more_and_ends_everything(browser, artist):
    track, run = submitted(artist)
    asked = browser.get(f"/tracks/{track.pk}/withdraw/")
    assert "Withdraw “River”?" in asked.text
    track.refresh_from_db()
    assert track.state == TrackState.SUBMITTED
    done = browser.post(f"/tracks/{track.pk}/withdraw/", follow=True)
    track.refresh_from_db()
    run.refresh_from_db()
    assert (track.state, run.state) == (TrackState.WITHDRAWN, "failed")
    assert "River is withdrawn." in done.text
    twice = browser.post(f"/tracks/{track.pk}/withdraw/", follow=True)
    assert "cannot become withdrawn" in twice.text


def test_after_a_correction_the_same_file_is_checked_again(browser, artist):
    track = decided(artist, answers={"voice": CLONE})
    audio = track.audio_id
    data = {"question": "voice:voice.imitates", "revision": track.revision, "choice": "nobody"}
    browser.post(f"/tracks/{track.pk}/questions/", data)
    browser.post(
        f"/releases/{track.release_id}/submit/",
        {"accepted": "on", "terms_version": "2026-11-20", "submission_key": uuid4().hex},
    )
    track.refresh_from_db()
    assert (track.state, track.audio_id) == (TrackState.SUBMITTED, audio)
    assert track.runs.count() == 2
    history = [step.words for step in page_of(browser, track).context["result"].history]
    assert history == ["submitted", "refused", "submitted"]


def test_a_second_person_is_not_shown_either(browser, artist):
    track = decided(artist, found={"disclosure": [UNDECLARED]})
    senior = SeniorReviewerFactory(name="Sunniva Senior")
    case = track.cases.get()
    claim_case(case=case, by=senior)
    assert "Sunniva" not in page_of(browser, track).text
