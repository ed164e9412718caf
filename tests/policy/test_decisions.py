"""Decisions as rows: the machine's, a person's, and what happens when two want to decide."""

from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from apps.audit.models import Event
from apps.policy import guards
from apps.policy.decisions import (
    ReasonMissing,
    RulingConflict,
    current_decision,
    decide_run,
    record_ruling,
)
from apps.policy.models import AppendOnly, Decision, Outcome, Ruleset
from apps.policy.publish import (
    NoActiveRuleset,
    PublishedRulesetChanged,
    active_ruleset,
    law_of,
    publish_shipped_ruleset,
)
from apps.policy.reasons import UnknownReason
from apps.policy.shipped import shipped_ruleset
from tests.factories import AudioFileFactory, DeclarationFactory, ReviewerFactory
from tests.policy.rows import found, published, screened

pytestmark = pytest.mark.django_db


def codes(decision: Decision) -> list[str]:
    return [reason["code"] for reason in decision.reasons]


def ruling(decision: Decision, **more: Any) -> Decision:
    wanted = {
        "track": decision.track,
        "by": ReviewerFactory(),
        "outcome": Outcome.ALLOWED,
        "reason_codes": ["nothing_found"],
        "expected_decision": decision,
    }
    return record_ruling(**{**wanted, **more})


# ------------------------------------------------------------------ publishing


def test_publishing_twice_changes_nothing() -> None:
    first = publish_shipped_ruleset()
    events = Event.objects.count()
    again = publish_shipped_ruleset()
    assert (first.pk, first.state) == (again.pk, "active")
    assert Event.objects.count() == events
    assert law_of(again).sha256 == again.sha256 == shipped_ruleset().sha256


def test_without_a_ruleset_nothing_is_decided() -> None:
    run = screened()
    with pytest.raises(NoActiveRuleset, match="policy publish"):
        decide_run(run=run)
    assert not Decision.objects.exists()


def test_an_unused_ruleset_follows_the_shipped_text() -> None:
    row = published()
    Ruleset.objects.filter(pk=row.pk).update(text="old", sha256="0" * 64)
    publish_shipped_ruleset()
    assert active_ruleset().sha256 == shipped_ruleset().sha256


def test_a_used_ruleset_is_never_replaced() -> None:
    row = published()
    decide_run(run=screened())
    with guards.lifted(connection):
        Ruleset.objects.filter(pk=row.pk).update(text="old", sha256="0" * 64)
    with pytest.raises(PublishedRulesetChanged, match="id of its own"):
        publish_shipped_ruleset()


# ------------------------------------------------------------------ the machine's decision


def test_a_clean_track_is_allowed_with_reasons() -> None:
    row, run = published(), screened()
    decision = decide_run(run=run)
    assert decision.outcome == Outcome.ALLOWED
    assert {"no_ai_recording", "rights_held", "checks_finished"} <= set(codes(decision))
    assert (decision.ruleset_id, decision.ruleset_sha256) == (row.pk, row.sha256)
    assert (decision.automated_decision, decision.automated_detection) == (True, True)
    assert (decision.made_by, decision.ruling, decision.supersedes) == (None, None, None)
    assert decision.destinations["bandcamp"]["verdict"] == "deliver"
    event = Event.objects.get(kind="decision.made")
    assert event.subject_id == str(decision.pk)
    assert event.data["outcome"] == "allowed"


def test_a_finding_is_the_evidence_of_its_fact() -> None:
    published()
    run = screened()
    row = found(run, "disclosure", "undeclared_generation")
    decision = decide_run(run=run)
    assert decision.outcome == Outcome.NEEDS_REVIEW
    assert "evidence_contradicts" in codes(decision)
    assert str(row.pk) in decision.facts["ai_recording"]["evidence"]
    assert str(row.pk) in decision.facts["contradiction"]["evidence"]


def test_a_run_that_could_not_be_finished_is_held_and_says_why() -> None:
    published()
    run = screened()
    run.results.all().delete()
    run.error_text = "This file is a picture."
    run.save(update_fields=["error_text"])
    decision = decide_run(run=run)
    assert decision.outcome == Outcome.NEEDS_REVIEW
    assert "check_unfinished" in codes(decision)
    assert decision.facts["checks"]["note"] == "This file is a picture."


