"""When a case opens: for whatever takes something away, where anything can be affected."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.consent.choices import object_to_use, revoke_all
from apps.consent.disputes import close_dispute, invalidate_authority, open_dispute
from apps.consent.erasing import forget_party
from apps.consent.reservations import reserve_no_ai
from apps.training.models import LedgerCursor, RevocationCase, Snapshot
from apps.training.revocation import ending
from apps.training.revocation.ending import end_old_terms, expire_yeses
from apps.training.revocation.opening import open_cases
from apps.training.revocation.reach import tracks_of
from tests.consent.saying import lift, say_no, say_yes, take_back
from tests.factories import TrackFactory
from tests.training.revoking import GENERATE, RANK, one_case, proof_of, read_log, work_off
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tracks(prove) -> list[Track]:
    """Two tracks of one release, of an artist who said yes to ranking."""
    first = TrackFactory(answers={"label_licensed": False})
    found = [first, TrackFactory(release=first.release, answers={"label_licensed": False})]
    lift(first.release.owner, first.release.owner)
    say_yes(first.release.owner, first.release.owner, RANK)
    assert read_log(prove) == []
    return found


@pytest.fixture
def owner(tracks) -> User:
    return tracks[0].release.owner


def test_a_no_where_nothing_was_ever_allowed_opens_nothing(prove) -> None:
    track = TrackFactory(answers={"label_licensed": False})
    say_no(track.release.owner, track, RANK)
    reserve_no_ai(by=track.release.owner, of=track)
    assert read_log(prove) == []


def test_a_permission_taken_back(tracks, owner, prove) -> None:
    said = take_back(owner, tracks[0], RANK)
    case = one_case(prove)
    assert (case.kind, case.permission) == ("revoked", "recommendation.train")
    assert (case.trigger, case.subject_ref) == (said.uid, said.subject_ref)
    assert tracks_of(case) == [tracks[0].pk]
    kinds = [step.kind for step in case.steps.order_by("pk")]
    assert kinds == ["stop", "trace", "mark", "purge", "oblige", "notify", "close"]
    due = {step.kind: step.due_at - said.recorded_at for step in case.steps.all()}
    assert due["stop"] == timedelta(minutes=5)
    assert due["purge"] == timedelta(days=7)
    assert due["close"] == timedelta(days=90)


def test_a_denial_after_a_yes_is_one_too(tracks, owner, prove) -> None:
    say_no(owner, owner, RANK)
    assert one_case(prove).kind == "revoked"


def test_the_log_is_read_once_and_on(tracks, owner, prove) -> None:
    take_back(owner, tracks[0], RANK)
    one_case(prove)
    assert open_cases() == 0
    LedgerCursor.objects.update(leaf=0)
    assert open_cases() == 0
    assert RevocationCase.objects.count() == 1


def test_the_same_said_again_opens_nothing_more(tracks, owner, prove) -> None:
    take_back(owner, owner, RANK)
    one_case(prove)
    say_no(owner, tracks[0], RANK)
    take_back(owner, tracks[0].release, RANK, effective_from=timezone.now() - timedelta(days=3))
    revoke_all(by=owner, of=tracks[1])
    assert [case.began_at.date() for case in read_log(prove)] == [
        (timezone.now() - timedelta(days=3)).date()
    ]
    say_yes(owner, owner, RANK)
    take_back(owner, owner, RANK)
    assert one_case(prove).permission == "recommendation.train"


def test_an_account_wide_act_is_a_case_for_each_permission_that_was_allowed(
    tracks, owner, prove
) -> None:
    say_yes(owner, owner, GENERATE)
    prove()
    revoke_all(by=owner, of=owner)
    cases = read_log(prove)
    assert {one.permission for one in cases} == {"recommendation.train", "generative_music.train"}
    assert all(len(tracks_of(one)) == 2 for one in cases)


def test_no_ai_on(tracks, owner, prove) -> None:
    reserve_no_ai(by=owner, of=owner)
    case = one_case(prove)
    assert (case.kind, case.permission) == ("no_ai", "")


def test_an_objection_to_what_needs_no_yes_only_where_something_was_made(
    tracks, owner, prove
) -> None:
    object_to_use(by=owner, of=tracks[0], use_case="moderation", verb="train")
    assert read_log(prove) == []
    snapshot = snapshot_of(tracks, "moderation")
    object_to_use(by=owner, of=tracks[1], use_case="moderation", verb="train")
    case = one_case(prove)
    assert (case.kind, tracks_of(case)) == ("objected", [tracks[1].pk])
    work_off()
    snapshot.refresh_from_db()
    assert snapshot.state == Snapshot.State.STALE


def test_a_dispute_holds_and_is_lifted_when_it_is_settled(tracks, owner, officer, prove) -> None:
    snapshot, model = snapshot_of(tracks), None
    model = model_of(snapshot)
    opened = open_dispute(by=officer, of=tracks[0])
    case = one_case(prove)
    assert [step.kind for step in case.steps.order_by("pk")] == ["stop", "mark"]
    work_off()
    snapshot.refresh_from_db()
    assert snapshot.state == Snapshot.State.STALE
    assert not model.obligations.exists()
    close_dispute(by=officer, of=tracks[0], dispute=opened.record_id)
    assert read_log(prove) == []
    case.refresh_from_db()
    snapshot.refresh_from_db()
    assert case.lifted_at is not None
    assert (snapshot.state, snapshot.stale_since) == (Snapshot.State.SEALED, None)
    assert Event.objects.filter(kind="revocation.lifted").count() == 1


def test_a_settled_dispute_does_not_free_what_something_else_holds(
    tracks, owner, officer, prove
) -> None:
    snapshot = snapshot_of(tracks)
    opened = open_dispute(by=officer, of=tracks[0])
    take_back(owner, tracks[1], RANK)
    assert len(read_log(prove)) == 2
    work_off()
    close_dispute(by=officer, of=tracks[0], dispute=opened.record_id)
    read_log(prove)
    snapshot.refresh_from_db()
    assert snapshot.state == Snapshot.State.STALE


def test_an_invalid_authority_looks_back(tracks, owner, officer, prove) -> None:
    since = timezone.now() - timedelta(days=30)
    invalidate_authority(by=officer, of=owner, grantor=owner, since=since)
    case = one_case(prove)
    assert (case.kind, case.began_at) == ("invalidated", since)


def test_a_yes_that_ran_out(tracks, owner, prove, one_clock) -> None:
    snapshot = snapshot_of(tracks)
    assert expire_yeses() == 0
    with time_machine.travel(timezone.now() + timedelta(days=731)):
        assert expire_yeses() == 1
        assert expire_yeses() == 0
        told = Event.objects.get(kind="consent.expired")
        assert (told.data["permission"], len(told.data["tracks"])) == ("recommendation.train", 2)
        case = one_case(prove)
        assert (case.kind, len(tracks_of(case))) == ("expired", 2)
        work_off()
        snapshot.refresh_from_db()
        assert snapshot.state == Snapshot.State.STALE
        assert proof_of(case, "stop")["still_allowed"] == 0


def test_a_yes_that_was_renewed_in_time_did_not_run_out(tracks, owner, prove, one_clock) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=700)):
        say_yes(owner, tracks[0], RANK)
        prove()
    with time_machine.travel(timezone.now() + timedelta(days=731)):
        assert expire_yeses() == 1
        assert tracks_of(one_case(prove)) == [tracks[1].pk]


def test_a_withdrawn_track(tracks, prove) -> None:
    move(track=tracks[0], to=TrackState.WITHDRAWN, actor=None)
    assert read_log(prove) == []
    move(track=tracks[0], to=TrackState.DRAFT, actor=None)
    snapshot_of(tracks)
    move(track=tracks[0], to=TrackState.WITHDRAWN, actor=None)
    case = one_case(prove)
    assert (case.kind, tracks_of(case)) == ("deleted", [tracks[0].pk])
    work_off()
    assert proof_of(case, "stop")["still_allowed"] == 0


def test_a_class_that_asks_for_newer_terms(tracks, prove, monkeypatch) -> None:
    snapshot = snapshot_of(tracks)
    assert end_old_terms() == 0
    newest = ending.envelope_of("ranking", timezone.now())
    asks = type(newest)(**{**vars(newest), "version": 2, "min_epoch": 2})
    monkeypatch.setattr(ending, "envelope_of", lambda *_: asks)
    assert end_old_terms() == 1
    assert end_old_terms() == 0
    case = one_case(prove)
    assert (case.kind, case.subject_ref, len(tracks_of(case))) == ("terms", "", 2)
    snapshot.refresh_from_db()
    assert snapshot.state == Snapshot.State.STALE


def test_an_account_that_was_forgotten(tracks, owner, prove) -> None:
    snapshot_of(tracks)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    owner.refresh_from_db()
    forget_party(who=owner, by=None)
    case = one_case(prove)
    assert (case.kind, case.subject_ref, len(tracks_of(case))) == ("revoked", "", 2)
    work_off()
    assert proof_of(case, "stop")["still_allowed"] == 0


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_open_each_case_once(tracks, owner, prove) -> None:
    from concurrent.futures import ThreadPoolExecutor

    take_back(owner, tracks[0], RANK)
    say_yes(owner, tracks[1], GENERATE)
    prove()
    take_back(owner, tracks[1], GENERATE)
    prove()

    def go(_number: int) -> int:
        try:
            return open_cases()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(go, range(8))) == 2
    assert RevocationCase.objects.count() == 2
