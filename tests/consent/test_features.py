"""Features: what registering refuses, what is found again, what purging leaves."""

import itertools
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as kept
from django.core.files.storage import storages
from django.db import connection, transaction

from apps.audit.models import Event
from apps.audit.sealing import Unreadable, unseal
from apps.catalogue.models import Track
from apps.consent import feature_errors as errors
from apps.consent import zones
from apps.consent.ancestry import roots_of
from apps.consent.envelopes_reading import read_envelope
from apps.consent.features import features_of, forbidden_features, purge_features
from apps.consent.models import DerivedFeature, FeatureParent
from tests.consent.featuring import GEN, SOUND, allow, make
from tests.consent.saying import TRAIN, lift, say_yes, take_back
from tests.consent.test_envelopes import TEXT
from tests.factories import TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowed(track, prove) -> Track:
    allow(track)
    prove()
    return track


@pytest.fixture
def other(prove) -> Track:
    found = TrackFactory(answers={"label_licensed": False})
    allow(found)
    prove()
    return found


def files(zone: str = "gen") -> list[Path]:
    folder = Path(storages[f"features_{zone}"].location)
    return [one for one in folder.rglob("*") if one.is_file()]


def test_a_feature_has_its_parents_its_zone_and_sealed_bytes(allowed) -> None:
    one = make(allowed)
    assert (one.zone, one.model_class, one.envelope_version) == ("gen", GEN, 1)
    assert [link.track_id for link in one.parents.all()] == [allowed.pk]
    assert zones.read(one) == SOUND
    [file] = files()
    assert b"spectrogram" not in file.read_bytes()
    assert (files("ops"), files("share")) == ([], [])
    event = Event.objects.get(kind="feature.registered")
    assert event.subject_id == str(one.pk)
    assert event.data["envelope"] == "generative_music.1"


def test_each_feature_has_a_key_of_its_own(allowed, other) -> None:
    one, two = make(allowed), make(other)
    assert bytes(one.wrapped_key) != bytes(two.wrapped_key)
    two.place = one.place
    with pytest.raises(Unreadable):
        zones.read(two)


def test_the_same_again_is_the_same(allowed) -> None:
    one = make(allowed)
    assert make(allowed) == one
    assert make(allowed.pk) == one
    assert DerivedFeature.objects.count() == len(files()) == 1
    assert make(allowed, params={"bands": 81}) != one
    assert make(allowed, content=b"other") != one


def refuses(error: type[errors.FeatureRefused], *tracks: object, **more: object) -> None:
    before = DerivedFeature.objects.count(), FeatureParent.objects.count(), len(files())
    with pytest.raises(error, match=r"\w"), transaction.atomic():
        make(*tracks, **more)
    after = DerivedFeature.objects.count(), FeatureParent.objects.count(), len(files())
    assert after == before


@pytest.mark.parametrize(
    "name", ["", "generative_musik", "generative_music.2", "generative_music.x", "x" * 999]
)
def test_an_unknown_envelope_is_refused(allowed, name) -> None:
    refuses(errors.NoSuchEnvelope, allowed, envelope=name)


def test_an_envelope_that_was_never_published_is_refused(allowed) -> None:
    wider = read_envelope(TEXT.replace('"log_mel"', '"log_mel", "stem"'))
    refuses(errors.NoSuchEnvelope, allowed, envelope=wider, kind="stem")


def test_a_kind_that_the_envelope_may_not_compute_is_refused(allowed) -> None:
    refuses(errors.ForeignKind, allowed, kind="chromaprint")
    refuses(errors.ForeignKind, allowed, kind="")


def test_what_is_not_described_is_refused(allowed) -> None:
    for more in (
        {"extractor": ""},
        {"extractor": "x" * 81},
        {"params": {"bands": 0.5}},
        {"content": None},
        {"table": "consent_party"},
        {"place": "7"},
        {"table": "sqlite_master", "place": "1"},
        {"table": "catalogue_track", "place": "no key"},
        {"table": "catalogue_track", "place": str(uuid4())},
    ):
        refuses(errors.Undescribed, allowed, **more)


def test_a_parent_that_is_missing_is_refused(allowed) -> None:
    refuses(errors.MissingParent)
    refuses(errors.MissingParent, uuid4())
    refuses(errors.MissingParent, allowed, uuid4())
    gone = make(allowed)
    purge_features(features=[gone], reason="test")
    refuses(errors.MissingParent, parents=[gone])
    refuses(errors.MissingParent, parents=[DerivedFeature(pk=uuid4())])


