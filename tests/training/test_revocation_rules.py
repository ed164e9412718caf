"""Rules of cases, tried at random: a restriction only takes away, and the order plays no part."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.audit.models import Leaf
from apps.catalogue.models import Track
from apps.catalogue.states import ForbiddenMove, TrackState, move
from apps.consent.choices import revoke_all
from apps.consent.disputes import invalidate_authority, open_dispute
from apps.consent.errors import ConsentError
from apps.consent.features import features_of
from apps.consent.models import ConsentEvent
from apps.consent.reservations import reserve_no_ai
from apps.training.models import CaseTrack, Obligation, RevocationCase, Snapshot
from apps.training.staleness import find_stale, wanted_of
from tests.consent.featuring import make
from tests.consent.saying import say_no, say_yes, take_back
from tests.factories import ComplianceOfficerFactory
from tests.training.listing import open_track
from tests.training.revoking import GENERATE, RANK, read_log, work_off
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db
QUICK = settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class World:
    """One artist with two tracks, a snapshot, a model and a feature for each of two classes."""

    def __init__(self, prove) -> None:
        self.prove = prove
        first = open_track(GENERATE)
        self.owner: User = first.release.owner
        self.tracks = [first, open_track(GENERATE, release=first.release)]
        for track in self.tracks:
            say_yes(self.owner, track, RANK)
        assert read_log(prove) == []
        uses = {"generative_music": GENERATE, "ranking": RANK}
        self.snapshots = [
            snapshot_of([one], name, leaf=leaf_of_yes(one, use))
            for one in self.tracks
            for name, use in uses.items()
        ]
        self.models = [
            model_of(one, name=f"m{one.pk}", version=f"{number}")
            for number, one in enumerate(self.snapshots)
        ]
        self.features = [make(one) for one in self.tracks]

    def act(self, name: str, number: int) -> None:
        track, owner = Track.objects.get(pk=self.tracks[number].pk), self.owner
        officer = ComplianceOfficerFactory()
        acts = {
            "back": lambda: take_back(owner, track, GENERATE),
            "back everywhere": lambda: take_back(owner, owner, GENERATE),
            "no ranking": lambda: say_no(owner, track, RANK),
            "no ai": lambda: reserve_no_ai(by=owner, of=track),
            "all": lambda: revoke_all(by=owner, of=track),
            "dispute": lambda: open_dispute(by=officer, of=track),
            "void": lambda: invalidate_authority(
                by=officer, of=track, grantor=owner, since=timezone.now() - timedelta(days=1)
            ),
            "gone": lambda: move(track=track, to=TrackState.WITHDRAWN, actor=None),
        }
        with suppress(ConsentError, ForbiddenMove):
            acts[name]()

    def outcome(self) -> dict[str, set[int]]:
        """By the order in which things were made, so that two worlds can be compared."""
        stale = Snapshot.objects.filter(state=Snapshot.State.STALE)
        owing = Obligation.objects.values_list("model_version", flat=True)
        left = features_of([one.pk for one in self.tracks])
        held = CaseTrack.objects.values_list("track_id", flat=True)
        return {
            "stale": {self.snapshots.index(one) for one in stale if one in self.snapshots},
            "owing": {n for n, one in enumerate(self.models) if one.pk in set(owing)},
            "features": {n for n, one in enumerate(self.features) if one in left},
            "tracks": {n for n, one in enumerate(self.tracks) if one.pk in set(held)},
        }


def leaf_of_yes(track: Track, use: tuple[str, str]) -> int:
    yes = ConsentEvent.objects.get(
        status="granted", scope_id=str(track.pk), use_case=use[0], verb=use[1]
    )
    return Leaf.objects.get(uid=yes.uid).index


NOES = ["back", "back everywhere", "no ranking", "no ai", "all", "gone"]
acts = st.lists(
    st.tuples(st.sampled_from(NOES), st.integers(0, 1)), min_size=2, max_size=4, unique=True
)


@QUICK
@given(acts, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_arrival_does_not_matter(prove, said, random, at_once) -> None:
    other = list(said)
    random.shuffle(other)
    found = []
    for order in (said, other):
        world = World(prove)
        for name, number in order:
            world.act(name, number)
            if not at_once:
                read_log(prove)
                work_off()
        read_log(prove)
        work_off()
        found.append(world.outcome())
    assert found[0] == found[1]


@QUICK
@given(
    st.lists(
        st.tuples(st.sampled_from([*NOES, "dispute", "void"]), st.integers(0, 1)),
        min_size=1,
        max_size=5,
    )
)
def test_a_restriction_never_widens(prove, said) -> None:
    world = World(prove)
    before, allowed = world.outcome(), permitted(world)
    for name, number in said:
        world.act(name, number)
        read_log(prove)
        work_off()
        after, now = world.outcome(), permitted(world)
        assert before["stale"] <= after["stale"]
        assert before["owing"] <= after["owing"]
        assert after["features"] <= before["features"]
        assert all(now[key] <= allowed[key] for key in allowed)
        for snapshot in world.snapshots:
            if find_stale(snapshot, full=True).stale:
                snapshot.refresh_from_db()
                assert snapshot.state == Snapshot.State.STALE
        before, allowed = after, now
    assert RevocationCase.objects.filter(closed_at__isnull=False, receipt="").count() == 0


def permitted(world: World) -> dict[int, set]:
    """Which members of each snapshot may be used now."""
    at = timezone.now()
    return {
        one.pk: wanted_of(one, at).allowed(one.members.values_list("track_id", flat=True))
        for one in world.snapshots
    }
