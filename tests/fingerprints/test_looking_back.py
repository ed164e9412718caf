"""A new reference is looked for in tracks: what is found, kept once, told, and remembered."""

from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.fingerprints import shards
from apps.fingerprints.catalogue import DatabaseCatalogue, store_print
from apps.fingerprints.engine import voting
from apps.fingerprints.errors import NotAReference
from apps.fingerprints.keys import ITEM_S, Items
from apps.fingerprints.landmarks.marks import keep
from apps.fingerprints.landmarks.packed import pack
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.looking_back import look_back
from apps.fingerprints.models import Reference, RetroFind, RetroSearch
from apps.fingerprints.questions import Hidden, Question, Stretches, answer_here
from apps.fingerprints.references import (
    Heard,
    add_reference,
    change_reference,
    remove_reference,
)
from apps.fingerprints.retro_asking import ask_retro
from apps.fingerprints.retro_memory import remembered
from apps.fingerprints.retro_telling import in_words, told
from tests.factories import ComplianceOfficerFactory, LabelFactory, TrackFactory
from tests.fingerprints.peaks_at_random import part_of, scatter, together, warped
from tests.fingerprints.test_explaining import LOOP, add, upload
from tests.fingerprints.walks import noisy, walk

pytestmark = pytest.mark.django_db


def track_with(items: Items, **fields: Any) -> Track:
    track = TrackFactory(**{"state": TrackState.CLEARED, **fields})
    name = str(track.pk)
    length = len(items) * ITEM_S + 2.6
    store_print(track=track, sha256=name, pcm_sha256=name, items=items, duration_s=length)
    return track


def search_of(reference: Reference) -> RetroSearch:
    return RetroSearch.objects.select_related("reference").get(reference=reference)


def test_adding_a_reference_asks_for_the_search_in_the_same_transaction() -> None:
    reference = add()
    assert search_of(reference).state == "waiting"
    look_back(search_of(reference))
    change_reference(reference_id=reference.pk, by=None, title="Other words")
    assert search_of(reference).state == "done"
    remove_reference(reference_id=reference.pk, by=None)
    assert not RetroSearch.objects.exists()
    with pytest.raises(NotAReference):
        ask_retro(reference_id=reference.pk)


@pytest.mark.parametrize("source", ["takedown", "delivery"])
def test_it_is_found_in_tracks_and_only_in_tracks_that_hold_it(source: str) -> None:
    whole, part = track_with(noisy(walk(1), 0.03)), track_with(upload(walk(1)[LOOP]))
    track_with(walk(7))
    track_with(walk(1), state=TrackState.WITHDRAWN)
    add(9, upload(walk(1)[LOOP], seed=70))  # another reference that has it, too
    found = look_back(search_of(add(source=source)))
    assert {find.track: find.relation for find in found} == {
        whole: "same_recording", part: "partial",
    }  # fmt: skip
    [stretch] = next(find.stretches for find in found if find.track == part)
    shift = stretch["there"][0] - stretch["here"][0]
    assert shift == pytest.approx((200 - 400) * ITEM_S, abs=0.2)
    assert all(find.state == "waiting" for find in found)


def marked(seed: int, peaks: Peaks) -> dict[str, Any]:
    """What a recording of 60 s is known by."""
    words = pack(keep(peaks))
    return {"items": walk(seed, 460), "duration_s": 60.0, "marks": words}


@pytest.mark.parametrize("source", ["catalogue", "delivery", "takedown"])
def test_a_changed_part_is_found_beside_the_same_recording(source: str) -> None:
    """What prints explain must not keep landmarks from finding it elsewhere, changed."""
    plain, changed = (TrackFactory(state=TrackState.CLEARED) for _ in range(2))
    part = warped(part_of(scatter(1), 20.0, 12.0), 1.03, 1.03)
    store_print(track=plain, sha256="a", pcm_sha256="a", **marked(1, scatter(1)))
    told = marked(90, together(scatter(90), part, 8.0))
    store_print(track=changed, sha256="b", pcm_sha256="b", **told)
    reference = add_reference(
        heard=Heard("r", "r", walk(1, 460), 60.0, pack(keep(scatter(1)))),
        by=None, title="Song", source=source,
    )  # fmt: skip
    finds = {find.track: find for find in look_back(search_of(reference))}
    assert finds.keys() == {plain, changed}
    [stretch] = finds[changed].stretches
    assert stretch["speed"] == pytest.approx(1.03, abs=0.002)
    assert stretch["here"][0] == pytest.approx(8.0, abs=0.7)