def test_a_failed_check_holds() -> None:
    published()
    assert "check_unfinished" in codes(decide_run(run=screened(failed="metadata")))


def test_a_refusal_by_declaration() -> None:
    published()
    decision = decide_run(run=screened(voice={"imitates": "real_person"}))
    assert (decision.outcome, codes(decision)[0]) == (Outcome.NOT_ALLOWED, "voice_clone")
    assert {d["verdict"] for d in decision.destinations.values()} == {"refused"}


def test_deciding_a_run_again_gives_the_same_decision() -> None:
    published()
    run = screened()
    assert decide_run(run=run).pk == decide_run(run=run).pk
    assert Decision.objects.count() == Event.objects.filter(kind="decision.made").count() == 1


def test_a_second_run_supersedes_the_first_decision() -> None:
    published()
    first = decide_run(run=screened())
    second = decide_run(run=screened(track=first.track, rights_in_result="not_all_held"))
    assert second.supersedes == first
    assert current_decision(first.track) == second
    assert list(Decision.objects.of_track(first.track)) == [first, second]


# ------------------------------------------------------------------ a person's decision


def test_a_ruling_supersedes_and_keeps_what_it_overruled() -> None:
    published()
    run = screened()
    found(run, "fingerprint", "same_recording")
    machine = decide_run(run=run)
    person = ReviewerFactory()
    decision = ruling(
        machine,
        by=person,
        reason_codes=["not_the_same_recording"],
        note="Listened to both.",
        note_to_artist="All good.",
    )
    assert (decision.outcome, decision.supersedes, decision.made_by) == ("allowed", machine, person)
    assert decision.ruling == {
        "outcome": "allowed",
        "reason_codes": ["not_the_same_recording"],
    }
    assert [one["code"] for one in decision.overruled] == ["same_recording_elsewhere"]
    assert decision.destinations["spotify"]["verdict"] == "deliver"
    assert (decision.automated_decision, decision.automated_detection) == (False, True)
    assert (decision.note, decision.note_to_artist) == ("Listened to both.", "All good.")
    assert Event.objects.filter(kind="decision.made", detail__actor=person).count() == 1


def test_approval_lets_a_contradicted_answer_stand_for_the_destinations() -> None:
    published()
    run = screened()
    found(run, "disclosure", "undeclared_generation")
    machine = decide_run(run=run)
    assert machine.destinations["bandcamp"]["verdict"] == "undecided"
    decision = ruling(machine, reason_codes=["trace_explained"])
    assert decision.facts["ai_recording"]["value"] == "none"
    assert decision.facts["ai_recording"]["source"] == "reviewed"
    assert decision.destinations["bandcamp"]["verdict"] == "deliver"


def test_a_request_for_changes_keeps_the_track_held() -> None:
    published()
    machine = decide_run(run=screened(borrowed=[{"kind": "cover", "licence": "held"}]))
    wanted = {"outcome": Outcome.NEEDS_REVIEW, "reason_codes": ["ask_licence"]}
    decision = ruling(machine, **wanted)
    assert (decision.outcome, codes(decision)) == ("needs_review", ["ask_licence"])


def test_a_person_may_refuse() -> None:
    published()
    machine = decide_run(run=screened(failed="fingerprint"))
    wanted = {"outcome": Outcome.NOT_ALLOWED, "reason_codes": ["refused_rights"]}
    assert ruling(machine, **wanted).destinations["spotify"]["verdict"] == "refused"


def test_the_second_of_two_reviewers_is_told_and_overwrites_nothing() -> None:
    published()
    machine = decide_run(run=screened(failed="fingerprint"))
    first = ruling(machine)
    with pytest.raises(RulingConflict, match="Load the page again"):
        ruling(machine, outcome=Outcome.NOT_ALLOWED, reason_codes=["refused_rights"])
    assert current_decision(machine.track) == first
    assert Decision.objects.count() == 2


def test_a_ruling_on_what_the_artist_has_changed_since_is_a_conflict() -> None:
    published()
    machine = decide_run(run=screened(failed="fingerprint"))
    DeclarationFactory(track=machine.track)
    with pytest.raises(RulingConflict):
        ruling(machine)
    other = decide_run(run=screened(failed="fingerprint"))
    other.track.audio = AudioFileFactory(owner=other.track.release.owner)
    other.track.save()
    with pytest.raises(RulingConflict):
        ruling(other)


