"""Tracks on their way and tracks that were decided, as the portal's result page meets them."""

from uuid import uuid4

from apps.catalogue.states import TrackState, move
from apps.pipeline.steps import STATE_AFTER, submit_release
from apps.policy.decisions import decide_run
from apps.policy.models import Outcome
from apps.review.actions import decide_case
from apps.review.cases import open_case
from apps.review.claim import claim_case
from apps.review.closing import Words
from apps.screening.checks import CHECKS
from apps.screening.models import Finding, ScreeningRun
from tests.factories import CheckResultFactory, ReleaseFactory, ReviewerFactory, TrackFactory
from tests.portal.drafting import CLEAN

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
