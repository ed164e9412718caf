"""Rows of decisions: what they say, who sees which, and that the gate was asked.

`golden/decisions.csv` and `golden/decisions.json` are the export of `worlds.make_world` as label
staff gets it. They hold: a held decision that a person later replaced, the person's own with its
note to the artist (and without the internal one), and a refused track whose title is a formula.
They leave out the words of the policy (`WORDS`), which have tests of their own.
After a wanted change, write them again with `UPDATE_GOLDEN=1` and read the difference.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from apps.accounts.roles import Role
from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.exports.decisions import COLUMNS, rows
from apps.exports.export import UnknownColumn, export_decisions
from apps.exports.models import Export
from apps.exports.scope import (
    Filters,
    asked_for,
    labels_of,
    visible_decisions,
    visible_tracks,
)
from apps.policy.gate import clearance, clearances
from apps.policy.models import Decision
from apps.policy.publish import law_of
from apps.policy.reasons import REASONS
from tests.exports.worlds import MORNING, World, make_world
from tests.factories import MembershipFactory, TrackFactory, UserFactory

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"
WORDS = ("reason_texts", "citations", "ruleset_id", "ruleset_sha256")


@pytest.fixture
def world() -> World:
    return make_world()


def found(user, **asked) -> list[int]:
    """The numbers of the decisions that pass, oldest first."""
    decisions = asked_for(visible_decisions(user), Filters(**asked))
    return [decision.pk.int for decision in decisions.order_by("created_at")]


def told(world, **asked):
    decisions = asked_for(visible_decisions(world.staff), Filters(**asked))
    return list(rows(decisions))


class TestRows:
    def test_every_column_and_no_other(self, world):
        assert [tuple(sorted(row)) for row in told(world)] == [tuple(sorted(COLUMNS))] * 3

    def test_the_gate_is_asked(self, world):
        assert [row["cleared_now"] for row in told(world)] == [False, True, False]
        Track.objects.filter(pk=world.river.pk).update(state=TrackState.WITHDRAWN)
        assert [row["cleared_now"] for row in told(world)] == [False, False, False]

    def test_the_gate_answers_many_as_it_answers_one(self, world):
        tracks = [world.river, world.rain, world.other, TrackFactory()]
        one_by_one = {track.pk: clearance(track=track) for track in tracks}
        assert clearances(track_ids=list(one_by_one)) == one_by_one

    def test_what_was_declared_then_and_not_what_is_typed_now(self, world):
        Track.objects.filter(pk=world.river.pk).update(title="Another title")
        assert told(world, latest=True)[0]["title"] == "River"

    def test_names_of_colleagues_stay_in_the_house(self, world):
        decisions = asked_for(visible_decisions(world.staff), Filters())
        assert [row["made_by_name"] for row in rows(decisions)] == [None, None, None]
        named = rows(decisions, with_names=True)
        assert [row["made_by_name"] for row in named] == [None, "Rita Reviewer", None]
        assert [row["made_by"] for row in told(world)] == ["machine", "reviewer", "machine"]

    def test_internal_notes_never_leave(self, world):
        assert "secret" not in json.dumps(told(world))

    def test_the_words_of_the_policy(self, world):
        refused, decision = told(world)[2], world.decisions[2]
        law = law_of(decision.ruleset)
        assert refused["reason_texts"] == [
            REASONS["unlicensed_model"].text,
            REASONS["check_unfinished"].text,
        ]
        assert refused["citations"] == [f"{key}: {law.citations[key].text}" for key in ("R1", "R9")]
        assert refused["ruleset_id"] == decision.ruleset_id
        assert refused["ruleset_sha256"] == law.sha256

    def test_a_reason_whose_words_are_gone_keeps_its_code(self, world):
        decision = world.decisions[0]
        copy = Decision(**{
            field.attname: getattr(decision, field.attname)
            for field in Decision._meta.concrete_fields
            if field.attname not in ("id", "supersedes_id", "created_at")
        })  # fmt: skip
        copy.reasons = [{"rule": "old.X1", "code": "forgotten_code", "cite": []}]
        copy.supersedes = world.decisions[1]
        copy.save()
        assert told(world)[-1]["reason_texts"] == ["forgotten_code"]

    def test_queries_do_not_grow_with_held_rows(self, world, django_assert_max_num_queries):
        with django_assert_max_num_queries(9):
            told(world)


class TestScope:
    def test_label_staff_see_their_label_only(self, world):
        assert found(world.staff) == [21, 22, 23]
        assert list(labels_of(world.staff)) == [world.nile]

    def test_staff_of_two_labels_see_each_decision_once(self, world):
        MembershipFactory(user=world.staff, label=world.delta)
        assert found(world.staff) == [21, 22, 23, 24]

    @pytest.mark.parametrize("role", [Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR])
    def test_who_sees_all(self, world, role):
        assert found(UserFactory(role=role)) == [21, 22, 23, 24]

    @pytest.mark.parametrize("role", [Role.ARTIST, Role.REVIEWER, Role.SENIOR_REVIEWER])
    def test_who_sees_none_even_as_a_member(self, world, role):
        user = UserFactory(role=role)
        MembershipFactory(user=user, label=world.nile)
        assert found(user) == []

    def test_a_dismissed_account_sees_none(self, world):
        world.staff.is_active = False
        world.staff.save()
        assert found(world.staff) == []

    def test_another_labels_filter_finds_nothing(self, world):
        assert found(world.staff, label=world.delta.pk) == []

    def test_tracks(self, world):
        assert set(visible_tracks(world.staff)) == {world.river, world.rain}
        assert set(visible_tracks(world.river.release.owner)) == {world.river}
        assert visible_tracks(world.reviewer).count() == 3


class TestFilters:
    @pytest.mark.parametrize(
        ("asked", "numbers"),
        [
            ({}, [21, 22, 23, 24]),
            ({"outcome": "needs_review"}, [21, 24]),
            ({"latest": True}, [22, 23, 24]),
            ({"since": MORNING.replace(minute=23)}, [23, 24]),
            ({"until": MORNING.replace(minute=23)}, [21, 22]),
            ({"text": "riv"}, [21, 22]),
            ({"text": "Monsoon"}, [21, 22, 23, 24]),
            ({"reason": "check_unfinished"}, [21, 23, 24]),
            ({"reason": "unlicensed"}, []),
            ({"destination": "bandcamp"}, [22]),
            ({"destination": "spotify", "verdict": "deliver"}, [22]),
            ({"destination": "bandcamp", "verdict": "deliver"}, []),
            ({"verdict": "refused"}, [22]),
            ({"outcome": "needs_review", "latest": True, "text": "delta"}, [24]),
            ({"text": 'x" OR 1=1 --'}, []),
            ({"reason": '%"'}, []),
        ],
    )
    def test_each(self, world, asked, numbers):
        assert found(UserFactory(role=Role.ADMINISTRATOR), **asked) == numbers

    def test_by_isrc_however_it_is_written(self, world):
        Track.objects.filter(pk=world.river.pk).update(isrc="QZABC2600001")
        assert found(world.staff, text="qz-abc-26-00001") == [21, 22]

    def test_by_artist(self, world):
        world.rain.contributors.update(name="Zoë & Co")
        assert found(world.staff, text="zo") == [23]

    def test_kept_as_json(self):
        filters = Filters(outcome="allowed", since=MORNING, latest=True)
        kept = {"outcome": "allowed", "since": "2026-11-20T09:30:00+00:00", "latest": True}
        assert filters.as_dict() == kept


class TestExport:
    def export(self, world, **more) -> bytes:
        blocks = export_decisions(
            by=world.staff,
            decisions=visible_decisions(world.staff),
            filters=more.pop("filters", Filters()),
            **{"format": "csv", **more},
        )
        return b"".join(blocks)

    @pytest.mark.parametrize("format", ["csv", "json"])
    def test_golden(self, world, format):
        columns = [name for name in COLUMNS if name not in WORDS]
        made = self.export(world, format=format, columns=columns)
        path = GOLDEN / f"decisions.{format}"
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_bytes(made)
        assert made.decode() == path.read_bytes().decode()

    def test_recorded_before_the_first_byte_and_counted_at_the_last(self, world):
        blocks = export_decisions(
            by=world.staff,
            decisions=visible_decisions(world.staff),
            filters=Filters(latest=True),
            format="json",
        )
        export = Export.objects.get()
        event = Event.objects.get(kind="decisions.exported")
        assert (event.actor, event.subject_id) == (world.staff, str(export.pk))
        assert event.data == {"format": "json", "filters": {"latest": True}}
        assert export.rows is None
        b"".join(blocks)
        export.refresh_from_db()
        assert export.rows == 2

    def test_chosen_columns_in_the_order_chosen(self, world):
        made = self.export(world, columns=["outcome", "title"], filters=Filters(outcome="allowed"))
        assert made == b"outcome,title\r\nallowed,River\r\n"

    def test_an_unknown_column(self, world):
        with pytest.raises(UnknownColumn, match="decision_id"):
            self.export(world, columns=["password"])
        assert not Export.objects.exists()

    def test_since_a_day_that_has_not_come(self, world):
        filters = Filters(since=MORNING + timedelta(days=3650))
        assert self.export(world, filters=filters).decode().strip() == ",".join(COLUMNS)
