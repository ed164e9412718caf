"""The product obeys itself: prints are features, and only permitted ones are compared."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from apps.accounts.models import User
from apps.audit import keys
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import Track
from apps.consent.ancestry import roots_of
from apps.consent.choices import object_to_use
from apps.consent.feature_errors import NotPermitted
from apps.consent.features import (
    features_of,
    forbidden_features,
    permitted_rows,
    purge_features,
    register_feature,
)
from apps.consent.models import DerivedFeature, FeatureParent
from apps.consent.projection import settle
from apps.fingerprints.catalogue import remove_print
from apps.fingerprints.models import RecordingPrint
from tests.consent.saying import lift
from tests.fingerprints.test_catalogue import add, items_of, keep, look

pytestmark = pytest.mark.django_db
migration = import_module("apps.fingerprints.migrations.0003_prints_are_features")


def live() -> list[DerivedFeature]:
    return list(DerivedFeature.objects.filter(purged_at=None))


def test_a_stored_print_is_a_feature_for_rights_checks() -> None:
    track = add(1)
    [one] = live()
    assert (one.model_class, one.zone, one.kind) == ("rights_check", "ops", "chromaprint")
    assert (one.table, one.place) == (
        "fingerprints_recordingprint",
        str(RecordingPrint.objects.get().pk),
    )
    assert roots_of([one.pk])[one.pk].tracks == {track.pk}
    assert forbidden_features([track.pk]) == []


def test_storing_again_keeps_the_feature_and_other_audio_ends_it() -> None:
    track = add(1)
    [first] = live()
    keep(track, 1)
    assert live() == [first]
    keep(track, 2)
    [second] = live()
    first.refresh_from_db()
    assert second != first
    assert (first.purge_reason, first.purged_at is None) == ("superseded", False)
    assert (second.place, second.sha256 == first.sha256) == (first.place, False)
    assert len(look(items_of(2))) == 1


def test_purging_the_feature_deletes_the_print() -> None:
    track, other = add(1), add(2)
    assert purge_features(features=features_of([track.pk]), reason="erased") == 1
    assert purge_features(features=features_of([track.pk]), reason="erased") == 0
    assert RecordingPrint.objects.get().track == other
    assert look(items_of(1), sha256="file-1") == []
    keep(track, 1)
    assert len(look(items_of(1))) == 1
    assert len(live()) == 2


def test_an_ended_feature_takes_no_newer_print_with_it() -> None:
    track = add(1)
    [first] = live()
    keep(track, 2)
    assert purge_features(features=[first], reason="erased") == 0
    assert RecordingPrint.objects.filter(track=track).exists()


def test_a_print_that_is_no_feature_is_not_compared() -> None:
    add(1)
    FeatureParent.objects.all().delete()
    assert look(items_of(1), sha256="file-1") == []
    DerivedFeature.objects.all().delete()
    assert look(items_of(1), sha256="file-1") == []


@pytest.mark.parametrize(
    "change", [{"model_class": "moderation"}, {"table": "catalogue_track"}, {"place": "0"}]
)
def test_a_feature_of_something_else_does_not_count(change) -> None:
    add(1)
    DerivedFeature.objects.update(**change)
    assert look(items_of(1), sha256="file-1") == []


def test_rows_for_a_use_that_can_be_refused_are_asked_of_the_ledger() -> None:
    """Nobody can refuse rights checks. Where somebody can, the same question listens."""
    tracks = [add(1), add(2)]
    for track in tracks:
        Track.objects.filter(pk=track.pk).update(answers={"label_licensed": False})
        lift(track.release.owner, track)
    keys.make_key()
    sequence_pending()
    settle()
    for row in RecordingPrint.objects.all():
        register_feature(
            tracks=[row.track_id],
            kind="embedding",
            extractor="test",
            params={},
            envelope="fraud",
            table="fingerprints_recordingprint",
            place=row.pk,
        )
    rows = permitted_rows(RecordingPrint.objects.all(), model_class="fraud")
    assert {row.track for row in rows} == set(tracks)
    object_to_use(by=tracks[0].release.owner, of=tracks[0], use_case="fraud_spam", verb="train")
    assert [row.track for row in rows.all()] == [tracks[1]]
    assert not permitted_rows(RecordingPrint.objects.all(), model_class="rights_check").exists()


def test_of_a_holder_who_was_forgotten_nothing_new_is_kept() -> None:
    track = add(1)
    purge_features(features=features_of([track.pk]), reason="erased")
    User.objects.filter(pk=track.release.owner_id).update(is_active=False)
    with pytest.raises(NotPermitted):
        keep(track, 1)
    assert (RecordingPrint.objects.count(), live()) == (0, [])


def test_removing_a_print_leaves_a_tombstone() -> None:
    track = add(1)
    remove_print(track=track)
    assert (live(), DerivedFeature.objects.get().purge_reason) == ([], "removed")
    assert not RecordingPrint.objects.exists()


def test_prints_from_before_are_registered_once_as_the_program_would() -> None:
    tracks = [add(seed) for seed in range(1, 5)]
    before = {one.place: one for one in live()}
    FeatureParent.objects.all().delete()
    DerivedFeature.objects.all().delete()
    migration.AT_ONCE = 3
    for _ in range(2):
        migration.register_prints(apps, None)
    after = {one.place: one for one in live()}
    same = ("kind", "extractor", "params_sha256", "sha256", "model_class", "zone", "table")
    assert before.keys() == after.keys()
    for place, one in after.items():
        assert [getattr(one, name) for name in same] == [
            getattr(before[place], name) for name in same
        ]
    assert len(look(items_of(1))) == 1
    for seed, track in enumerate(tracks, 1):
        keep(track, seed)
    assert {one.pk for one in live()} == {one.pk for one in after.values()}


def test_permission_is_asked_by_index_and_row_by_row() -> None:
    """No scan of all features: the plan is looked up, not guessed."""
    for seed in range(1, 4):
        add(seed)
    rows = permitted_rows(RecordingPrint.objects.filter(pk=1), model_class="rights_check")
    plan = rows.explain()
    if connection.vendor == "sqlite":
        assert "SCAN U0" not in plan
        assert "consent_one_feature_per_place" in plan
    assert rows.count() <= 1