@pytest.mark.parametrize("expected", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_ruling_on_a_decision_that_is_not_there_is_a_conflict(expected: str) -> None:
    published()
    machine = decide_run(run=screened())
    with pytest.raises(RulingConflict):
        ruling(machine, expected_decision=expected)


@pytest.mark.parametrize(
    ("outcome", "reasons", "error"),
    [
        ("allowed", [], ReasonMissing),
        ("allowed", ["refused_rights"], ReasonMissing),
        ("not_allowed", ["licence_seen"], ReasonMissing),
        ("allowed", ["because"], UnknownReason),
        ("allowed", ["unlicensed_model"], UnknownReason),
        ("maybe", ["licence_seen"], ReasonMissing),
    ],
)
def test_a_ruling_needs_reasons_that_fit(
    outcome: str, reasons: list[str], error: type[Exception]
) -> None:
    published()
    machine = decide_run(run=screened(failed="fingerprint"))
    with pytest.raises(error):
        ruling(machine, outcome=outcome, reason_codes=reasons)
    assert Decision.objects.count() == 1


# ------------------------------------------------------------------ nothing is rewritten


def test_the_models_refuse_to_rewrite() -> None:
    published()
    decision = decide_run(run=screened())
    decision.outcome = Outcome.NOT_ALLOWED
    for attempt in (
        decision.save,
        decision.delete,
        Decision.objects.all().delete,
        lambda: Decision.objects.update(outcome="allowed"),
        lambda: Decision.objects.bulk_update([decision], ["outcome"]),
    ):
        with pytest.raises(AppendOnly, match="Record a new one"), transaction.atomic():
            attempt()
    assert Decision.objects.get().outcome == Outcome.ALLOWED


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE policy_decision SET outcome = 'not_allowed'",
        "DELETE FROM policy_decision",
        "UPDATE policy_ruleset SET text = 'no law'",
        "DELETE FROM policy_ruleset",
    ],
)
def test_the_database_refuses_to_rewrite(sql: str) -> None:
    published()
    decide_run(run=screened())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Decision.objects.get().outcome == Outcome.ALLOWED


@pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's own")
def test_sqlite_does_not_replace_by_inserting() -> None:
    published()
    decide_run(run=screened())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT OR REPLACE INTO policy_decision SELECT * FROM policy_decision")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's own")
def test_postgresql_does_not_truncate() -> None:
    published()
    decide_run(run=screened())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE policy_decision CASCADE")


def test_a_state_of_a_ruleset_may_still_change() -> None:
    row = published()
    decide_run(run=screened())
    Ruleset.objects.filter(pk=row.pk).update(state="retired")
    assert Ruleset.objects.get(pk=row.pk).state == "retired"


def test_the_guards_are_up_and_missing_ones_are_noticed() -> None:
    assert guards.missing_guards(connection) == []
    with guards.lifted(connection):
        assert len(guards.missing_guards(connection)) >= 4
    assert guards.missing_guards(connection) == []
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


def test_missing_guards_fail_the_system_check() -> None:
    with guards.lifted(connection):
        problems = guards.check_guards(None, databases=["default"])
        assert [problem.id for problem in problems] == ["policy.E001"]
    assert guards.check_guards(None, databases=["default"]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"automated_decision": False},
        {"ruling": {"outcome": "allowed", "reason_codes": []}},
        {"supersedes": None, "run": None},
    ],
)
def test_the_database_refuses_decisions_that_do_not_add_up(wrong: dict[str, Any]) -> None:
    published()
    decision = decide_run(run=screened())
    copy = Decision(
        **{
            name: getattr(decision, name)
            for name in (
                "track", "run", "declaration", "audio", "ruleset", "ruleset_sha256",
                "engine_version", "facts", "outcome", "reasons", "needed_facts", "destinations",
                "automated_detection", "automated_decision",
            )
        }
    )  # fmt: skip
    for name, value in {"supersedes": decision, **wrong}.items():
        setattr(copy, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
