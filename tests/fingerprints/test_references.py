"""References from outside: added, changed, removed, and what is refused."""

import re
from typing import Any

import pytest

from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.consent.features import features_of, purge_features
from apps.fingerprints.catalogue import DatabaseCatalogue, store_print
from apps.fingerprints.errors import (
    IsrcInvalid,
    NotAReference,
    ReferenceRefusal,
    ReferenceWithoutTitle,
    TextTooLong,
    UnknownSource,
)
from apps.fingerprints.keys import ITEM_S, Items
from apps.fingerprints.models import PrintChange, Reference
from apps.fingerprints.references import Heard, add_reference, remove_reference
from apps.fingerprints.telling import matches_of
from tests.factories import TrackFactory
from tests.fingerprints.walks import noisy, walk

pytestmark = pytest.mark.django_db


def heard(seed: int, items: Items | None = None) -> Heard:
    array = walk(seed) if items is None else items
    return Heard(f"file {seed}", f"samples {seed}", array, len(array) * ITEM_S + 2.6)


def add(seed: int = 1, **told: Any) -> Reference:
    return add_reference(heard=heard(seed), by=None, **{"title": "Monsoon", **told})


def test_a_reference_keeps_what_was_said_of_it() -> None:
    row = add(
        source="takedown", owner=" Asha  Rao ", isrc="qz-abc-26-00001", rights_note="Notice 7"
    )
    row.refresh_from_db()
    assert (row.source, row.owner, row.isrc) == ("takedown", "Asha Rao", "QZABC2600001")
    assert row.read_items().tolist() == walk(1).tolist()
    event = Event.objects.get(kind="reference.added")
    assert event.subject_id == str(row.pk)


def test_the_same_again_writes_nothing() -> None:
    assert add() == add()
    assert (Reference.objects.count(), PrintChange.objects.count()) == (1, 1)
    assert Event.objects.filter(kind__startswith="reference.").count() == 1


def test_the_same_recording_with_other_words_is_changed_in_place() -> None:
    first, second = add(), add(title="Monsoon (live)", rights_note="Not ours")
    assert first.pk == second.pk
    assert Reference.objects.get().title == "Monsoon (live)"
    assert Event.objects.filter(kind="reference.changed").count() == 1
    assert PrintChange.objects.count() == 1  # the print is the same


def test_two_owners_may_deliver_the_same_recording() -> None:
    add(owner="A")
    add(owner="B")
    assert Reference.objects.count() == 2


REFUSED = [
    ({"source": "radio"}, UnknownSource, "delivery"),
    ({"title": "  "}, ReferenceWithoutTitle, "title"),
    ({"title": "x" * 301}, TextTooLong, "300"),
    ({"rights_note": "x" * 2001}, TextTooLong, "2000"),
    ({"isrc": "QZABC26"}, IsrcInvalid, "."),
]


@pytest.mark.parametrize(("told", "error", "word"), REFUSED)
def test_what_cannot_be_kept_is_refused_with_a_sentence(
    told: dict[str, str], error: type[ReferenceRefusal], word: str
) -> None:
    with pytest.raises(error, match=re.escape(word)):
        add(**told)
    assert (Reference.objects.count(), PrintChange.objects.count()) == (0, 0)


def test_a_removed_reference_is_not_found() -> None:
    row = add()
    assert len(matches_of(heard(9, walk(1)[200:400]))) == 1
    remove_reference(reference_id=row.pk, by=None)
    assert matches_of(heard(9, walk(1)[200:400])) == []
    with pytest.raises(NotAReference, match="no reference"):
        remove_reference(reference_id=row.pk, by=None)


def test_a_row_that_vanished_without_a_word_is_not_told() -> None:
    row = add()
    assert len(matches_of(heard(9, walk(1)))) == 1
    Reference.objects.filter(pk=row.pk).delete()
    assert matches_of(heard(9, walk(1))) == []


def test_matches_are_told_with_class_times_and_coverage() -> None:
    row = add(seed=1, title="Monsoon", owner="Label", isrc="QZABC2600001")
    [exact] = matches_of(heard(1))
    assert (exact["class"], exact["tier"], exact["coverage_ref"]) == ("exact", "hash", 1.0)
    [part] = matches_of(heard(9, noisy(walk(1)[300:600], 0.05)))
    assert (part["reference"], part["title"], part["isrc"]) == (row.pk, "Monsoon", "QZABC2600001")
    assert (part["class"], part["accepted"]) == ("same_recording", True)
    [piece] = part["segments"]
    assert piece["r_start"] - piece["q_start"] == pytest.approx(300 * ITEM_S, abs=0.05)
    assert part["coverage_ref"] == pytest.approx(1 / 3, abs=0.05)


@pytest.mark.parametrize("lost", ["withdrawn", "purged"])
def test_a_track_that_may_not_be_read_is_not_told(lost: str) -> None:
    track = TrackFactory(state=TrackState.CLEARED, title="Monsoon")
    known = heard(1)
    store_print(
        track=track, sha256="file 1", pcm_sha256="samples 1", items=known.items, duration_s=60
    )
    part = heard(9, walk(1)[200:400])
    assert [one["title"] for one in matches_of(part)] == [str(track)]
    assert [one["class"] for one in matches_of(known)] == ["exact"]
    if lost == "withdrawn":
        Track.objects.filter(pk=track.pk).update(state=TrackState.WITHDRAWN)
    else:
        purge_features(features=features_of([track.pk]), reason="erased")
    assert (matches_of(part), matches_of(known)) == ([], [])


def test_the_check_is_told_of_references_and_their_rights() -> None:
    row = add(source="takedown", rights_note="Taken down on 2026-11-01")
    catalogue = DatabaseCatalogue(owner_id=None, exclude_track_id=TrackFactory().pk)
    query = heard(9, noisy(walk(1), 0.05))
    [match] = catalogue.find(
        sha256="x", pcm_sha256="y", items=query.items.tolist(), duration_s=query.duration_s
    )
    assert (match.reference, match.relation) == (f"reference {row.pk}", "same_recording")
    assert (match.source, match.note) == ("takedown", "Taken down on 2026-11-01")
    assert not match.same_owner
