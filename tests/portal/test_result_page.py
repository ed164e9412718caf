"""The result: progress while it runs, then what was decided, why, and what to do about it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.pipeline.steps import STATE_AFTER, submit_release
from apps.policy.decisions import decide_run
from apps.policy.models import Outcome
from apps.policy.publish import law_of, publish_shipped_ruleset
from apps.review.actions import decide_case
from apps.review.cases import open_case
from apps.review.claim import claim_case
from apps.review.closing import Words
from apps.review.explaining import CannotExplain, explain_to_reviewer
from apps.review.models import Case
from apps.screening.checks import CHECKS
from apps.screening.models import Finding, Rendition, ScreeningRun
from tests.factories import (
    ArtistFactory,
    CheckResultFactory,
    ProofFactory,
    ReleaseFactory,
    RenditionFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db
CLEAN = {
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "rights_in_result": "all_held",
}
SAMPLE = {"kind": "sample", "of": "“Delta”, Nile Records", "licence": "held"}
CLONE = {"imitates": "real_person", "person": "A Singer"}
MATCH = {
    "code": "same_recording",
    "score": 0.98,
    "summary": "0:41 to 1:07 matches “Delta”.",
    "evidence": [{"kind": "match", "start_s": 41.0, "end_s": 67.0, "detail": {"title": "Delta"}}],
}
UNDECLARED = {
    "code": "undeclared_generation",
    "score": 1.0,
    "summary": "The file says “made with suno”.",
    "evidence": [
        {"kind": "tag", "detail": {"field": "COMM", "value": "made with suno; id=1"}},
        {"kind": "field", "detail": {"path": "ai", "value": []}},
    ],
}


@pytest.fixture(autouse=True)
def law():
    return publish_shipped_ruleset()


@pytest.fixture
def artist():
    return ArtistFactory(name="Asha Rao")


@pytest.fixture
def browser(artist):
    client = Client()
    client.force_login(artist)
    return client


def submitted(artist, **changed):
    """A track on its way, with its waiting run."""
    release = ReleaseFactory(owner=artist, artwork_ai="none")
    track = TrackFactory(
        release=release, parental_advisory="none", answers={**CLEAN, **changed}, title="River"
    )
    (run,) = submit_release(
        release=release, by=artist, terms_version="2026-11-20", submission_key=uuid4().hex
    )
    track.refresh_from_db()
    return track, run


def checked(run, *, found=None, failed="", upto=None):
    """Results of checks as a worker saves them."""
    for check in CHECKS[:upto]:
        status = "error" if check.slug == failed else "ok"
        note = "The check took longer than 120 s." if status == "error" else ""
        result = CheckResultFactory(run=run, slug=check.slug, status=status, note=note)
        for place, finding in enumerate((found or {}).get(check.slug, [])):
            Finding.objects.create(result=result, position=place, **finding)


def decided(artist, *, answers=None, **said):
    """A track that the machine decided."""
    track, run = submitted(artist, **(answers or {}))
    checked(run, **said)
    run.state = ScreeningRun.State.DONE
    run.save()
    decision = decide_run(run=run)
    move(track=track, to=STATE_AFTER[Outcome(decision.outcome)], actor=None)
    if track.state == TrackState.HELD:
        open_case(track=track, decision=decision)
    return track


def page_of(browser, track, part=False):
    return browser.get(f"/tracks/{track.pk}/result/{'?part' if part else ''}")


def by_person(track, verb, reason, note=""):
    """What a reviewer does with the open case; severe ones get their second look."""
    case, reviewer = track.cases.get(state="open"), ReviewerFactory()
    claim_case(case=case, by=reviewer)
    case.refresh_from_db()
    decide_case(case=case, by=reviewer, verb=verb, words=Words([reason], note, ""))
    track.refresh_from_db()


# --- while it runs ---


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


# --- what was decided ---


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
    assert "duplicates.U2" in page.text
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


# --- explaining, objecting, withdrawing ---


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
