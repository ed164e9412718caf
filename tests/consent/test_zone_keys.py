"""Another key for a zone, and the checks that zones lie apart."""

from pathlib import Path

import pytest
from django.conf import settings as kept
from django.core.files.storage import storages

from apps.audit.models import Event
from apps.audit.sealing import Unreadable
from apps.consent import zones
from apps.consent.checks import check_zones
from apps.consent.errors import NoAuthority
from apps.consent.feature_errors import OtherKey, ZoneClosed
from apps.consent.feature_rewrapping import rewrap_zone
from apps.consent.features import purge_features
from tests.consent.featuring import SOUND, make
from tests.consent.test_command import run
from tests.factories import ReviewerFactory

NEW = "a newer key of the zone, made of random letters as well"


@pytest.fixture
def stem(track):
    return make(track, kind="stem", envelope="rights_check")


@pytest.mark.django_db
def test_a_zone_gets_another_key_and_its_bytes_stay(stem, track, officer, settings) -> None:
    gone = make(track, kind="stem", envelope="rights_check", content=b"gone")
    purge_features(features=[gone], reason="test")
    file = Path(storages["features_ops"].path(stem.place))
    before = file.read_bytes()
    earlier = kept.FEATURE_KEY_OPS
    settings.FEATURE_KEY_OPS, settings.FEATURE_KEY_OPS_FALLBACKS = NEW, [earlier]
    assert zones.read(stem) == SOUND
    assert rewrap_zone(zone="ops", by=officer) == 1
    assert rewrap_zone(zone="ops", by=officer) == 0
    settings.FEATURE_KEY_OPS_FALLBACKS = []
    stem.refresh_from_db()
    gone.refresh_from_db()
    assert (zones.read(stem), bytes(gone.wrapped_key)) == (SOUND, b"")
    assert file.read_bytes() == before
    assert Event.objects.get(kind="zone.rewrapped").data == {"zone": "ops", "keys": 1}
    settings.FEATURE_KEY_OPS = earlier
    with pytest.raises(Unreadable):
        zones.read(stem)


@pytest.mark.django_db
def test_without_the_earlier_key_nothing_is_changed(stem, officer, settings) -> None:
    before = bytes(stem.wrapped_key)
    settings.FEATURE_KEY_OPS = NEW
    with pytest.raises(OtherKey, match="FEATURE_KEY_OPS_FALLBACKS"):
        rewrap_zone(zone="ops", by=officer)
    settings.FEATURE_KEY_OPS = ""
    with pytest.raises(ZoneClosed):
        rewrap_zone(zone="ops", by=officer)
    with pytest.raises(NoAuthority):
        rewrap_zone(zone="ops", by=ReviewerFactory())
    stem.refresh_from_db()
    assert bytes(stem.wrapped_key) == before


@pytest.mark.django_db
def test_the_command(stem, officer, settings) -> None:
    assert run("rewrap", "ops", "--by", officer.email) == (0, "0 keys sealed anew\n")
    settings.FEATURE_KEY_OPS = NEW
    assert run("rewrap", "ops", "--by", officer.email)[0] == 1


def test_zones_lie_apart(settings, tmp_path) -> None:
    assert check_zones(None) == []
    settings.FEATURE_KEY_GEN = settings.FEATURE_KEY_OPS
    assert [one.id for one in check_zones(None)] == ["consent.E005"]
    settings.FEATURE_KEY_GEN = "short"
    assert [one.id for one in check_zones(None)] == ["consent.E004"]
    settings.FEATURE_KEY_GEN = settings.FEATURE_KEY_OPS = ""
    assert check_zones(None) == []
    same = {**settings.STORAGES["features_ops"]}
    settings.STORAGES = {**settings.STORAGES, "features_gen": same}
    assert [one.id for one in check_zones(None)] == ["consent.E006"]
