"""A host's index follows the database: what came, changed and went, and other histories."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction

from apps.fingerprints import following, log
from apps.fingerprints.catalogue import remove_print, store_print
from apps.fingerprints.engine.answers import Found
from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.manifest import MANIFEST, Position, writing
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.errors import IndexBusy
from apps.fingerprints.keys import ITEM_S
from apps.fingerprints.models import PrintChange, RecordingPrint, Reference
from apps.fingerprints.references import Heard, add_reference, remove_reference
from tests.factories import TrackFactory
from tests.fingerprints.walks import walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.PRINT_INDEX_DIR = str(tmp_path / "index")
    return tmp_path / "index" / "prints"


def add(seed: int) -> Reference:
    heard = Heard(f"file {seed}", f"samples {seed}", walk(seed, 200), 200 * ITEM_S)
    return add_reference(heard=heard, by=None, title=f"Reference {seed}")


def look(seed: int) -> list[Found]:
    return following.current_index(following.PRINTS).search(Query.of([walk(seed, 200)]))


def found(seed: int) -> list[int]:
    return [one.number for one in look(seed)]


def forget_process() -> None:
    """What a new process starts with."""
    following._opened.clear()


def test_what_comes_and_goes_is_followed() -> None:
    first, second = add(1), add(2)
    assert found(1) == [log.number_of(first)]
    remove_reference(reference_id=first.pk, by=None)
    assert found(1) == []
    assert found(2) == [log.number_of(second)]


def test_tracks_and_references_have_numbers_of_their_own() -> None:
    reference = add(1)
    items = walk(2, 200)
    row = store_print(
        track=TrackFactory(), sha256="a", pcm_sha256="b", items=items, duration_s=200 * ITEM_S
    )
    numbers = {log.number_of(reference), log.number_of(row)}
    assert len(numbers) == 2
    assert {log.is_reference(number) for number in numbers} == {True, False}
    assert following.current_index(following.PRINTS).numbers() == numbers
    remove_print(track=row.track)
    assert following.current_index(following.PRINTS).numbers() == {log.number_of(reference)}


def test_another_print_for_the_same_recording_takes_its_place() -> None:
    track = TrackFactory()
    for seed in (1, 2):
        items = walk(seed, 200)
        store_print(track=track, sha256="a", pcm_sha256=f"{seed}", items=items, duration_s=24.8)
    assert found(1) == []
    assert found(2) == [log.number_of(RecordingPrint.objects.get())]


def test_a_new_process_finds_the_same_whether_prints_were_written_down_or_not(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(following, "PRINTS", replace(following.PRINTS, flush_at=3))
    numbers = {seed: log.number_of(add(seed)) for seed in range(1, 9)}
    for seed, number in numbers.items():
        found(seed)
        forget_process()
        assert found(seed) == [number]
    assert list(folder.glob("*.prints"))
    before = {seed: look(seed) for seed in numbers}
    following.rebuild(following.PRINTS)
    assert {s: look(s) for s in numbers} == before


def test_whoever_is_far_behind_begins_again(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(following, "PRINTS", replace(following.PRINTS, rebuild_at=3))
    rows = [add(seed) for seed in range(1, 6)]
    assert found(4) == [log.number_of(rows[3])]
    assert len(list(folder.glob("*.prints"))) == 1  # written at once, by one process
    assert following.current_index(following.PRINTS).waiting == 0
    remove_reference(reference_id=rows[3].pk, by=None)
    assert found(4) == []
    assert found(5) == [log.number_of(rows[4])]


def test_an_index_of_another_history_is_made_again(folder: Path) -> None:
    add(1)
    foreign = Index(folder)
    foreign.apply({7: walk(50, 200)}, Position(1, "another mark"))
    foreign.flush()
    assert found(50) == []
    assert len(found(1)) == 1


def test_an_index_that_is_ahead_of_the_database_is_made_again() -> None:
    kept = add(1)
    following.rebuild(following.PRINTS)
    with transaction.atomic():
        lost = add(2)
        following.rebuild(following.PRINTS)
        assert found(2) == [log.number_of(lost)]
        transaction.set_rollback(True)
    assert found(2) == []
    assert found(1) == [log.number_of(kept)]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"format": 0}'])
def test_a_damaged_index_is_made_again(folder: Path, damage: bytes) -> None:
    kept = add(1)
    following.rebuild(following.PRINTS)
    (folder / MANIFEST).write_bytes(damage)
    forget_process()
    assert found(1) == [log.number_of(kept)]


def test_a_folder_that_was_deleted_is_made_again(folder: Path) -> None:
    kept = add(1)
    following.rebuild(following.PRINTS)
    for path in folder.iterdir():
        path.unlink()
    forget_process()
    assert found(1) == [log.number_of(kept)]


def test_whoever_waits_too_long_for_another_process_is_told(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(following, "PATIENCE_S", 0.0)
    folder.mkdir(parents=True)
    with writing(folder) as mine:
        assert mine
        with pytest.raises(IndexBusy, match="few minutes"):
            following.rebuild(following.PRINTS)


def test_the_log_counts_without_gaps() -> None:
    for seed in range(1, 5):
        add(seed)
    assert list(PrintChange.objects.values_list("seq", flat=True)) == [1, 2, 3, 4]
    assert len(set(PrintChange.objects.values_list("mark", flat=True))) == 4
    assert log.standing().seq == 4
    assert log.changes_after(Position(2))[1] == log.standing()
    assert not log.continues(Position(4, "x"))
    assert not log.continues(Position(5, log.standing().mark))


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_get_numbers_in_the_order_of_their_commits() -> None:
    troubles: list[BaseException] = []

    def write(first: int) -> None:
        try:
            for seed in range(first, first + 5):
                add(seed)
        except BaseException as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(first,)) for first in (1, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    rows = list(PrintChange.objects.values_list("seq", "number"))
    assert [seq for seq, _ in rows] == list(range(1, 16))
    assert {number for _, number in rows} == {log.number_of(r) for r in Reference.objects.all()}


def test_a_print_that_went_without_a_word_leaves_the_index_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, gone = add(1), add(2)
    assert following.current_index(following.PRINTS).numbers() == {
        log.number_of(kept),
        log.number_of(gone),
    }
    Reference.objects.filter(pk=gone.pk).delete()
    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.0)
    assert following.current_index(following.PRINTS).numbers() == {log.number_of(kept)}


def test_a_change_is_written_inside_the_transaction_of_what_changed() -> None:
    with transaction.atomic():
        add(1)
        transaction.set_rollback(True)
    assert not PrintChange.objects.exists()
    assert found(1) == []
