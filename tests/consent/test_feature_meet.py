"""Permission of features made of features: compared with a model, over random worlds."""

import random

import pytest

from apps.consent.feature_errors import GateClosed, NotPermitted
from apps.consent.features import features_of, forbidden_features, purge_features
from apps.consent.gate import open_feature
from apps.consent.models import DerivedFeature
from tests.consent.featuring import allow, ask, make
from tests.consent.saying import TRAIN, say_yes, take_back
from tests.factories import TrackFactory, UserFactory

pytestmark = pytest.mark.django_db
COUNTRIES = ("DE", "FR", "IN")


class World:
    """Tracks, each with the countries that have a yes; features, each with the tracks behind it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.engineer = UserFactory(role="training_engineer")
        self.places: dict[object, set[str]] = {}
        self.behind: dict[DerivedFeature, set[object]] = {}

    def add_track(self) -> None:
        track = TrackFactory(answers={"label_licensed": False})
        chosen = {one for one in COUNTRIES if self.dice.random() < 0.7} or {"DE"}
        allow(track, min(chosen))
        for country in sorted(chosen)[1:]:
            say_yes(track.release.owner, track, TRAIN, country)
        self.places[track] = chosen

    def common(self, tracks: set[object]) -> set[str]:
        return set.intersection(*(self.places[one] for one in tracks))

    def add_feature(self, number: int) -> None:
        tracks = self.dice.sample(list(self.places), self.dice.randint(0, 2))
        parents = self.dice.sample(
            list(self.behind), min(len(self.behind), self.dice.randint(0, 2))
        )
        if not tracks and not parents:
            return
        behind = set(tracks).union(*(self.behind[one] for one in parents))
        if not self.common(behind):
            with pytest.raises(NotPermitted):
                make(*tracks, parents=parents, params={"number": number})
            return
        self.behind[make(*tracks, parents=parents, params={"number": number})] = behind

    def take_some_back(self) -> None:
        for track in self.places:
            if self.dice.random() < 0.4:
                take_back(track.release.owner, track, TRAIN)
                self.places[track] = set()

    def require_as_modelled(self) -> None:
        forbidden = {one for one, behind in self.behind.items() if not self.common(behind)}
        assert set(forbidden_features([track.pk for track in self.places])) == forbidden
        for country in COUNTRIES:
            token = ask(self.engineer, country=country)
            for one, behind in self.behind.items():
                assert opens(one, token) == (country in self.common(behind))


def opens(feature: DerivedFeature, token: str) -> bool:
    try:
        return bool(open_feature(feature.pk, token))
    except GateClosed as closed:
        if closed.code != "not_permitted":
            raise
        return False


@pytest.mark.parametrize("seed", range(8))
def test_a_feature_is_permitted_exactly_where_all_behind_it_are(seed: int, prove) -> None:
    world = World(seed)
    for _ in range(4):
        world.add_track()
    prove()
    for number in range(12):
        world.add_feature(number)
    world.require_as_modelled()
    world.take_some_back()
    world.require_as_modelled()
    tracks = [track.pk for track in world.places]
    gone = forbidden_features(tracks)
    assert purge_features(features=gone, reason="revoked") == len(gone)
    assert set(features_of(tracks)) == world.behind.keys() - set(gone)
    assert forbidden_features(tracks) == []
