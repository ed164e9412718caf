"""Screening a track again because a person asks."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.catalogue.states import TrackState
from apps.policy.gate import clearance
from apps.review.again import CannotScreenAgain, screen_again
from apps.review.claim import claim_case
from apps.review.history import history
from apps.review.models import Case
from apps.screening.models import ScreeningRun
from tests.factories import (
    CaseFactory,
    ReviewerFactory,
    TrackFactory,
    cleared_track,
)

pytestmark = pytest.mark.django_db


def test_a_held_track_is_checked_anew_and_its_case_closes() -> None:
    case = CaseFactory(reasons=["check_unfinished"])
    track = case.track
    run = screen_again(track=track, by=ReviewerFactory(), why="voice")
    track.refresh_from_db()
    case.refresh_from_db()
    assert (track.state, case.state) == (TrackState.SUBMITTED, Case.State.OVERTAKEN)
    assert (run.state, run.declaration) == (ScreeningRun.State.QUEUED, track.declaration)


def test_a_cleared_track_is_kept_back_until_it_is_decided_again() -> None:
    track = cleared_track()
    assert clearance(track=track).cleared
    screen_again(track=track, by=ReviewerFactory(), why="complaint")
    assert not clearance(track=track).cleared


def test_asked_twice_it_is_one_run() -> None:
    track = CaseFactory(reasons=["check_unfinished"]).track
    screen_again(track=track, by=ReviewerFactory(), why="voice")
    with pytest.raises(CannotScreenAgain, match="held or cleared"):
        screen_again(track=track, by=ReviewerFactory(), why="voice")
    assert track.runs.filter(state=ScreeningRun.State.QUEUED).count() == 1


@pytest.mark.parametrize(
    "state", [TrackState.DRAFT, TrackState.REFUSED, TrackState.CHANGES_ASKED, TrackState.WITHDRAWN]
)
def test_other_states_are_left_alone(state: TrackState) -> None:
    track = TrackFactory(state=state)
    with pytest.raises(CannotScreenAgain):
        screen_again(track=track, by=ReviewerFactory(), why="voice")
    track.refresh_from_db()
    assert track.state == state


def test_only_who_has_the_case_has_it_checked_again_and_no_objection_is_lost() -> None:
    reviewer, client = ReviewerFactory(), Client()
    client.force_login(reviewer)
    case = CaseFactory(reasons=["check_unfinished"])
    address = reverse("admin:review_case_check_again", args=[case.pk])
    client.post(address)
    case.refresh_from_db()
    assert case.state == Case.State.OPEN
    claim_case(case=case, by=reviewer)
    Case.objects.filter(pk=case.pk).update(kind=Case.Kind.APPEAL)
    client.post(address)
    case.refresh_from_db()
    assert case.state == Case.State.OPEN
    Case.objects.filter(pk=case.pk).update(kind=Case.Kind.HELD)
    client.post(address)
    case.refresh_from_db()
    assert case.state == Case.State.OVERTAKEN
    told = [line.words for line in history(case, [case.pk], [])]
    assert told[-1] == "checked again"
