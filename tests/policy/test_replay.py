"""Decisions computed again, and compared with their rows and with the log."""

from typing import Any

import pytest
from django.db import connection

from apps.audit.models import Event, EventDetail
from apps.audit.record import erase_details
from apps.catalogue.models import AudioFile
from apps.policy import guards
from apps.policy.decisions import decide_run
from apps.policy.models import Decision
from apps.policy.replay import replay
from tests.factories import AudioFileFactory, ReviewerFactory
from tests.policy.rows import found, published, screened
from tests.policy.test_decisions import ruling

pytestmark = pytest.mark.django_db


def test_every_decision_is_computed_again_byte_for_byte() -> None:
    published()
    run = screened(ai=[{"part": "vocals", "extent": "generated", "tool": "suno"}])
    found(run, "technical", "truncated")
    ruling(decide_run(run=run))
    decide_run(run=screened())
    assert [one.problem for one in replay(Decision.objects.all())] == ["", "", ""]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("outcome", "not_allowed", "differs"),
        ("reasons", [], "differs"),
        ("destinations", {}, "differs"),
        ("needed_facts", ["voice"], "differs"),
        ("overruled", [{}], "differs"),
        ("facts", {"voice": {}}, "cannot be computed"),
        ("ruleset_sha256", "0" * 64, "not the one"),
    ],
)
def test_replay_notices_a_changed_row(field: str, value: Any, says: str) -> None:
    published()
    decide_run(run=screened())
    with guards.lifted(connection), connection.cursor() as cursor:
        stored = Decision._meta.get_field(field).get_db_prep_save(value, connection)
        cursor.execute(f"UPDATE policy_decision SET {field} = %s", [stored])
    (one,) = replay(Decision.objects.all())
    assert says in one.problem


def changed_beside_the_guards(sql: str, *values: Any) -> str:
    """What replay says of the only decision after somebody owned the database for a moment."""
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(f"UPDATE policy_decision SET {sql}", values)
    (one,) = replay(Decision.objects.all())
    return one.problem


def test_a_change_that_computes_again_is_told_by_the_log() -> None:
    published()
    made = decide_run(run=screened())
    facts = {**made.facts}
    name = next(iter(facts))
    facts[name] = {**facts[name], "note": "Somebody else wrote this."}
    stored = Decision._meta.get_field("facts").get_db_prep_save(facts, connection)
    assert changed_beside_the_guards("facts = %s", stored) == (
        "Its row was changed after it was made: the log holds another trace_sha256."
    )


def test_a_decision_is_not_moved_to_another_recording() -> None:
    published()
    decide_run(run=screened())
    audio = AudioFileFactory(sha256="e" * 64)
    key = AudioFile._meta.pk.get_db_prep_save(audio.pk, connection)
    assert "another audio_sha256" in changed_beside_the_guards("audio_id = %s", key)


def test_what_was_erased_from_the_log_or_never_stood_there_is_not_compared() -> None:
    published()
    made = decide_run(run=screened())
    event = Event.objects.get(kind="decision.made")
    EventDetail.objects.filter(event=event).update(data={"outcome": "allowed"})  # an older event
    assert [one.problem for one in replay(Decision.objects.all())] == [""]
    erase_details(events=[event], by=ReviewerFactory(), reason="asked")
    assert [one.problem for one in replay(Decision.objects.filter(pk=made.pk))] == [""]
