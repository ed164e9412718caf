"""Landmarks in the database: kept with the print, followed by every host, told with prints."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.consent.features import features_of, purge_features
from apps.consent.models import DerivedFeature
from apps.fingerprints import following, log, questions
from apps.fingerprints.catalogue import DatabaseCatalogue, remove_print, store_print
from apps.fingerprints.engine.answers import MODIFIED, PARTIAL, SAME, judge
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.following import MARKS, current_index
from apps.fingerprints.landmarks.finding import Marked, find_marked
from apps.fingerprints.landmarks.marks import MarkIndex, keep
from apps.fingerprints.landmarks.packed import VERSION, Words, pack
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.matching import Match
from apps.fingerprints.models import PrintChange, RecordingPrint, Reference
from apps.fingerprints.references import Heard, add_reference, remove_reference
from tests.factories import TrackFactory
from tests.fingerprints.peaks_at_random import part_of, scatter, together, warped
from tests.fingerprints.walks import walk

pytestmark = pytest.mark.django_db
LENGTH_S = 60.0


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.PRINT_INDEX_DIR = str(tmp_path / "index")
    return tmp_path / "index" / "landmarks"


def marks(seed: int) -> Words:
    return pack(keep(scatter(seed)))


def keep_track(seed: int, words: Words | None, track: Track | None = None) -> RecordingPrint:
    return store_print(
        track=track or TrackFactory(state=TrackState.CLEARED),
        sha256=f"file {seed}",
        pcm_sha256=f"samples {seed}",
        items=walk(seed, 460),
        duration_s=LENGTH_S,
        marks=words,
    )


def refer(seed: int, *words: Words | None) -> Reference:
    told = words[0] if words else marks(seed)
    heard = Heard(f"file {seed}", f"samples {seed}", walk(seed, 460), LENGTH_S, told)
    return add_reference(heard=heard, by=None, title=f"Reference {seed}")


def look(peaks: Peaks, **asked: Any) -> list[Match]:
    catalogue = DatabaseCatalogue(owner_id=asked.pop("owner_id", None), exclude_track_id=None)
    told = {"sha256": "?", "pcm_sha256": "??", "items": (), "duration_s": 30.0, **asked}
    return catalogue.find(peaks=peaks, **told)


def under_music(seed: int, speed: float = 1.0) -> Peaks:
    part = warped(part_of(scatter(seed), 20.0, 12.0), speed, speed)
    return together(scatter(700, 30.0), part, 8.0)


def test_landmarks_are_part_of_the_feature_and_go_with_it() -> None:
    track = TrackFactory(state=TrackState.CLEARED)
    keep_track(1, marks(1), track)
    [one] = DerivedFeature.objects.filter(purged_at=None)
    assert one.extractor == "chromaprint, algorithm 2; landmarks"
    keep_track(1, marks(1), track)
    assert list(DerivedFeature.objects.filter(purged_at=None)) == [one]
    assert PrintChange.objects.count() == 1
    keep_track(1, marks(2), track)
    [other] = DerivedFeature.objects.filter(purged_at=None)
    assert (other.sha256 == one.sha256, PrintChange.objects.count()) == (False, 2)
    assert [m.reference for m in look(under_music(2))] == [str(track.pk)]
    purge_features(features=features_of([track.pk]), reason="erased")
    assert not RecordingPrint.objects.exists()
    assert look(under_music(2)) == []


def test_tracks_and_references_are_found_under_music_at_another_speed() -> None:
    track, reference = keep_track(1, marks(1)).track, refer(2)
    refer(3)
    [mine] = look(under_music(1, 1.0312), owner_id=track.release.owner_id)
    assert (mine.reference, mine.same_owner, mine.relation) == (str(track.pk), True, PARTIAL)
    assert (mine.tier, mine.bit_error) == ("landmarks", None)
    assert mine.speed == pytest.approx(1.0312, abs=0.005)
    assert mine.pitch_cents == pytest.approx(53, abs=8)
    assert mine.anchors is not None
    assert mine.anchors > 50
    [outside] = look(under_music(2))
    assert (outside.reference, round(outside.speed, 2)) == (f"reference {reference.pk}", 1.0)
    assert outside.query_start_s == pytest.approx(8.0, abs=0.7)
    assert outside.reference_start_s == pytest.approx(20.0, abs=0.7)


@pytest.mark.parametrize(
    ("speed", "seconds", "relation"),
    [(1.005, 60.0, MODIFIED), (1.005, 2.4, SAME), (1.02, 2.4, MODIFIED), (1.003, 60.0, SAME)],
)
def test_a_short_stretch_cannot_tell_a_small_change_of_speed(
    speed: float, seconds: float, relation: str
) -> None:
    there = seconds * speed
    piece = Stretch(0.0, seconds, 0.0, there, accepted=True, speed=speed, score=90.0)
    found = judge(1, [piece], seconds, there)
    assert found is not None
    assert found.relation == relation


def test_a_whole_recording_at_another_speed_is_the_same_recording_modified() -> None:
    refer(1)
    faster = warped(scatter(1), 1.0443, 1.0443)
    [match] = look(faster, duration_s=LENGTH_S / 1.0443)
    assert (match.relation, match.tier) == (MODIFIED, "landmarks")


def test_what_comes_changes_and_goes_is_followed() -> None:
    row = refer(1)
    assert look(under_music(1))
    refer(1, marks(2))
    assert look(under_music(1)) == []
    assert [m.reference for m in look(under_music(2))] == [f"reference {row.pk}"]
    remove_reference(reference_id=row.pk, by=None)
    assert look(under_music(2)) == []
    kept = keep_track(3, marks(3))
    assert current_index(MARKS).numbers() == {log.number_of(kept)}
    remove_print(track=kept.track)
    assert current_index(MARKS).numbers() == set()


def test_a_new_process_finds_the_same_whether_landmarks_were_written_down_or_not(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    quick = replace(MARKS, flush_at=3)
    numbers = {}
    for seed in range(1, 8):
        numbers[seed] = log.number_of(refer(seed))
        current_index(quick)
        following._opened.clear()
    assert list(folder.glob("*.marks"))

    def answers() -> dict[int, list[Marked]]:
        index = current_index(quick).searched()
        return {seed: find_marked(index, under_music(seed), changed=False) for seed in numbers}

    before = answers()
    assert {seed: [one.number for one in some] for seed, some in before.items()} == {
        seed: [number] for seed, number in numbers.items()
    }
    following.rebuild(quick)
    assert answers() == before


def test_an_index_of_the_database_finds_what_one_of_the_peaks_finds() -> None:
    """On SQLite and on PostgreSQL alike, then."""
    numbers = [log.number_of(refer(seed)) for seed in range(1, 6)]
    for seed in (6, 7):
        numbers.append(log.number_of(keep_track(seed, marks(seed))))
    pure = MarkIndex.of(numbers, [scatter(seed) for seed in range(1, 8)])
    index = current_index(MARKS).searched()
    for seed in (2, 6):
        found = find_marked(index, under_music(seed, 1.02))
        assert found == find_marked(pure, under_music(seed, 1.02))
        assert [one.number for one in found] == [numbers[seed - 1]]


def test_what_was_chosen_in_another_way_is_not_compared() -> None:
    row = refer(1)
    Reference.objects.update(marks_version=VERSION + 1)
    assert look(under_music(1)) == []
    assert not len(Reference.objects.get().read_marks())
    assert refer(1).pk == row.pk  # added again it has them
    assert look(under_music(1))


def test_without_landmarks_prints_still_find() -> None:
    row = refer(1, None)
    assert (row.marks_version, bytes(row.marks)) == (0, b"")
    [match] = look(scatter(50), items=walk(1, 460).tolist(), duration_s=LENGTH_S)
    assert (match.tier, match.relation) == ("chromaprint", "same_recording")


def test_changes_are_not_looked_for_where_prints_explain_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[bool] = []

    def watched(index: Any, peaks: Peaks, changed: bool) -> list[Marked]:
        tried.append(changed)
        return find_marked(index, peaks, changed)

    monkeypatch.setattr(questions, "find_marked", watched)
    refer(1)
    whole = walk(1, 460)
    look(scatter(1), items=whole.tolist(), duration_s=LENGTH_S)
    look(scatter(1), items=whole[:230].tolist(), duration_s=LENGTH_S)
    look(scatter(1), sha256="file 1", duration_s=LENGTH_S)
    keep_track(2, marks(2), TrackFactory(state=TrackState.WITHDRAWN))
    look(scatter(2), items=walk(2, 460).tolist(), duration_s=LENGTH_S)  # found, and not for us
    assert tried == [False, True, False, True]


def piece(start: float, end: float, **told: Any) -> Stretch:
    return Stretch(start, end, start, end, **{"accepted": True, **told})


def test_of_two_tiers_on_the_same_part_the_longer_is_told() -> None:
    print_ = piece(0.0, 20.0, bit_error=0.05, items=150)
    inside, beyond = piece(2.0, 12.0, score=90.0, anchors=99), piece(30.0, 42.0, score=80.0)
    found = judge(1, [print_, inside, beyond], 100.0, 100.0)
    assert found is not None
    assert (found.stretches, found.tier) == ((print_, beyond), "chromaprint")
    assert found.coverage_query == pytest.approx(0.32)
    longer = piece(0.0, 60.0, score=200.0)
    found = judge(1, [print_, longer], 100.0, 100.0)
    assert found is not None
    assert (found.stretches, found.tier, found.bit_error) == ((longer,), "landmarks", None)


def test_what_is_not_accepted_does_not_stand_beside_what_is() -> None:
    doubt = piece(0.0, 40.0, score=30.0, accepted=False)
    sure = piece(50.0, 60.0, bit_error=0.1, items=80)
    found = judge(1, [doubt, sure], 100.0, 100.0)
    assert found is not None
    assert found.stretches == (sure,)
    alone = judge(1, [doubt], 100.0, 100.0)
    assert alone is not None
    assert not alone.accepted


def test_a_doubtful_score_is_no_match(monkeypatch: pytest.MonkeyPatch) -> None:
    row = refer(1)

    def doubtful(*_: Any) -> list[Marked]:
        return [Marked(log.number_of(row), 1.0, 9.0, 3.0, 11.0, 1.0, 0, 34.9, 30)]

    monkeypatch.setattr(questions, "find_marked", doubtful)
    assert look(scatter(50)) == []


def test_nothing_is_found_where_there_are_no_peaks() -> None:
    refer(1)
    silent = Peaks(*(np.empty(0, np.float32) for _ in range(3)), 1000)
    assert look(silent) == []
