"""Screening a track again because a person asks."""

import pytest

from apps.catalogue.states import TrackState
from apps.policy.gate import clearance
from apps.review.again import CannotScreenAgain, screen_again
from apps.review.models import Case
from apps.screening.models import ScreeningRun
from tests.factories import CaseFactory, DecisionFactory, ReviewerFactory, TrackFactory

pytestmark = pytest.mark.django_db


def cleared():
    track = TrackFactory(state=TrackState.CLEARED)
    decision = DecisionFactory(track=track, outcome="allowed")
    track.declaration, track.audio = decision.declaration, decision.audio
    track.save()
    return track


def test_a_held_track_is_checked_anew_and_its_case_closes() -> None:
    case = CaseFactory(reasons=["check_unfinished"])
    track = case.track
    run = screen_again(track=track, by=ReviewerFactory(), why="voice")
    track.refresh_from_db()
    case.refresh_from_db()
    assert (track.state, case.state) == (TrackState.SUBMITTED, Case.State.OVERTAKEN)
    assert (run.state, run.declaration) == (ScreeningRun.State.QUEUED, track.declaration)


def test_a_cleared_track_is_kept_back_until_it_is_decided_again() -> None:
    track = cleared()
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
