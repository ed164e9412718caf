"""The result: progress while it runs, then what was decided, and why."""

import json
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.policy.publish import law_of
from apps.screening.checks import CHECKS
from apps.screening.models import Rendition
from tests.factories import (
    ArtistFactory,
    ProofFactory,
    ReleaseFactory,
    RenditionFactory,
    TrackFactory,
)
from tests.portal.judging import (
    CLONE,
    MATCH,
    SAMPLE,
    UNDECLARED,
    by_person,
    checked,
    decided,
    page_of,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]


def test_while_it_runs_every_check_has_a_line_and_the_page_looks_again(browser, artist):
    track, run = submitted(artist)
    waiting = page_of(browser, track)
    assert "You are next." in waiting.text
    assert waiting["X-Running"] == "yes"
    assert '<noscript><meta http-equiv="refresh" content="5">' in waiting.text
    assert [line.state for line in waiting.context["result"].checks] == ["waiting"] * len(CHECKS)

    run.state, run.token, run.lease_until = "running", uuid4(), timezone.now()
    run.save()
    checked(run, upto=2)
    part = page_of(browser, track, part=True)
    assert "<html" not in part.text
    assert "2 of" in part.text
    states = [line.state for line in part.context["result"].checks]
    assert states[:3] == ["clean", "clean", "running"]
    assert set(states[3:]) <= {"waiting"}
    assert "You may leave this page" in part.text


def test_a_place_in_line_is_told(browser, artist):
    for _ in range(2):
        submitted(ArtistFactory())
    track, _run = submitted(artist)
    assert "2 tracks are checked before yours." in page_of(browser, track).text


def test_when_it_is_done_the_page_stops_looking(browser, artist):
    track = decided(artist)
    page = page_of(browser, track)
    assert page["X-Running"] == "no"
    assert "http-equiv" not in page.text


def test_the_release_shows_all_its_tracks(browser, artist, django_assert_max_num_queries):
    track = decided(artist, found={"fingerprint": [MATCH]})
    for n in range(12):
        TrackFactory(release=track.release, title=f"Song {n}")
    with django_assert_max_num_queries(20):
        page = browser.get(f"/releases/{track.release_id}/result/")
    assert "Another account has submitted this recording" in page.text
    assert page["X-Running"] == "no"


def test_cleared_says_where_it_goes_and_under_which_rules(browser, artist, law):
    track = decided(artist)
    page = page_of(browser, track)
    assert track.state == TrackState.CLEARED
    assert "Cleared." in page.text
    assert "Spotify" in page.text
    assert "goes there" in page.text
    assert law.pk in page.text
    assert "By machine" in page.text


def test_held_names_the_seconds_the_rule_and_what_to_send(browser, artist):
    track = decided(artist, found={"fingerprint": [MATCH]})
    RenditionFactory(audio=track.audio, kind=Rendition.Kind.PEAKS)
    RenditionFactory(audio=track.audio, kind=Rendition.Kind.PREVIEW)
    page = page_of(browser, track)
    assert track.state == TrackState.HELD
    reason = page.context["result"].reasons[0]
    assert [(place.start_s, place.end_s, place.number) for place in reason.places] == [
        (41.0, 67.0, 0)
    ]
    assert "0:41–1:07" in page.text
    assert "shares 26 seconds with “Delta”" in page.text
    assert "duplicates.U3" in page.text
    assert "If it is yours, or you hold a licence for what is shared, send the proof." in page.text
    assert [fix.url for fix in reason.fixes] == [
        f"/tracks/{track.pk}/#proofs",
        f"/tracks/{track.pk}/explain/",
    ]
    assert "You have an answer by" in page.text
    regions = json.loads(page.context["result"].player_regions)
    assert [(one["start"], one["end"]) for one in regions] == [(41.0, 67.0)]
    assert "<track-player" in page.text


def test_held_names_the_field_and_its_value(browser, artist):
    track = decided(artist, found={"disclosure": [UNDECLARED]})
    page = page_of(browser, track)
    assert page.context["result"].headline.startswith("We found something that you did not tell us")
    assert "made with suno; id=1" in page.text
    assert "COMM" in page.text
    first = page.context["result"].reasons[0]
    assert (first.fixes[0].label, first.fixes[0].primary) == ("Change the answer", True)
    traces = [trace for reason in page.context["result"].reasons for trace in reason.traces]
    assert len(traces) == 1  # told once, beside the first reason that rests on it


def test_refused_says_what_was_said_and_how_to_object(browser, artist):
    track = decided(artist, answers={"voice": CLONE})
    page = page_of(browser, track)
    assert track.state == TrackState.REFUSED
    assert "A cloned voice of a real person" in page.text
    assert "A Singer" in page.text
    assert f"/tracks/{track.pk}/explain/" in page.text
    assert "somebody who did not decide it looks at it" in page.text
    assert {one.verdict for one in page.context["result"].stores} == {"refused"}


