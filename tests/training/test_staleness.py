"""A snapshot is stale once something in it may not be used any more: the quick look is the full."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.audit.models import Event, Leaf
from apps.audit.record import record
from apps.catalogue.drafts import remove_track
from apps.catalogue.models import Track
from apps.consent.choices import object_to_use, revoke_all
from apps.consent.disputes import close_dispute, invalidate_authority, open_dispute
from apps.consent.erasing import forget_party
from apps.consent.errors import ConsentError
from apps.consent.reservations import reserve_no_ai
from apps.training import staleness
from apps.training.models import LedgerCursor, Snapshot
from apps.training.staleness import find_stale, look_again
from tests.consent.saying import lift, say_no, say_yes, take_back
from tests.factories import ComplianceOfficerFactory, LabelFactory, ReleaseFactory, TrackFactory
from tests.training.rows import snapshot_of

pytestmark = pytest.mark.django_db
RANK = ("recommendation", "train")


@pytest.fixture
def tracks(prove) -> list[Track]:
    """Two tracks of one release and one of another, of one artist who said yes to ranking."""
    first = TrackFactory(answers={"label_licensed": False})
    release, artist = first.release, first.release.owner
    other = ReleaseFactory(owner=artist)
    found = [first] + [
        TrackFactory(release=one, answers={"label_licensed": False}) for one in (release, other)
    ]
    lift(artist, artist)
    say_yes(artist, artist, RANK)
    prove()
    return found


@pytest.fixture
def owner(tracks) -> User:
    return tracks[0].release.owner


@pytest.fixture
def snapshot(tracks) -> Snapshot:
    return snapshot_of(tracks)


def agreed(snapshot: Snapshot) -> frozenset:
    quick, full = find_stale(snapshot), find_stale(snapshot, full=True)
    assert quick.stale == full.stale
    assert full.asked == snapshot.members.count()
    return quick.stale


def test_nothing_happened_so_nothing_is_asked(snapshot) -> None:
    look = find_stale(snapshot)
    assert (look.stale, look.asked) == (frozenset(), 0)
    assert agreed(snapshot) == frozenset()


def test_a_no_counts_at_once_and_with_its_leaf(snapshot, tracks, owner, prove) -> None:
    take_back(owner, tracks[0], RANK)
    assert agreed(snapshot) == {tracks[0].pk}
    prove()
    assert agreed(snapshot) == {tracks[0].pk}
    assert find_stale(snapshot).asked == 1


def test_each_restriction_is_seen(snapshot, tracks, owner, officer) -> None:
    first, second, third = tracks
    open_dispute(by=officer, of=first)
    assert agreed(snapshot) == {first.pk}
    reserve_no_ai(by=owner, of=second.release)
    assert agreed(snapshot) == {first.pk, second.pk}
    invalidate_authority(by=officer, of=third, grantor=owner, since=timezone.now())
    assert agreed(snapshot) == {track.pk for track in tracks}


def test_what_another_class_needs_is_not_ours(snapshot, tracks, owner) -> None:
    say_no(owner, owner, ("generative_music", "train"))
    assert find_stale(snapshot).asked == 0


def test_a_dispute_that_was_settled_leaves_nothing_stale(snapshot, tracks, officer, prove) -> None:
    opened = open_dispute(by=officer, of=tracks[0])
    close_dispute(by=officer, of=tracks[0], dispute=opened.record_id)
    prove()
    assert agreed(snapshot) == frozenset()


def test_a_yes_that_ran_out_though_its_state_was_computed_anew(
    snapshot, tracks, owner, prove, one_clock
):
    with time_machine.travel(timezone.now() + timedelta(days=731)):
        assert agreed(snapshot) == {track.pk for track in tracks}
        lift(owner, tracks[0])
        say_yes(owner, tracks[0], RANK, country="FR")
        prove()
        assert agreed(snapshot) == {track.pk for track in tracks}


def test_what_changes_an_answer_without_a_word(snapshot, tracks, owner, prove) -> None:
    tracks[0].release.label = LabelFactory()
    tracks[0].release.save()
    happened("release.edited", tracks[0].release)
    assert agreed(snapshot) == {tracks[0].pk, tracks[1].pk}
    remove_track(track=tracks[2], by=owner)
    prove()
    assert agreed(snapshot) == {track.pk for track in tracks}


def happened(kind: str, subject) -> Event:
    return record(kind=kind, subject=subject, actor=None)


def test_a_forgotten_account_allows_nothing(snapshot, tracks, owner) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    owner.refresh_from_db()
    forget_party(who=owner, by=None)
    assert find_stale(snapshot).asked == 3


def test_newer_terms_that_the_class_asks_for(snapshot, tracks, monkeypatch) -> None:
    newest = staleness.envelope_of("ranking", timezone.now())
    asks = replace(newest, version=2, min_epoch=2)
    monkeypatch.setattr(staleness, "envelope_of", lambda *_: asks)
    assert agreed(snapshot) == {track.pk for track in tracks}


def test_an_objection_to_what_needs_no_yes(tracks, owner) -> None:
    snapshot = snapshot_of(tracks, "moderation")
    assert agreed(snapshot) == frozenset()
    object_to_use(by=owner, of=tracks[1], use_case="moderation", verb="train")
    assert agreed(snapshot) == {tracks[1].pk}


def test_a_look_goes_on_from_the_last_one(snapshot, tracks, owner, prove) -> None:
    say_no(owner, owner, ("generative_music", "train"))
    prove()
    look_again(snapshot)
    assert LedgerCursor.objects.get().leaf == Leaf.objects.count()
    take_back(owner, tracks[0], RANK)
    for _ in range(2):
        look = look_again(snapshot)
        assert (look.stale, look.asked) == ({tracks[0].pk}, 1)
    row = Snapshot.objects.get()
    assert (row.state, row.stale_since is not None) == ("stale", True)
    assert Event.objects.filter(kind="snapshot.stale").count() == 1


def test_what_was_sealed_stays_as_it_was(snapshot, tracks, owner) -> None:
    before = Snapshot.objects.values().get()
    revoke_all(by=owner, of=owner)
    look_again(snapshot)
    after = Snapshot.objects.values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"state", "stale_since"}
    assert snapshot.members.count() == 3


ACTS = {
    "yes": lambda who, of: say_yes(who, of, RANK),
    "yes elsewhere": lambda who, of: say_yes(who, of, RANK, country="FR"),
    "back": lambda who, of: take_back(who, of, RANK),
    "no": lambda who, of: say_no(who, of, RANK),
    "no to music": lambda who, of: say_no(who, of, ("generative_music", "train")),
    "no ai": lambda who, of: reserve_no_ai(by=who, of=of),
    "lift": lift,
    "all": lambda who, of: revoke_all(by=who, of=of),
    "dispute": lambda who, of: open_dispute(by=who, of=of),
    "void": lambda who, of: invalidate_authority(
        by=ComplianceOfficerFactory(), of=of, grantor=who, since=timezone.now()
    ),
}


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(ACTS)),
            st.sampled_from(["account", "release", "track"]),
            st.sampled_from(["wait", "prove", "look", "years"]),
        ),
        max_size=6,
    )
)
def test_the_quick_look_agrees_with_the_full_one(prove, one_clock, said) -> None:
    first = TrackFactory(answers={"label_licensed": False})
    artist = first.release.owner
    found = [first, TrackFactory(release=first.release, answers={"label_licensed": False})]
    lift(artist, artist)
    say_yes(artist, artist, RANK)
    prove()
    snapshot = snapshot_of(found)
    with time_machine.travel(timezone.now()) as clock:
        for act, scope, then in said:
            target = {"account": artist, "release": first.release, "track": first}[scope]
            with suppress(ConsentError):
                ACTS[act](artist, target)
            if then == "years":
                clock.shift(timedelta(days=366))
            elif then in ("prove", "look"):
                prove()
            if then == "look" and snapshot.state == "sealed":
                look_again(snapshot)
            agreed(snapshot)


def test_a_look_asks_little_of_the_database(snapshot, tracks, owner) -> None:
    take_back(owner, owner, RANK)
    with CaptureQueriesContext(connection) as asked:
        find_stale(snapshot)
    assert len(asked) <= 16
