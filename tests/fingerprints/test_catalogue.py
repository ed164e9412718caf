"""Prints as rows: stored, found again, forgotten; who sees whom."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.fingerprints.catalogue import DatabaseCatalogue, remove_print, store_print
from apps.fingerprints.keys import CONTEXT_S, ITEM_S, Items
from apps.fingerprints.matching import Match
from apps.fingerprints.models import PrintChange, RecordingPrint
from tests.factories import TrackFactory

pytestmark = pytest.mark.django_db


def items_of(seed: int, count: int = 800) -> Items:
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)


def add(seed: int, **kwargs: Any) -> Track:
    track = TrackFactory(**{"state": TrackState.CLEARED, **kwargs})
    keep(track, seed)
    return track


def keep(track: Track, seed: int, items: Items | None = None) -> RecordingPrint:
    array = items_of(seed) if items is None else items
    return store_print(
        track=track,
        sha256=f"file-{seed}",
        pcm_sha256=f"samples-{seed}",
        items=array,
        duration_s=len(array) * ITEM_S,
    )


def look(
    items: Items | None = None,
    *,
    sha256: str = "?",
    pcm_sha256: str = "??",
    owner: User | None = None,
    track: Track | None = None,
) -> list[Match]:
    catalogue = DatabaseCatalogue(
        owner_id=owner.pk if owner else None, exclude_track_id=track.pk if track else None
    )
    array = [] if items is None else items.tolist()
    duration_s = len(array) * ITEM_S + CONTEXT_S if array else 60.0
    return catalogue.find(sha256=sha256, pcm_sha256=pcm_sha256, items=array, duration_s=duration_s)


def test_a_print_is_found_by_a_part_of_it() -> None:
    track = add(1, title="Monsoon", isrc="QZABC2600001", artist="Asha")
    add(2)
    [match] = look(items_of(1)[300:500])
    assert match.reference == str(track.pk)
    assert (match.title, match.artist, match.isrc) == ("Monsoon", "Asha", "QZABC2600001")
    assert (match.relation, match.bit_error, match.same_owner) == ("same_recording", 0.0, False)
    assert match.reference_start_s == pytest.approx(300 * ITEM_S)


def test_the_same_file_comes_before_the_same_samples_and_those_before_the_same_print() -> None:
    for seed in (1, 2):
        add(seed)
    third = TrackFactory(state=TrackState.HELD)
    keep(third, 3, items_of(4))
    matches = look(items_of(4), sha256="file-2", pcm_sha256="samples-1")
    assert [m.relation for m in matches] == ["same_file", "same_samples", "same_recording"]


def test_hashes_are_compared_without_any_items() -> None:
    add(1)
    assert [m.relation for m in look(sha256="file-1")] == ["same_file"]
    assert look() == []


def test_other_recordings_are_not_found() -> None:
    for seed in range(1, 6):
        add(seed)
    assert look(items_of(99)) == []


def test_own_recordings_are_told_apart() -> None:
    track = add(1)
    [own] = look(items_of(1), owner=track.release.owner)
    [foreign] = look(items_of(1))
    assert own.same_owner
    assert not foreign.same_owner


def test_a_track_is_never_compared_with_itself() -> None:
    track = add(1)
    assert look(items_of(1), sha256="file-1", track=track) == []


@pytest.mark.parametrize("state", TrackState.values)
def test_what_was_never_submitted_or_is_withdrawn_is_no_catalogue(state: str) -> None:
    add(1, state=state)
    found = bool(look(items_of(1), sha256="file-1"))
    assert found == (state not in (TrackState.DRAFT, TrackState.WITHDRAWN))


def test_of_two_at_the_same_moment_the_later_sees_the_earlier() -> None:
    earlier, later = add(1, state="submitted"), add(1, state="submitted")
    assert [m.reference for m in look(items_of(1), track=later)] == [str(earlier.pk)]


def test_a_later_copy_does_not_hold_up_the_original() -> None:
    original = add(1)
    copy = add(1, state=TrackState.HELD)
    heard(copy, timezone.now() + timedelta(days=1))
    assert look(items_of(1), track=original) == []
    assert [m.reference for m in look(items_of(1), track=copy)] == [str(original.pk)]


def test_a_later_copy_that_was_cleared_is_seen() -> None:
    original = add(1, state=TrackState.SUBMITTED)
    copy = add(1, state=TrackState.CLEARED)
    heard(copy, timezone.now() + timedelta(days=1))
    assert [m.reference for m in look(items_of(1), track=original)] == [str(copy.pk)]


def test_other_audio_for_a_track_counts_from_now() -> None:
    track = add(1)
    heard(track, timezone.now() - timedelta(days=9))
    other = add(2, state=TrackState.HELD)
    heard(other, timezone.now() - timedelta(days=5))
    assert look(items_of(2), track=track) == []
    keep(track, 3, items_of(2))
    assert [m.reference for m in look(items_of(2), track=track)] == [str(other.pk)]


def heard(track: Track, at: Any) -> None:
    RecordingPrint.objects.filter(track=track).update(heard_at=at)


def test_storing_twice_changes_nothing() -> None:
    track = add(1)
    before = RecordingPrint.objects.get()
    changes = PrintChange.objects.count()
    keep(track, 1)
    after = RecordingPrint.objects.get()
    assert (before, PrintChange.objects.count()) == (after, changes)
    assert before.heard_at == after.heard_at


def test_storing_another_print_replaces_the_first() -> None:
    track = add(1)
    keep(track, 2)
    assert RecordingPrint.objects.get().read_items().tolist() == items_of(2).tolist()
    assert look(items_of(1), sha256="file-1", pcm_sha256="samples-1") == []
    assert len(look(items_of(2))) == 1


def test_items_survive_the_database_bit_by_bit() -> None:
    extremes = np.array([0, 1, 2**31, 2**32 - 1, 627964279], dtype=np.uint32)
    row = keep(TrackFactory(), 1, extremes)
    row.refresh_from_db()
    assert row.read_items().dtype == np.uint32
    assert row.read_items().tolist() == extremes.tolist()


def test_a_print_without_items_is_found_by_its_hashes() -> None:
    track = TrackFactory(state=TrackState.HELD)
    keep(track, 1, np.empty(0, dtype=np.uint32))
    [match] = look(sha256="file-1")
    assert match.reference == str(track.pk)


def test_a_removed_print_is_not_found() -> None:
    track = add(1)
    remove_print(track=track)
    remove_print(track=track)
    assert look(items_of(1), sha256="file-1") == []


def test_candidates_that_are_no_catalogue_take_nobodys_place(monkeypatch: Any) -> None:
    for _ in range(3):
        add(1, state=TrackState.WITHDRAWN)
    kept = add(1)
    monkeypatch.setattr("apps.fingerprints.engine.voting.CANDIDATES", 1)
    assert [m.reference for m in look(items_of(1))] == [str(kept.pk)]


def test_a_search_takes_few_queries_however_much_is_found() -> None:
    for _ in range(8):
        add(1)
    look(items_of(1))  # brings the index up to date
    with CaptureQueriesContext(connection) as queries:
        assert len(look(items_of(1))) == 8
    assert len(queries) <= 9


def test_of_many_copies_the_oldest_are_named(monkeypatch: Any) -> None:
    first, second, _third = (add(1) for _ in range(3))
    monkeypatch.setattr("apps.fingerprints.catalogue.COPIES", 2)
    named = {match.reference for match in look(sha256="file-1")}
    assert named == {str(first.pk), str(second.pk)}


def test_an_unknown_account_owns_nothing() -> None:
    add(1)
    catalogue = DatabaseCatalogue(owner_id=UUID(int=0), exclude_track_id=UUID(int=0))
    [match] = catalogue.find(sha256="file-1", pcm_sha256="x", items=(), duration_s=1.0)
    assert not match.same_owner