def test_other_references_take_no_tracks_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many references hold it, and without naming each of them to the index."""
    monkeypatch.setattr(voting, "CANDIDATES", 3)
    track = track_with(upload(walk(1)[LOOP]))
    for seed in range(60, 66):
        add(seed, walk(1))
    reference = add(1)
    asked: list[Hidden] = []

    def answer(question: Question) -> Stretches:
        asked.append(question.hidden)
        return answer_here(question)

    monkeypatch.setattr(shards, "answer_here", answer)
    assert [find.track for find in look_back(search_of(reference))] == [track]
    assert asked == [Hidden([], references=True)]


def test_the_same_samples_are_found_by_their_hash_alone() -> None:
    track = TrackFactory(state=TrackState.CLEARED)
    store_print(track=track, sha256="x", pcm_sha256="samples 1", items=[], duration_s=40.0)
    [find] = look_back(search_of(add()))
    assert (find.track, find.relation) == (track, "same_samples")
    assert find.stretches[0]["here"] == [0.0, 40.0]


def test_looking_twice_keeps_each_find_once() -> None:
    track_with(upload(walk(1)[LOOP]))
    search = search_of(add())
    assert len(look_back(search)) == 1
    assert look_back(search) == []
    assert RetroFind.objects.count() == 1


def test_common_material_is_left_as_it_is_unless_a_notice_names_it(settings: Any) -> None:
    settings.COMMON_MATERIAL_AT = 3
    tracks = [track_with(upload(walk(1)[LOOP], seed=seed)) for seed in (80, 81, 82)]
    pack = look_back(search_of(add(1, walk(1)[LOOP], owner="Pack One")))
    assert {find.state for find in pack} == {"common"}
    notice = look_back(search_of(add(1, walk(1)[LOOP], source="takedown")))
    assert {(find.track, find.state) for find in notice} == {(one, "waiting") for one in tracks}


def test_a_whole_recording_is_never_common(settings: Any) -> None:
    settings.COMMON_MATERIAL_AT = 2
    for seed in (80, 81, 82):
        track_with(noisy(walk(1), 0.02, seed=seed))
    assert {find.state for find in look_back(search_of(add()))} == {"waiting"}


def test_what_was_found_is_a_match_of_the_next_screening_of_the_same_recording() -> None:
    track = track_with(upload(walk(1)[LOOP]))
    reference = add(source="takedown", artist="Asha", rights_note="Notice 7")
    look_back(search_of(reference))
    name = str(track.pk)
    [match] = remembered(track.pk, name, set())
    assert (match.reference, match.source, match.note) == (
        f"reference {reference.pk}", "takedown", "Notice 7",
    )  # fmt: skip
    assert match.query_start_s == pytest.approx(400 * ITEM_S, abs=1.5)
    assert remembered(track.pk, name, {match.reference}) == []
    assert remembered(track.pk, "other audio by now", set()) == []


def test_people_and_programs_are_told(client: Client) -> None:
    track = track_with(upload(walk(1)[LOOP]), title="River")
    reference = add()
    client.force_login(ComplianceOfficerFactory())
    listed = reverse("admin:fingerprints_reference_changelist")
    assert "not yet looked for" in client.get(listed).content.decode()
    search = search_of(reference)
    look_back(search)
    assert "found in 1 track" in client.get(listed).content.decode()
    page = client.get(reverse("admin:fingerprints_reference_change", args=[reference.pk]))
    assert "River" in page.content.decode()
    [line] = told(search_of(reference))["found"]
    assert (line["track"], line["class"]) == (str(track.pk), "partial")
    other = Reference.objects.get(pk=reference.pk)
    RetroSearch.objects.all().delete()
    other.refresh_from_db()
    assert in_words(other) == "not looked for"


def test_a_reference_without_a_print_finds_nothing() -> None:
    track_with(walk(1))
    assert look_back(search_of(add(5, np.empty(0, dtype=np.uint32)))) == []


def test_a_label_that_delivers_its_catalogue_finds_its_own_tracks_and_nothing_follows() -> None:
    own = LabelFactory(name="Low  Tide Records")
    track_with(noisy(walk(1), 0.03), release__label=own)
    foreign = track_with(noisy(walk(1), 0.03, seed=5), release__label=LabelFactory())
    reference = add(owner="low tide records")
    assert {find.track for find in look_back(search_of(reference))} == {foreign}
    notice = add(owner="low tide records", source="takedown")
    assert len(look_back(search_of(notice))) == 2


def test_what_a_label_delivered_belongs_to_the_upload_that_it_releases() -> None:
    items = noisy(walk(1), 0.03)
    own = track_with(items, release__label=LabelFactory(name="Low Tide Records"))
    foreign = track_with(items, release__label=None)
    add(owner="Low Tide Records", isrc="USS1Z2600042")
    for track, mine in ((own, True), (foreign, False)):
        catalogue = DatabaseCatalogue(owner_id=None, exclude_track_id=track.pk)
        asked = {"sha256": "?", "pcm_sha256": "??", "duration_s": 110.0}
        found = catalogue.find(items=items.tolist(), **asked)
        told = [(one.same_owner, one.isrc) for one in found if one.source == "delivery"]
        assert told == [(mine, "USS1Z2600042")]
