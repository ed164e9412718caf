"""The life of a track: every step through the table, every step on record."""

from pathlib import Path

import pytest

from apps.audit.models import Event
from apps.catalogue.management.commands.state_diagram import diagram
from apps.catalogue.states import MOVES, ForbiddenMove, TrackState, can_move, move
from tests.factories import TrackFactory

STATES = TrackState.values


def test_the_page_about_states_is_true() -> None:
    assert Path("docs/states.md").read_text() == diagram()


def test_every_state_has_a_way_on_and_can_be_reached() -> None:
    assert set(MOVES) == set(STATES)
    reached = {TrackState.DRAFT}.union(*MOVES.values())
    assert reached == set(STATES)
    assert all(MOVES[TrackState(state)] for state in STATES)


def test_nothing_is_cleared_without_having_been_checked() -> None:
    ways_in = {before for before in STATES if can_move(before, TrackState.CLEARED)}
    assert ways_in == {TrackState.SUBMITTED, TrackState.HELD}


@pytest.mark.django_db
@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("to", STATES)
def test_each_move_is_made_and_recorded_or_refused(before: str, to: str) -> None:
    track = TrackFactory(state=before)
    if can_move(before, to):
        move(track=track, to=TrackState(to), actor=None, because="test")
        track.refresh_from_db()
        event = Event.objects.get(subject_id=str(track.pk), kind=f"track.{to}")
        assert track.state == to
        assert event.data == {"from": before, "to": to, "because": "test"}
    else:
        with pytest.raises(ForbiddenMove, match="cannot become"):
            move(track=track, to=TrackState(to), actor=None)
        track.refresh_from_db()
        assert track.state == before
        assert not Event.objects.filter(subject_id=str(track.pk), kind=f"track.{to}").exists()
