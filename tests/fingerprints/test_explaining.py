"""What explains a match, and what is common: by licences in the database, on real prints."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from apps.accounts.models import User
from apps.catalogue.states import TrackState
from apps.fingerprints.catalogue import DatabaseCatalogue, store_print
from apps.fingerprints.explaining import ExplainedCatalogue, asker_of
from apps.fingerprints.keys import ITEM_S, Items
from apps.fingerprints.licences import Covered, Terms, register_licence, revoke_licence
from apps.fingerprints.matching import Match
from apps.fingerprints.models import MaterialLicence, Reference
from apps.fingerprints.references import add_reference
from apps.screening.match_codes import licence_words
from tests.factories import ReviewerFactory, TrackFactory, UserFactory
from tests.fingerprints.test_references import heard
from tests.fingerprints.walks import noisy, walk

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)
FIRST = date(2026, 1, 1)
LOOP = slice(200, 300)  # of the reference: 24.8 to 37.1 s


def add(seed: int = 1, items: Items | None = None, **told: Any) -> Reference:
    return add_reference(heard=heard(seed, items), by=None, **{"title": f"Song {seed}", **told})


def upload(*guests: Items, seed: int = 90) -> Items:
    """900 items of its own, with these in between."""
    host = walk(seed)
    return np.concatenate([host[:400], *(noisy(one, 0.03) for one in guests), host[400:]])


def look(items: Items, account: User | None = None, places: list[str] | None = None) -> list[Match]:
    document = {} if places is None else {"territories": places}
    asker = asker_of(document, account.pk if account else None, TODAY)
    shelf = DatabaseCatalogue(owner_id=asker.account_id, exclude_track_id=None)
    return ExplainedCatalogue(shelf, asker).find(
        sha256="?", pcm_sha256="??", items=items.tolist(), duration_s=len(items) * ITEM_S + 2.6
    )


def licence(account: User | None, covers: Covered, **terms: Any) -> MaterialLicence:
    return register_licence(
        licensor="Beat House",
        account=account,
        covers=covers,
        terms=Terms(**{"starts_on": FIRST, **terms}),
        note="Invoice 12",
        by=ReviewerFactory(),
    )


def numbers(matches: list[Match]) -> list[int | None]:
    return [match.licence.number if match.licence else None for match in matches]


def test_without_a_licence_nothing_is_explained() -> None:
    add()
    [match] = look(upload(walk(1)[LOOP]))
    assert (match.relation, match.licence, match.common) == ("partial", None, 0)


def test_a_licence_explains_and_is_remembered_for_the_next_upload() -> None:
    reference, artist = add(), UserFactory()
    row = licence(artist, Covered(reference=reference))
    for seed in (90, 91):
        assert numbers(look(upload(walk(1)[LOOP], seed=seed), artist)) == [row.pk]
    assert numbers(look(upload(walk(1)[LOOP]), UserFactory())) == [None]


@pytest.mark.parametrize(
    ("terms", "places", "explained"),
    [
        ({}, None, True),
        ({"ends_on": TODAY}, None, True),
        ({"ends_on": date(2026, 11, 26)}, None, False),
        ({"starts_on": date(2026, 11, 28)}, None, False),
        ({"territories": ["DE", "IN"]}, ["IN"], True),
        ({"territories": ["DE", "IN"]}, ["IN", "US"], False),
        ({"territories": ["DE", "IN"]}, ["worldwide"], False),
        ({"territories": ["DE", "IN"]}, None, False),
        ({"territories": ["DE", "IN"]}, [], False),
    ],
)
def test_term_and_territory_count(
    terms: dict[str, Any], places: list[str] | None, explained: bool
) -> None:
    reference, artist = add(), UserFactory()
    licence(artist, Covered(reference=reference), **terms)
    [match] = look(upload(walk(1)[LOOP]), artist, places)
    assert bool(match.licence) == explained


def test_what_was_taken_back_explains_nothing() -> None:
    reference, artist = add(), UserFactory()
    row = licence(artist, Covered(reference=reference))
    revoke_licence(licence=row, by=ReviewerFactory())
    [match] = look(upload(walk(1)[LOOP]), artist)
    assert match.licence is None
    assert match.lapsed.startswith(f"licence {row.pk} of Beat House was taken back on 20")
    assert match.lapsed in licence_words(match)
    [strangers] = look(upload(walk(1)[LOOP]), UserFactory())
    assert strangers.lapsed == ""
    other = licence(artist, Covered(reference=reference))
    assert numbers(look(upload(walk(1)[LOOP]), artist)) == [other.pk]


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"ends_on": date(2026, 11, 26)}, "ended on 2026-11-26"),
        ({"starts_on": date(2026, 11, 28)}, "begins on 2026-11-28"),
        ({"territories": ["DE"]}, "does not cover every country"),
    ],
)
def test_a_licence_that_does_not_count_is_told_with_why(terms: dict[str, Any], why: str) -> None:
    reference, artist = add(), UserFactory()
    licence(artist, Covered(reference=reference), **terms)
    [match] = look(upload(walk(1)[LOOP]), artist, ["DE", "IN"])
    assert match.licence is None
    assert match.lapsed.endswith(why)


@pytest.mark.parametrize(
    ("part", "explained"), [((24.0, 38.0), True), ((24.0, 30.0), False), ((60.0, 80.0), False)]
)
def test_only_the_licensed_part_is_explained(part: tuple[float, float], explained: bool) -> None:
    reference, artist = add(), UserFactory()
    licence(artist, Covered(reference=reference, part_s=part))
    [match] = look(upload(walk(1)[LOOP]), artist)
    assert bool(match.licence) == explained


def test_a_pack_covers_all_its_references_but_none_that_a_notice_names() -> None:
    artist = UserFactory()
    add(1, owner="Pack One")
    add(2, owner="Pack One", source="takedown")
    named = add(3, owner="Pack One", source="takedown")
    add(4, owner="Somebody else")
    pack = licence(artist, Covered(owner="pack one"))
    own = licence(artist, Covered(reference=named))
    parts = [walk(seed)[LOOP] for seed in (1, 2, 3, 4)]
    told = {match.title: match for match in look(upload(*parts), artist)}
    assert numbers([told[f"Song {seed}"] for seed in (1, 2, 3, 4)]) == [pack.pk, None, own.pk, None]


def test_a_track_of_another_account_can_be_licensed_and_a_free_pack_is_for_everybody() -> None:
    track = TrackFactory(state=TrackState.CLEARED)
    keep(track, walk(5))
    add(6, owner="Free Pack")
    artist = UserFactory()
    rows = [licence(artist, Covered(track=track)), licence(None, Covered(owner="Free Pack"))]
    found = look(upload(walk(5)[LOOP], walk(6)[LOOP]), artist)
    assert sorted(numbers(found), key=str) == sorted((row.pk for row in rows), key=str)


def keep(track: Any, items: Items) -> None:
    store_print(
        track=track, sha256=str(track.pk), pcm_sha256=str(track.pk), items=items,
        duration_s=len(items) * ITEM_S + 2.6,
    )  # fmt: skip


@pytest.mark.parametrize("exclusive", [True, False])
def test_the_recording_itself_is_explained_by_an_exclusive_licence_only(exclusive: bool) -> None:
    reference, artist = add(), UserFactory()
    licence(artist, Covered(reference=reference), exclusive=exclusive)
    asker = asker_of({}, artist.pk, TODAY)
    shelf = DatabaseCatalogue(owner_id=artist.pk, exclude_track_id=None)
    [match] = ExplainedCatalogue(shelf, asker).find(
        sha256=reference.sha256, pcm_sha256="?", items=[], duration_s=reference.duration_s
    )
    assert (match.relation, bool(match.licence)) == ("same_file", exclusive)


def test_a_loop_that_is_heard_whole_is_a_part_of_the_upload() -> None:
    add(1, walk(1)[LOOP])
    [match] = look(upload(walk(1)[LOOP]))
    assert match.relation == "partial"
    [whole] = look(noisy(walk(1)[200:290], 0.03))
    assert whole.relation == "same_recording"


def spread(loop: Items, holders: int) -> None:
    """References of so many owners that all have this loop."""
    for seed in range(100, 100 + holders):
        add(seed, upload(loop, seed=seed), owner=f"Owner {seed}")


def test_what_very_many_have_is_common_and_what_few_have_is_not(settings: Any) -> None:
    settings.COMMON_MATERIAL_AT = 5
    spread(walk(1)[LOOP], 4)
    assert {match.common for match in look(upload(walk(1)[LOOP]))} == {0}
    add(150, upload(walk(1)[LOOP], seed=150), owner="Owner 100")  # one who has it already
    assert {match.common for match in look(upload(walk(1)[LOOP]))} == {0}
    add(151, upload(walk(1)[LOOP], seed=151), owner="Owner 151")
    assert {match.common for match in look(upload(walk(1)[LOOP]))} == {5}


def test_what_goes_beyond_the_loop_is_not_common(settings: Any) -> None:
    """One who also took twenty seconds of a song around the loop is told of that by itself."""
    settings.COMMON_MATERIAL_AT = 5
    spread(walk(1)[LOOP], 5)
    song = add(1, owner="Asha")
    told = {m.reference: m.common for m in look(upload(walk(1)[100:400]))}
    assert told.pop(f"reference {song.pk}") == 0
    assert len(told) == 5


def test_the_licence_of_the_pack_explains_all_that_have_the_loop(settings: Any) -> None:
    settings.COMMON_MATERIAL_AT = 5
    spread(walk(1)[LOOP], 5)
    pack, artist = add(1, walk(1)[LOOP], owner="Pack One"), UserFactory()
    row = licence(artist, Covered(owner="Pack One"))
    [match] = look(upload(walk(1)[LOOP]), artist)
    assert (match.reference, numbers([match])) == (f"reference {pack.pk}", [row.pk])
    assert len(look(upload(walk(1)[LOOP]), UserFactory())) == 6
