"""From a match to its licence and on: held, licensed, checked again, cleared, remembered."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.fingerprints.licences import Covered, Terms, register_licence
from apps.fingerprints.models import LicenceUse, MaterialLicence, Reference
from apps.pipeline.reference_adding import Wanted, add_all
from apps.pipeline.screening import screen
from apps.pipeline.steps import screen_and_decide
from apps.policy.models import Decision
from apps.policy.publish import publish_shipped_ruleset
from apps.review.again import screen_again
from apps.review.models import Case
from tests.factories import ReleaseFactory, ReviewerFactory
from tests.pipeline.test_steps import HONEST, submit, track_of
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db
RATE = 44_100


@pytest.fixture(autouse=True)
def no_beat(settings: Any) -> None:
    """The beat of a lease has a connection of its own, which sees nothing of a test's rows."""
    settings.RUN_LEASE_S = 3600.0


def host(folder: Path, seed: int) -> bytes:
    """Ten seconds of its own, and in the middle six of song 3."""
    own, guest = tune(10.0, seed=seed), tune(20.0, seed=3)[8 * RATE : 14 * RATE]
    at = 5 * RATE
    whole = np.concatenate([own[:at], guest, own[at:]])
    return write_wav(folder / f"host {seed}.wav", whole).read_bytes()


def decided(track: Track) -> Decision:
    [run] = submit(track, key=f"of {track.pk}")
    decision = screen_and_decide(run.pk, screen=screen)
    assert decision is not None
    return decision


def test_a_licence_explains_a_part_once_and_is_remembered(tmp_path: Path) -> None:
    publish_shipped_ruleset()
    song = write_wav(tmp_path / "song 3.wav", tune(20.0, seed=3))
    [line] = add_all(
        [Wanted(song, {"source": "delivery", "title": "Monsoon", "owner": "Label"})], by=None
    )
    reference = Reference.objects.get(pk=line["id"])
    answers = {**HONEST, "instrumental": True}
    release = ReleaseFactory(destinations=["spotify", "youtube_content_id"])
    track = track_of(host(tmp_path, 40), release=release, answers=answers)
    first = decided(track)
    assert first.outcome == "needs_review"
    assert "audio_shared_elsewhere" in [reason["code"] for reason in first.reasons]
    reviewer = ReviewerFactory()
    licence = register_licence(
        licensor="Label",
        account=release.owner,
        covers=Covered(reference=reference, part_s=(8.0, 16.0)),
        terms=Terms(date(2026, 1, 1)),
        note="Contract of May",
        by=reviewer,
    )
    track.refresh_from_db()
    run = screen_again(track=track, by=reviewer, why="licence")
    second = screen_and_decide(run.pk, screen=screen)
    assert second is not None
    told = [reason["code"] for reason in second.reasons]
    assert "audio_shared_elsewhere" not in told
    assert second.facts["earlier_audio"]["value"] == "licensed"
    assert second.facts["shared_material"]["value"] == "non_exclusive"
    assert [(use.licence, use.track) for use in LicenceUse.objects.all()] == [(licence, track)]
    assert Event.objects.filter(kind="licence.used").count() == 1
    again = track_of(
        host(tmp_path, 41), release=ReleaseFactory(owner=release.owner), answers=answers
    )
    assert decided(again).facts["earlier_audio"]["value"] == "licensed"
    assert MaterialLicence.objects.get().uses.count() == 2
    stranger = track_of(host(tmp_path, 42), answers=answers)
    assert decided(stranger).facts["earlier_audio"]["value"] == "part"
    assert Case.objects.get(track=stranger, state="open")
    assert second.destinations["youtube_content_id"]["verdict"] in ("restricted", "undecided")
    stranger.refresh_from_db()
    assert stranger.state == TrackState.HELD
