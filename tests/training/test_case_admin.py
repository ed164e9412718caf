"""The desk of what was taken back: who sees it, who decides, and that nothing is edited."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.training.models import Disclosure, ModelVersion, Notification, Obligation
from apps.training.revocation.recipients import disclose
from tests.consent.saying import take_back
from tests.factories import AdministratorFactory, ReviewerFactory
from tests.training.listing import open_track
from tests.training.revoking import GENERATE, one_case, read_log, recipient, work_off
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db
NAMES = ("revocationcase", "obligation", "recipient", "disclosure", "notification")


@pytest.fixture
def owed(prove, officer) -> Obligation:
    track = open_track(GENERATE)
    assert read_log(prove) == []
    snapshot = snapshot_of([track], "generative_music")
    model_of(snapshot, name="song", registered_by=officer, released_at=timezone.now())
    disclose(by=officer, recipient=recipient(), what="The spring dataset", snapshot=snapshot)
    take_back(track.release.owner, track, GENERATE)
    one_case(prove)
    work_off()
    return Obligation.objects.get()


def page(name: str, what: str, *args: object) -> str:
    return reverse(f"admin:training_{name}_{what}", args=args)


def send(client, owed: Obligation, **more: str):
    data = {"act": "meet", "remedy": "retire", "shown": "Ama took it out of the store.", **more}
    return client.post(page("obligation", "change", owed.pk), data)


@pytest.mark.parametrize("person", [AdministratorFactory, None])
def test_who_sees_it(client, owed, officer, person) -> None:
    client.force_login(person() if person else officer)
    for name in NAMES:
        assert client.get(page(name, "changelist")).status_code == 200
    shown = client.get(page("revocationcase", "change", owed.case_id)).content.decode()
    assert "song v1" in shown
    assert "Sync House" in shown
    assert "Due " in shown
    assert "nobody decided yet" in shown
    assert client.get(page("obligation", "change", owed.pk)).status_code == 200
    assert client.get(page("recipient", "changelist")).status_code == 200


def test_reviewers_have_no_business_here(client, owed) -> None:
    client.force_login(ReviewerFactory())
    for name in NAMES:
        assert client.get(page(name, "changelist")).status_code == 403
    assert client.get(page("revocationcase", "change", owed.case_id)).status_code == 403


def test_nothing_is_added_changed_or_deleted_by_hand(client, owed, officer) -> None:
    client.force_login(officer)
    for name in ("revocationcase", "obligation", "notification"):
        assert client.get(page(name, "add")).status_code == 403
    for name, key in (
        ("revocationcase", owed.case_id),
        ("obligation", owed.pk),
        ("disclosure", Disclosure.objects.get().pk),
        ("notification", Notification.objects.get().pk),
    ):
        assert client.post(page(name, "delete", key), {"post": "yes"}).status_code == 403


def test_deciding_and_meeting(client, owed, officer) -> None:
    client.force_login(officer)
    assert send(client, owed, act="decide", remedy="unlearn").status_code == 302
    owed.refresh_from_db()
    assert (owed.remedy, owed.decided_by, owed.closed_at) == ("unlearn", officer, None)
    refused = send(client, owed, shown="done")
    assert b"Say in a few words what shows it" in refused.content
    assert send(client, owed).status_code == 302
    owed.refresh_from_db()
    assert (owed.remedy, owed.closed_at is not None) == ("retire", True)
    assert ModelVersion.objects.get().state == ModelVersion.State.RETIRED
    assert b"Ama took it out" in client.get(page("obligation", "change", owed.pk)).content
    assert send(client, owed).status_code == 403


def test_a_refusal_is_shown_and_nothing_was_written(client, owed, officer) -> None:
    client.force_login(officer)
    refused = send(client, owed, remedy="retrain")
    assert b"Name the newer version of song" in refused.content
    owed.refresh_from_db()
    assert (owed.remedy, owed.closed_at) == ("", None)


def test_an_administrator_looks_and_does_not_decide(client, owed) -> None:
    client.force_login(AdministratorFactory())
    assert send(client, owed).status_code == 403
    owed.refresh_from_db()
    assert owed.remedy == ""


def test_what_was_handed_over_is_written_down(client, owed, officer) -> None:
    client.force_login(officer)
    track = open_track(GENERATE)
    data = {"recipient": recipient("Other").pk, "what": "A stem", "track": str(track.pk)}
    assert client.post(page("disclosure", "add"), data).status_code == 302
    assert Disclosure.objects.get(track_id=track.pk).what == "A stem"
    both = client.post(page("disclosure", "add"), {**data, "track": ""})
    assert b"one dataset, or one track" in both.content
    none = client.post(page("disclosure", "add"), {**data, "track": "nothing"})
    assert b"There is no track" in none.content
    assert Disclosure.objects.count() == 2


def test_queries_do_not_grow_with_rows(
    client, owed, officer: User, prove, django_assert_max_num_queries
) -> None:
    for _ in range(6):
        track = open_track(GENERATE)
        prove()
        model_of(snapshot_of([track], "generative_music"), name=f"m{track.pk.hex[:6]}")
        take_back(track.release.owner, track, GENERATE)
    read_log(prove)
    work_off()
    client.force_login(officer)
    for name in NAMES:
        with django_assert_max_num_queries(14):
            client.get(page(name, "changelist"))
    with django_assert_max_num_queries(24):
        client.get(page("revocationcase", "change", owed.case_id))
