"""A licence that was taken back: what rests on it is held again, by the rulebook alone."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.fingerprints.licences import (
    Covered,
    Terms,
    note_uses,
    register_licence,
    revoke_licence,
)
from apps.fingerprints.models import LicenceUse, MaterialLicence, Reference
from apps.pipeline import sweep as sweeping
from apps.pipeline.licence_doubts import act_on_waiting
from apps.pipeline.rechecking import checked_since
from apps.pipeline.reference_adding import Wanted, add_all
from apps.pipeline.screening import screen
from apps.pipeline.steps import screen_and_decide
from apps.policy.gate import clearance
from apps.policy.publish import publish_shipped_ruleset
from apps.review.models import Case
from apps.screening.models import ScreeningRun
from tests.factories import (
    CaseFactory,
    ReleaseFactory,
    ReviewerFactory,
    ScreeningRunFactory,
    TrackFactory,
    cleared_track,
)
from tests.pipeline.test_licensed import decided, host
from tests.pipeline.test_steps import HONEST, track_of
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db
S = TrackState


@pytest.fixture(autouse=True)
def no_beat(settings: Any) -> None:
    """The beat of a lease has a connection of its own, which sees nothing of a test's rows."""
    settings.RUN_LEASE_S = 3600.0


def licence(**covers: Any) -> MaterialLicence:
    return register_licence(
        licensor="Beat House",
        account=None,
        covers=Covered(**(covers or {"owner": "Pack One"})),
        terms=Terms(date(2026, 1, 1)),
        note="Invoice 12",
        by=ReviewerFactory(),
    )


def use_in(track: Track, row: MaterialLicence) -> LicenceUse:
    """The licence explained a match in a finished screening of this track."""
    run = ScreeningRunFactory(track=track, declaration=track.declaration)
    note_uses(track=track, run=run.pk, licences=[row.pk])
    return LicenceUse.objects.get(licence=row, run=run.pk)


def test_a_cleared_track_is_held_and_checked_again_once() -> None:
    row, track, other = licence(), cleared_track(), cleared_track()
    use = use_in(track, row)
    use_in(other, licence())
    assert clearance(track=track).cleared
    revoke_licence(licence=row, by=ReviewerFactory())
    assert act_on_waiting(row.pk) == 1
    assert not clearance(track=track).cleared
    assert clearance(track=other).cleared
    use.refresh_from_db()
    [run] = track.runs.filter(state=ScreeningRun.State.QUEUED)
    assert use.rerun == run.pk
    assert Event.objects.filter(kind="licence.rechecked").count() == 1
    assert act_on_waiting() == 0
    assert sweeping.sweep()["licences"] == 0


def test_the_message_may_be_lost_the_sweep_finds_it() -> None:
    row, track = licence(), cleared_track()
    use_in(track, row)
    revoke_licence(licence=row, by=ReviewerFactory())
    assert sweeping.sweep()["licences"] == 1
    track.refresh_from_db()
    assert track.state == S.SUBMITTED


def test_a_track_that_was_screened_since_without_it_stays_as_it_is() -> None:
    row, track = licence(), cleared_track()
    use = use_in(track, row)
    later = ScreeningRunFactory(track=track, declaration=track.declaration)
    revoke_licence(licence=row, by=ReviewerFactory())
    assert act_on_waiting() == 0
    use.refresh_from_db()
    assert use.rerun == later.pk
    assert clearance(track=track).cleared


def test_an_objection_is_not_taken_from_its_judge_and_a_refused_track_waits() -> None:
    row = licence()
    judged = CaseFactory(reasons=["check_unfinished"]).track
    Case.objects.filter(track=judged).update(kind=Case.Kind.APPEAL)
    refused = cleared_track()
    for track in (judged, refused):
        use_in(track, row)
    Track.objects.filter(pk=refused.pk).update(state=S.REFUSED)
    revoke_licence(licence=row, by=ReviewerFactory())
    assert act_on_waiting() == 0
    Case.objects.filter(track=judged).update(kind=Case.Kind.HELD)
    Track.objects.filter(pk=refused.pk).update(state=S.CLEARED)
    assert act_on_waiting() == 2
    assert LicenceUse.objects.filter(rerun=None).count() == 0


def test_a_use_of_a_run_that_is_gone_is_checked_all_the_same() -> None:
    row, track = licence(), cleared_track()
    note_uses(track=track, run=uuid4(), licences=[row.pk])
    revoke_licence(licence=row, by=ReviewerFactory())
    assert act_on_waiting() == 1


def test_nobody_is_checked_again_without_a_lock(transactional_db: Any) -> None:
    with pytest.raises(Exception, match="Lock the track first"):
        checked_since(TrackFactory(), since=timezone.now(), why="licence", text="")


@pytest.fixture
def explained(tmp_path: Path) -> tuple[Track, MaterialLicence, Reference]:
    """A track with six seconds of a reference in it, cleared because a licence explains them."""
    publish_shipped_ruleset()
    song = write_wav(tmp_path / "song 3.wav", tune(20.0, seed=3))
    [line] = add_all(
        [Wanted(song, {"source": "delivery", "title": "Monsoon", "owner": "Label"})], by=None
    )
    reference = Reference.objects.get(pk=line["id"])
    row = licence(reference=reference)
    track = track_of(host(tmp_path, 40), release=ReleaseFactory(), answers=HONEST)
    assert decided(track).facts["earlier_audio"]["value"] == "licensed"
    track.refresh_from_db()
    if track.state == S.HELD:  # by other checks, which made sounds do not please
        Case.objects.filter(track=track).update(state="overtaken", closed_at=track.created_at)
        move(track=track, to=S.CLEARED, actor=None)
    return track, row, reference


def again(track: Track) -> Any:
    [run] = track.runs.filter(state=ScreeningRun.State.QUEUED)
    return screen_and_decide(run.pk, screen=screen)


def test_a_forged_proof_reopens_what_it_cleared(explained: Any) -> None:
    track, row, _reference = explained
    revoke_licence(licence=row, by=ReviewerFactory())
    assert act_on_waiting(row.pk) == 1
    decision = again(track)
    assert decision.facts["earlier_audio"]["value"] == "part"
    assert "audio_shared_elsewhere" in [reason["code"] for reason in decision.reasons]
    case = Case.objects.get(track=track, state=Case.State.OPEN)
    assert "audio_shared_elsewhere" in {reason.code for reason in case.reasons.all()}
    [found] = [
        finding
        for result in decision.run.results.all()
        for finding in result.findings.all()
        if finding.code == "shares_audio"
    ]
    assert f"licence {row.pk} of Beat House was taken back on" in found.summary


def test_another_licence_for_the_same_takes_its_place(explained: Any) -> None:
    track, row, reference = explained
    other = licence(reference=reference)
    revoke_licence(licence=row, by=ReviewerFactory())
    assert act_on_waiting(row.pk) == 1
    assert again(track).facts["earlier_audio"]["value"] == "licensed"
    assert other.uses.filter(track=track).count() == 1