def test_a_parent_that_is_not_permitted_is_refused(track, allowed, other, prove) -> None:
    stranger = TrackFactory(answers={"label_licensed": False})
    refuses(errors.NotPermitted, stranger)
    refuses(errors.NotPermitted, allowed, stranger)
    mixed = make(allowed, other)
    take_back(other.release.owner, other, TRAIN)
    refuses(errors.NotPermitted, parents=[mixed])
    refuses(errors.NotPermitted, allowed, other)
    make(allowed)


def test_a_yes_that_is_not_in_the_log_yet_is_none(track) -> None:
    allow(track)
    refuses(errors.NotPermitted, track)


def test_parents_have_one_country_in_common(allowed, prove) -> None:
    french = TrackFactory(answers={"label_licensed": False})
    allow(french, "FR")
    prove()
    refuses(errors.NotPermitted, allowed, french)
    say_yes(french.release.owner, french, TRAIN, "DE")
    prove()
    make(allowed, french)


def test_nothing_of_one_zone_becomes_a_parent_in_another(allowed, artist, prove) -> None:
    say_yes(artist, allowed, ("recommendation", "train"))
    prove()
    ops = make(allowed, envelope="ranking")
    assert (ops.zone, len(files("ops"))) == ("ops", 1)
    refuses(errors.OtherZone, parents=[ops])
    refuses(errors.OtherZone, allowed, parents=[ops])
    refuses(errors.OtherEnvelope, parents=[make(allowed)], envelope="generative_research")


def test_what_needs_no_yes_is_made_without_one(track) -> None:
    stem = make(track, envelope="rights_check", kind="stem")
    assert forbidden_features([track.pk]) == []
    assert list(features_of([track.pk])) == [stem]


def test_a_zone_without_its_key_is_closed_to_writing_and_reading(allowed, settings) -> None:
    one = make(allowed)
    settings.FEATURE_KEY_GEN = ""
    with pytest.raises(errors.ZoneClosed, match="FEATURE_KEY_GEN"), transaction.atomic():
        make(allowed, content=b"more")
    with pytest.raises(errors.ZoneClosed):
        zones.read(one)
    settings.FEATURE_KEY_GEN = "short"
    with pytest.raises(errors.ZoneClosed):
        zones.read(one)
    settings.FEATURE_KEY_GEN = kept.FEATURE_KEY_OPS
    with pytest.raises(Unreadable):
        zones.read(one)
    assert len(files()) == 1


def test_every_zone_has_a_place_and_a_key_of_its_own() -> None:
    places = {storages[f"features_{zone}"].location for zone in ("ops", "gen", "share")}
    assert len(places | {storages["originals"].location}) == 4
    assert len({zones.zone_key(zone) for zone in ("ops", "gen", "share")}) == 3


def test_descendants_are_found_through_whatever_lies_between(allowed, other) -> None:
    first = make(allowed)
    mixed = make(parents=[first, make(other)])
    index = make(other, parents=[mixed], kind="codec_tokens")
    assert set(features_of([allowed.pk])) == {first, mixed, index}
    assert set(features_of([allowed.pk, other.pk])) == set(DerivedFeature.objects.all())
    assert set(features_of([])) == set(features_of([uuid4()])) == set()
    found = roots_of([index.pk, first.pk])
    assert found[index.pk].tracks == {allowed.pk, other.pk}
    assert found[first.pk].tracks == {allowed.pk}
    assert found[index.pk].is_whole
    assert not roots_of([missing := uuid4()])[missing].is_whole


def test_a_cycle_written_past_us_ends(allowed) -> None:
    one = make(allowed)
    two = make(parents=[one])
    FeatureParent.objects.create(feature=one, parent=two)
    assert set(features_of([allowed.pk])) == {one, two}
    assert roots_of([two.pk])[two.pk].tracks == {allowed.pk}


def test_forbidden_is_what_one_parent_forbids(allowed, other) -> None:
    mine, theirs, mixed = make(allowed), make(other), make(allowed, other)
    index = make(parents=[mixed])
    assert forbidden_features([allowed.pk, other.pk]) == []
    take_back(other.release.owner, other, TRAIN)
    assert set(forbidden_features([other.pk])) == {theirs, mixed, index}
    assert set(forbidden_features([allowed.pk])) == {mixed, index}
    assert mine not in forbidden_features([allowed.pk, other.pk])


def test_what_cannot_be_traced_is_forbidden(allowed, other) -> None:
    one = make(allowed)
    index = make(parents=[one])
    DerivedFeature.objects.filter(pk=one.pk).update(envelope_version=9)
    assert forbidden_features([allowed.pk]) == [one]
    Track.objects.filter(pk=allowed.pk).delete()
    assert set(forbidden_features([allowed.pk])) == {one, index}