def test_a_missing_proof_leads_to_its_place(browser, artist):
    track = decided(artist, answers={"borrowed": [SAMPLE]})
    page = page_of(browser, track)
    assert "“Delta”, Nile Records" in page.text
    fixes = page.context["result"].reasons[0].fixes
    assert [(str(fix.label), fix.url) for fix in fixes] == [
        ("Add the licence", f"/tracks/{track.pk}/#proofs"),
        ("Change the answer", f"/tracks/{track.pk}/?question=borrowed:borrowed#made"),
    ]


def test_what_is_good_to_know_holds_nothing_and_is_told(browser, artist):
    peaks = {"code": "clipping", "score": 0.9, "summary": "Clipped.", "evidence": []}
    track = decided(artist, found={"technical": [peaks]})
    page = page_of(browser, track)
    assert track.state == TrackState.CLEARED
    assert "Clipped peaks" in page.text
    line = next(one for one in page.context["result"].checks if one.slug == "technical")
    assert line.state == "noted"


def test_our_own_fault_says_so_with_a_reference(browser, artist):
    track = decided(artist, failed="fingerprint")
    page = page_of(browser, track)
    run = track.runs.get()
    assert "failed on our side" in page.text
    assert str(run.pk) in page.text
    assert "That is not your fault" in page.text
    labels = [str(fix.label) for reason in page.context["result"].reasons for fix in reason.fixes]
    assert "Add the licence" not in labels  # there is nothing that the artist could mend


def test_a_run_that_was_given_up_says_why(browser, artist):
    track = decided(artist, failed="fingerprint")
    text = "We tried three times to screen this track. Reference: 17"
    track.runs.update(state="failed", error_code="worker_lost", error_text=text)
    assert text in page_of(browser, track).text


def test_a_person_is_a_role_and_not_a_name(browser, artist):
    track = decided(artist, answers={"borrowed": [SAMPLE]})
    note = "We hear a sample at 0:41. Please add the licence."
    by_person(track, "ask", "ask_licence", note)
    page = page_of(browser, track)
    reviewer = track.decisions.current().get().made_by
    assert track.state == TrackState.CHANGES_ASKED
    assert "By a person (reviewer)" in page.text
    assert reviewer.name not in page.text
    assert reviewer.email not in page.text
    assert note in page.text
    fixes = page.context["result"].reasons[0].fixes
    assert fixes[0].url == f"/tracks/{track.pk}/#proofs"


def test_a_proof_alone_is_enough_to_submit_again(browser, artist):
    track = decided(artist, answers={"borrowed": [SAMPLE]})
    by_person(track, "ask", "ask_rights", "Show us that it is yours.")
    assert not browser.get(f"/releases/{track.release_id}/submit/").context["ready"]
    ProofFactory(track=track, concerns="rights")
    assert browser.get(f"/releases/{track.release_id}/submit/").context["ready"]


def test_every_reason_of_the_law_can_be_shown(browser, artist, law):
    """No combination of facts leads to a button that breaks the page."""
    track = decided(artist, answers={"voice": CLONE})
    Track.objects.filter(pk=track.pk).update(state=TrackState.HELD)
    track.refresh_from_db()
    result = page_of(browser, track).context["result"]
    for name in law_of(law).facts:
        result.decision.reasons = [
            {"rule": "r", "code": "undetermined", "outcome": "needs_review", "facts": [name]}
        ]
        result.__dict__.pop("reasons", None)
        assert all(fix.url.startswith("/") for shown in result.reasons for fix in shown.fixes)


def test_few_queries(browser, artist, django_assert_max_num_queries):
    track = decided(artist, found={"fingerprint": [MATCH] * 30, "disclosure": [UNDECLARED] * 30})
    with django_assert_max_num_queries(20):
        page_of(browser, track)
    running, _run = submitted(artist)
    with django_assert_max_num_queries(20):
        page_of(browser, running, part=True)


@pytest.mark.parametrize("state", TrackState.values)
def test_there_is_a_page_for_every_state(browser, artist, state):
    track = TrackFactory(release=ReleaseFactory(owner=artist), state=state)
    assert page_of(browser, track).status_code == 200
    assert browser.get(f"/tracks/{track.pk}/").status_code == 200
    assert browser.get(f"/tracks/{track.pk}/explain/").status_code == 200
    assert browser.get(f"/tracks/{track.pk}/withdraw/").status_code == 200


def test_a_match_tells_where_it_lies_there_and_what_was_done_to_it(browser, artist):
    detail = {
        "title": "Delta",
        "artist": "Nile Records",
        "reference_start_s": 12.0,
        "reference_end_s": 38.8,
        "speed": 1.031,
        "pitch_cents": 200,
    }
    piece = {"kind": "match", "start_s": 41.0, "end_s": 67.0, "detail": detail}
    page = page_of(browser, decided(artist, found={"fingerprint": [MATCH | {"evidence": [piece]}]}))
    told = "shares 26 seconds with “Delta” (Nile Records), 0:12–0:38 there, 3.1\u00a0% faster"
    assert f"{told}, 2 semitones higher" in page.text
    regions = json.loads(page.context["result"].player_regions)
    assert set(regions[0]) == {"start", "end", "label", "kind"}  # no way to the other recording
    assert "/media/reference/" not in page.text
