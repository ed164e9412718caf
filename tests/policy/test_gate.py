"""The gate opens for a cleared track under its current decision, and for nothing else."""

import threading
from typing import Any

import pytest
from django.db import connection

from apps.catalogue.states import TrackState
from apps.policy import guards
from apps.policy.decisions import RulingConflict, decide_run, record_ruling
from apps.policy.gate import clearance
from apps.policy.models import Decision
from tests.factories import AudioFileFactory, DeclarationFactory, ReviewerFactory, TrackFactory
from tests.policy.rows import published, screened, stands_cleared

pytestmark = pytest.mark.django_db


def cleared_track(**said: Any) -> Any:
    published()
    return stands_cleared(decide_run(run=screened(**said)))


def test_a_cleared_track_leaves() -> None:
    track = cleared_track()
    found = clearance(track=track)
    assert found.cleared
    assert found.reasons == ()
    assert found.as_dict() == {
        "cleared": True,
        "decision": str(track.decisions.get().pk),
        "reasons": [],
    }
    assert clearance(track=track, destination="spotify").cleared


def test_without_a_decision_nothing_leaves() -> None:
    found = clearance(track=TrackFactory(state=TrackState.CLEARED))
    assert (found.cleared, found.decision_id) == (False, None)
    assert found.as_dict()["decision"] is None
    assert "No decision" in found.reasons[0]


@pytest.mark.parametrize(
    ("said", "word"),
    [({"voice": {"imitates": "real_person"}}, "refused"), ({"failed": "metadata"}, "held")],
)
def test_a_held_or_refused_track_stays_and_says_why(said: dict[str, Any], word: str) -> None:
    track = cleared_track(**said)
    found = clearance(track=track)
    assert not found.cleared
    assert word in found.reasons[0]


@pytest.mark.parametrize("state", [s for s in TrackState if s != TrackState.CLEARED])
def test_only_the_state_cleared_opens_it(state: str) -> None:
    track = cleared_track()
    track.state = state
    track.save(update_fields=["state"])
    found = clearance(track=track)
    assert not found.cleared
    assert track.get_state_display() in found.reasons[0]


def test_a_new_declaration_closes_it() -> None:
    track = cleared_track()
    DeclarationFactory(track=track)
    assert "changed after the decision" in clearance(track=track).reasons[0]


def test_a_new_audio_file_closes_it() -> None:
    track = cleared_track()
    track.audio = AudioFileFactory(owner=track.release.owner)
    track.save(update_fields=["audio"])
    assert "changed after the decision" in clearance(track=track).reasons[0]


def test_it_reads_the_database_and_not_the_object_it_is_given() -> None:
    track = cleared_track()
    stale = type(track).objects.get(pk=track.pk)
    track.state = TrackState.WITHDRAWN
    track.save(update_fields=["state"])
    assert not clearance(track=stale).cleared


def test_a_later_decision_counts() -> None:
    published()
    machine = decide_run(run=screened(failed="technical"))
    person = record_ruling(
        track=machine.track,
        by=ReviewerFactory(),
        outcome="allowed",
        reason_codes=["nothing_found"],
        expected_decision=machine,
    )
    found = clearance(track=stands_cleared(person))
    assert (found.cleared, found.decision_id) == (True, person.pk)
    decide_run(run=screened(track=machine.track, rights_in_result="not_all_held"))
    assert not clearance(track=machine.track).cleared


@pytest.mark.parametrize(
    ("destination", "says"),
    [
        ("bandcamp", "not open to the track"),
        ("deezer", "did not choose"),
        ("a store that nobody knows", "No decision was made"),
        ("", "No decision was made"),
    ],
)
def test_a_destination_must_be_known_chosen_and_open(destination: str, says: str) -> None:
    ai = [
        {
            "part": "vocals",
            "extent": "generated",
            "model_training": "licensed_or_own",
            "inputs": "own_or_cleared",
        }
    ]
    track = cleared_track(ai=ai)
    assert clearance(track=track, destination="spotify").cleared
    found = clearance(track=track, destination=destination)
    assert not found.cleared
    assert says in found.reasons[0]


def test_where_no_destination_was_chosen_none_is_open() -> None:
    track = cleared_track(destinations=[])
    assert clearance(track=track).cleared
    assert not clearance(track=track, destination="spotify").cleared


def test_a_ruleset_that_is_not_the_one_of_the_decision_closes_it() -> None:
    track = cleared_track()
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE policy_ruleset SET sha256 = %s", ["0" * 64])
    assert "ruleset" in clearance(track=track).reasons[0]


def test_a_row_with_a_reason_that_nobody_knows_is_still_answered() -> None:
    track = cleared_track(failed="metadata")
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE policy_decision SET reasons = %s", ['[{"code": "long gone"}]'])
    found = clearance(track=track)
    assert not found.cleared
    assert "long gone" in found.reasons[0]


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_ruling() -> None:
    published()
    machine = decide_run(run=screened(failed="technical"))
    people = [ReviewerFactory(), ReviewerFactory()]
    together, results = threading.Barrier(2), []

    def decide(person: Any) -> None:
        together.wait()
        try:
            record_ruling(
                track=machine.track,
                by=person,
                outcome="allowed",
                reason_codes=["nothing_found"],
                expected_decision=machine,
            )
            results.append("done")
        except RulingConflict:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done", "told"]
    assert Decision.objects.count() == 2
