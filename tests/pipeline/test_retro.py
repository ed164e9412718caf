"""Tracks that hold a new reference: put on hold, checked again, left to people who judge."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from apps.accounts.command_base import WrongUsage
from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.fingerprints.catalogue import store_print
from apps.fingerprints.keys import ITEM_S
from apps.fingerprints.models import Reference, RetroFind, RetroSearch
from apps.pipeline import sweep as sweeping
from apps.pipeline.reference_adding import Wanted, add_all
from apps.pipeline.retro import act_on_waiting
from apps.pipeline.retro_work import do_search
from apps.pipeline.screening import screen
from apps.pipeline.steps import screen_and_decide
from apps.policy.gate import clearance
from apps.policy.publish import publish_shipped_ruleset
from apps.review.models import Case
from apps.screening.models import ScreeningRun
from apps.screening.request import request_run
from tests.factories import CaseFactory, ReleaseFactory, cleared_track
from tests.fingerprints.test_explaining import LOOP, add, upload
from tests.fingerprints.walks import walk
from tests.pipeline.test_licensed import decided, host
from tests.pipeline.test_steps import HONEST, track_of
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db
S = TrackState


@pytest.fixture(autouse=True)
def no_beat(settings: Any) -> None:
    """The beat of a lease has a connection of its own, which sees nothing of a test's rows."""
    settings.RUN_LEASE_S = 3600.0


def printed(track: Track) -> Track:
    items, name = upload(walk(1)[LOOP]), str(track.pk)
    length = len(items) * ITEM_S + 2.6
    store_print(track=track, sha256=name, pcm_sha256=name, items=items, duration_s=length)
    return track


def cleared() -> Track:
    return printed(cleared_track())


def search(source: str = "takedown") -> RetroSearch:
    return RetroSearch.objects.get(reference=add(source=source))


def state_of(track: Track) -> str:
    return str(Track.objects.values_list("state", flat=True).get(pk=track.pk))


@pytest.mark.parametrize("source", ["takedown", "delivery"])
def test_a_cleared_track_is_put_on_hold_and_checked_again(source: str) -> None:
    track = cleared()
    assert clearance(track=track).cleared
    assert do_search(search(source).pk) == 1
    assert not clearance(track=track).cleared
    [run] = track.runs.filter(state=ScreeningRun.State.QUEUED)
    find = RetroFind.objects.get()
    assert (find.state, find.run) == ("checked", run.pk)
    assert Event.objects.filter(kind="reference.found").count() == 1
    assert Event.objects.filter(kind="track.held", subject_id=str(track.pk)).count() == 1


def test_the_task_may_run_twice() -> None:
    track, asked = cleared(), search()
    do_search(asked.pk)
    RetroSearch.objects.update(state="waiting")
    assert do_search(asked.pk) == 0
    assert do_search(asked.pk) == 0
    assert act_on_waiting() == 0
    assert track.runs.count() == 1


def test_a_held_track_is_checked_again_and_an_objection_is_not_taken_from_its_judge() -> None:
    held, judged = (printed(CaseFactory(reasons=["check_unfinished"]).track) for _ in range(2))
    Case.objects.filter(track=judged).update(kind=Case.Kind.APPEAL)
    do_search(search().pk)
    assert (state_of(held), state_of(judged)) == (S.SUBMITTED, S.HELD)
    assert Case.objects.get(track=judged).state == Case.State.OPEN
    assert RetroFind.objects.get(track=judged).state == "waiting"
    Case.objects.filter(track=judged).update(kind=Case.Kind.HELD)
    assert sweeping.sweep()["references"] == 1
    assert state_of(judged) == S.SUBMITTED


def test_a_refused_track_waits_until_somebody_clears_it_after_all() -> None:
    track = cleared()
    Track.objects.filter(pk=track.pk).update(state=S.REFUSED)
    do_search(search().pk)
    assert (state_of(track), track.runs.count()) == (S.REFUSED, 0)
    Track.objects.filter(pk=track.pk).update(state=S.CLEARED)
    assert act_on_waiting() == 1
    assert state_of(track) == S.SUBMITTED


def test_what_is_being_checked_is_begun_anew() -> None:
    track = cleared()
    Track.objects.filter(pk=track.pk).update(state=S.SUBMITTED)
    before = request_run(track=track, declaration=track.declaration, by=None)
    do_search(search().pk)
    before.refresh_from_db()
    assert (before.state, before.error_code) == (ScreeningRun.State.FAILED, "reference")
    assert track.runs.filter(state=ScreeningRun.State.QUEUED).count() == 1


def test_a_screening_that_began_after_the_find_is_enough() -> None:
    track, asked = cleared(), search()
    Track.objects.filter(pk=track.pk).update(state=S.REFUSED)
    do_search(asked.pk)
    Track.objects.filter(pk=track.pk).update(state=S.SUBMITTED)
    run = request_run(track=track, declaration=track.declaration, by=None)
    assert act_on_waiting() == 1
    assert RetroFind.objects.get().run == run.pk
    assert track.runs.count() == 1


def test_a_search_that_fails_is_tried_again_and_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = search()

    def broken(_search: RetroSearch) -> list[RetroFind]:
        raise OSError("the disk is full")

    monkeypatch.setattr("apps.pipeline.retro_work.look_back", broken)
    for state in ("waiting", "waiting", "failed", "failed"):
        assert do_search(asked.pk) == 0
        asked.refresh_from_db()
        assert asked.state == state
    assert asked.trouble == "OSError: the disk is full"


def run(*arguments: object) -> tuple[list[dict[str, object]], int]:
    out, status = StringIO(), 0
    try:
        call_command("references", *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    except SystemExit as end:
        status = int(str(end.code))
    return [json.loads(line) for line in out.getvalue().splitlines()], status


def test_the_command_looks_at_once() -> None:
    track = cleared()
    reference = add(source="takedown")
    [line], status = run("retro", reference.pk)
    assert (line["state"], status) == ("done", 0)
    [found] = line["found"]  # type: ignore[misc]
    assert (found["track"], found["state"]) == (str(track.pk), "checked")
    again, _ = run("retro", reference.pk)
    assert again[0]["found"] == [{**found, "track_state": "submitted"}]
    with pytest.raises(WrongUsage, match="no reference"):
        run("retro", 999)


def test_a_notice_closes_the_gate_of_a_track_that_holds_a_part_of_it(tmp_path: Path) -> None:
    """From the file of the notice to the case, on real sound."""
    publish_shipped_ruleset()
    track = track_of(host(tmp_path, 43), release=ReleaseFactory(), answers=HONEST)
    assert decided(track).facts["earlier_audio"]["value"] == "none"
    Track.objects.filter(pk=track.pk).update(state=S.CLEARED)
    song = write_wav(tmp_path / "song.wav", np.asarray(tune(20.0, seed=3)))
    [line] = add_all(
        [Wanted(song, {"source": "takedown", "title": "Monsoon", "rights_note": "No. 7"})], by=None
    )
    asked = RetroSearch.objects.get(reference=Reference.objects.get(pk=line["id"]))
    Case.objects.filter(track=track).update(state="overtaken", closed_at=track.created_at)
    assert do_search(asked.pk) == 1
    again = track.runs.get(state=ScreeningRun.State.QUEUED)
    decision = screen_and_decide(again.pk, screen=screen)
    assert decision is not None
    assert decision.facts["earlier_audio"]["value"] == "taken_down"
    assert "takedown_names_it" in [reason["code"] for reason in decision.reasons]
    case = Case.objects.get(track=track, state=Case.State.OPEN)
    assert "takedown_names_it" in {reason.code for reason in case.reasons.all()}
