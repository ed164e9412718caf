"""A recording under other music, faster or slower, through the real check and catalogue."""

from collections.abc import Mapping

import numpy as np
import pytest

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.fingerprints.catalogue import DatabaseCatalogue
from apps.pipeline.screening import keep_print
from apps.screening.checks.base import Finding, NotAssessable, Submission
from apps.screening.checks.fingerprint import FingerprintCheck
from tests.factories import TrackFactory
from tests.screening.recordings import recording
from tests.screening.test_fingerprint import EMPTY_SOUNDS
from tests.sounds import Samples, tune

pytestmark = pytest.mark.django_db
RATE = 44_100


@pytest.fixture
def shelf(settings, tmp_path) -> Mapping[int, Track]:
    settings.PRINT_INDEX_DIR = str(tmp_path / "index")
    tracks = {seed: TrackFactory(state=TrackState.CLEARED, title=f"Song {seed}") for seed in (1, 2)}
    for seed, track in tracks.items():
        keep_print(track, recording(tune(30.0, seed=seed)))
    return tracks


def check(pcm: Samples, owner_id=None, track: Track | None = None) -> list[Finding]:
    catalogue = DatabaseCatalogue(owner_id=owner_id, exclude_track_id=track.pk if track else None)
    return FingerprintCheck().run(recording(pcm), Submission(None, "x.wav", catalogue))


def resampled(pcm: Samples, speed: float) -> Samples:
    at = np.arange(0, len(pcm) - 1, speed)
    return np.interp(at, np.arange(len(pcm)), pcm).astype(np.float32)


def mixed(host: Samples, guest: Samples, at_s: float, db: float = 0.0) -> Samples:
    """The guest in the host, so many dB above it."""
    out = host.mean(axis=1).astype(np.float64)
    at = int(at_s * RATE)
    loud = np.sqrt(np.mean(out**2) / np.mean(guest.astype(np.float64) ** 2)) * 10 ** (db / 20)
    out[at : at + len(guest)] += guest * loud
    return (out * 0.5 / np.abs(out).max()).astype(np.float32)


def guest(seed: int, start_s: float, length_s: float) -> Samples:
    mono = tune(30.0, seed=seed).mean(axis=1)
    return mono[int(start_s * RATE) : int((start_s + length_s) * RATE)]


def test_under_music_that_is_as_loud(shelf: Mapping[int, Track]) -> None:
    host = mixed(tune(30.0, seed=60), guest(2, 5.0, 12.0), 9.0)
    [finding] = check(host)
    assert finding.code == "shares_audio"
    assert finding.score > 0.5
    [one] = finding.evidence
    assert one.detail["reference"] == str(shelf[2].pk)
    assert (one.detail["relation"], one.detail["tier"]) == ("partial", "landmarks")
    assert one.start_s == pytest.approx(9.0, abs=1.0)
    assert one.detail["reference_start_s"] - one.start_s == pytest.approx(-4.0, abs=0.1)


def test_faster_under_music_that_is_as_loud(shelf: Mapping[int, Track]) -> None:
    host = mixed(tune(30.0, seed=61), resampled(guest(1, 8.0, 14.0), 1.0312), 10.0)
    [finding] = check(host)
    detail = finding.evidence[0].detail
    assert detail["reference"] == str(shelf[1].pk)
    assert detail["speed"] == pytest.approx(1.0312, abs=0.004)
    assert detail["pitch_cents"] == pytest.approx(53, abs=8)
    assert detail["bit_error"] is None
    assert detail["anchors"] > 30
    assert "% faster and " in finding.summary


def test_all_of_it_slower(shelf: Mapping[int, Track]) -> None:
    [finding] = check(resampled(tune(30.0, seed=2).mean(axis=1), 0.9577))
    assert finding.code == "same_recording_changed"
    assert finding.evidence[0].detail["relation"] == "same_recording_modified"
    assert finding.evidence[0].detail["reference"] == str(shelf[2].pk)
    assert finding.evidence[0].detail["pitch_cents"] == pytest.approx(-75, abs=8)
    assert "% slower and" in finding.summary
    assert "cents lower, with “Song 2”" in finding.summary


def test_ones_own_recording_changed_is_an_own_earlier_release(shelf: Mapping[int, Track]) -> None:
    pcm = resampled(tune(30.0, seed=1).mean(axis=1), 1.0231)
    [finding] = check(pcm, owner_id=shelf[1].release.owner_id)
    assert finding.code == "own_earlier_release"


def test_two_in_one(shelf: Mapping[int, Track]) -> None:
    host = mixed(tune(50.0, seed=62), guest(1, 3.0, 12.0), 4.0)
    host = mixed(host[:, None], guest(2, 9.0, 12.0), 30.0)
    found = {one.evidence[0].detail["reference"] for one in check(host)}
    assert found == {str(track.pk) for track in shelf.values()}


def test_other_music_is_not_found(shelf: Mapping[int, Track]) -> None:
    assert [check(tune(30.0, seed=seed)) for seed in range(70, 74)] == [[]] * 4


@pytest.mark.parametrize("name", EMPTY_SOUNDS)
def test_sounds_that_say_nothing_are_found_nowhere_and_find_nothing(
    shelf: Mapping[int, Track], name: str
) -> None:
    pcm = np.asarray(EMPTY_SOUNDS[name], dtype=np.float32)
    keep_print(TrackFactory(state=TrackState.CLEARED), recording(pcm[RATE // 3 :]))
    with pytest.raises(NotAssessable):
        check(pcm)
    assert check(mixed(tune(30.0, seed=63), pcm[: 12 * RATE] + 1e-9, 9.0, db=-6.0)) == []