def test_purging_forgets_the_key_deletes_the_bytes_and_leaves_a_tombstone(allowed) -> None:
    one = make(allowed)
    child = make(parents=[one])
    [copied] = [file.read_bytes() for file in files() if file.name == str(one.pk)]
    nonce = bytes(one.nonce)
    assert purge_features(features=[one], reason="revoked") == 2
    assert purge_features(features=[one, child], reason="revoked") == 0
    assert (files(), list(features_of([allowed.pk]))) == ([], [])
    one.refresh_from_db()
    assert (bytes(one.wrapped_key), one.purge_reason, one.purged_at is None) == (
        b"",
        "revoked",
        False,
    )
    assert one.parents.count() == 1
    assert Event.objects.filter(kind="feature.purged").count() == 2
    # A copy that was made before: with everything that is left, it stays noise.
    assert b"spectrogram" not in copied
    with pytest.raises(Unreadable):
        unseal(copied, nonce, zones.zone_key("gen"), f"feature {one.pk} gen")
    with pytest.raises(Unreadable):
        zones.read(one)


def test_purging_goes_on_where_it_was_interrupted(allowed, monkeypatch) -> None:
    one = make(allowed)

    def fail(name: str) -> None:
        raise OSError("The disk is gone.")

    monkeypatch.setattr(storages["features_gen"], "delete", fail)
    with pytest.raises(OSError, match="disk"):
        purge_features(features=[one], reason="revoked")
    one.refresh_from_db()
    assert (bytes(one.wrapped_key), one.purged_at, len(files())) == (b"", None, 1)
    assert list(features_of([allowed.pk])) == [one]
    monkeypatch.undo()
    assert purge_features(features=features_of([allowed.pk]), reason="revoked") == 1
    assert files() == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 41])
def test_a_purge_says_why(allowed, reason) -> None:
    with pytest.raises(errors.Undescribed):
        purge_features(features=[make(allowed)], reason=reason)
    assert len(files()) == 1


def test_a_rolled_back_registration_leaves_no_readable_bytes(allowed) -> None:
    with transaction.atomic():
        make(allowed)
        transaction.set_rollback(True)
    assert not DerivedFeature.objects.exists()
    assert all(b"spectrogram" not in file.read_bytes() for file in files())


@pytest.mark.django_db(transaction=True)
def test_many_purge_and_register_at_once(track, prove) -> None:
    allow(track)
    prove()
    one = make(track)
    for number in range(5):
        make(parents=[one], content=f"{number}".encode())
    counts: list[int] = []

    def purge() -> None:
        try:
            counts.append(purge_features(features=features_of([track.pk]), reason="revoked"))
        finally:
            connection.close()

    def register() -> None:
        try:
            make(parents=[one], content=b"late")
        except errors.MissingParent:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for work in (purge, purge, register, purge)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts.append(purge_features(features=features_of([track.pk]), reason="revoked"))
    made = DerivedFeature.objects.count()
    assert (sum(counts), made in (6, 7), files()) == (made, True, [])
    assert Event.objects.filter(kind="feature.purged").count() == made
    assert not DerivedFeature.objects.filter(purged_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_takes_a_yes_back_sees_all_that_was_made_under_it(track, prove) -> None:
    """Nothing is registered after a no was committed, so one look finds all there is to purge."""
    allow(track)
    prove()
    seen: set[DerivedFeature] = set()
    begun = threading.Event()

    def register() -> None:
        try:
            for number in itertools.count():
                make(track, content=f"{threading.get_ident()} {number}".encode())
                begun.set()
                time.sleep(0.01)  # SQLite promises nobody a turn
        except errors.NotPermitted:
            pass
        finally:
            connection.close()

    def revoke() -> None:
        try:
            begun.wait(60)
            take_back(track.release.owner, track, TRAIN)
            seen.update(features_of([track.pk]))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for work in (register, register, revoke)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen
    assert set(features_of([track.pk])) == seen


def test_a_wider_transformation_allows_nothing_more(allowed, other, artist) -> None:
    """Every feature above a track that was taken back is forbidden, however it was mixed."""
    layer = [make(allowed), make(other)]
    for depth in range(4):
        layer = [make(parents=layer, params={"depth": depth, "copy": copy}) for copy in range(2)]
    take_back(artist, allowed, TRAIN)
    assert set(forbidden_features([allowed.pk])) == set(features_of([allowed.pk]))
    assert len(forbidden_features([other.pk])) == 8
    lift(artist, allowed)
    assert len(forbidden_features([other.pk])) == 8
