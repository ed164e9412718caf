"""What the clock does for what was taken back: cases, blocks, looks at datasets, mails."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.pipeline import revocation
from apps.pipeline.mail import RETRY_AFTER
from apps.pipeline.revocation_mail import (
    escalate,
    remind_recipients,
    send_receipts,
    tell_recipients,
)
from apps.pipeline.sweep import sweep
from apps.pipeline.tasks import do_revocation_step
from apps.training.models import Notification, RevocationCase, Snapshot
from apps.training.revocation.recipients import disclose
from apps.training.revocation.triggers import Kind
from tests.consent.saying import take_back
from tests.factories import ComplianceOfficerFactory, RulesetFactory
from tests.training.listing import open_track
from tests.training.revoking import GENERATE, one_case, read_log, recipient, work_off
from tests.training.rows import snapshot_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tracks(prove) -> list[Track]:
    RulesetFactory()
    first = open_track(GENERATE)
    found = [first, open_track(GENERATE, release=first.release)]
    assert read_log(prove) == []
    return found


@pytest.fixture
def owner(tracks) -> User:
    return tracks[0].release.owner


@pytest.fixture
def snapshot(tracks) -> Snapshot:
    made = snapshot_of(tracks, "generative_music")
    officer = ComplianceOfficerFactory()
    disclose(by=officer, recipient=recipient(), what="The spring dataset", snapshot=made)
    return made


def refuse(*args: object) -> int:
    raise OSError("no connection")


def test_the_sweep_does_it_all(tracks, owner, snapshot, prove) -> None:
    take_back(owner, tracks[0], GENERATE)
    prove()
    counts = sweep()
    assert {name: counts[name] for name in revocation.PARTS} == {
        "ended": 0,
        "cases": 1,
        "late": 0,
        "datasets": 1,
        "told": 0,
    }
    case = RevocationCase.objects.get()
    for step in case.steps.order_by("pk"):
        do_revocation_step(str(step.pk))
    assert sweep()["told"] == 1
    snapshot.refresh_from_db()
    assert snapshot.state == Snapshot.State.STALE


def test_a_dataset_is_looked_at_every_few_minutes(tracks, owner, snapshot, prove) -> None:
    assert revocation.look_at_datasets() == 0
    take_back(owner, tracks[0], GENERATE)
    assert revocation.look_at_datasets() == 0  # looked at a moment ago
    snapshot_of(tracks, "generative_music", ledger_size=0)
    assert revocation.look_at_datasets() == 1


def both(tracks, owner, prove) -> list[RevocationCase]:
    for track in tracks:
        take_back(owner, track, GENERATE)
    cases = read_log(prove)
    work_off()
    return cases


def test_a_recipient_gets_one_mail_and_confirms_all_of_it(
    tracks,
    owner,
    snapshot,
    prove,
) -> None:
    both(tracks, owner, prove)
    assert tell_recipients() == 1
    assert tell_recipients() == 0
    [mail] = outbox.outbox
    assert mail.to == ["data@sync.example"]
    first = Notification.objects.order_by("pk")[0]
    assert mail.body.count("permission taken back") == 2
    link = reverse("told", args=[first.token])
    assert link in mail.body
    client = Client(enforce_csrf_checks=False)
    assert b"It is deleted" in client.get(link).content
    assert Notification.objects.filter(acknowledged_at=None).count() == 2
    listed = b"".join(client.get(reverse("told_list", args=[first.token])).streaming_content)
    assert listed.decode().count(f"dataset {snapshot.uid} ") == 2
    assert str(tracks[0].pk) not in listed.decode()
    page = client.post(link, follow=True)
    assert b"You confirmed that it is deleted" in page.content
    assert Notification.objects.filter(acknowledged_at=None).count() == 0
    client.post(link)
    assert Event.objects.filter(kind="revocation.acknowledged").count() == 2


def test_a_link_that_was_not_sent_opens_nothing(tracks, owner, snapshot, prove) -> None:
    both(tracks, owner, prove)
    token = Notification.objects.first().token
    for name in ("told", "told_list"):
        assert Client().get(reverse(name, args=[token])).status_code == 404
    assert Client().post(reverse("told", args=[token])).status_code == 404


def test_a_mail_that_was_not_sent_is_sent_later(
    tracks,
    owner,
    snapshot,
    prove,
    monkeypatch,
) -> None:
    both(tracks, owner, prove)
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert tell_recipients() == 0
    assert tell_recipients() == 0  # somebody is at it, as far as anybody knows
    Notification.objects.update(claimed_at=timezone.now() - RETRY_AFTER - timedelta(minutes=1))
    assert tell_recipients() == 1


def test_a_silent_recipient_is_reminded_and_then_somebody_calls(
    tracks,
    owner,
    snapshot,
    prove,
) -> None:
    case = both(tracks, owner, prove)[0]
    tell_recipients()
    assert remind_recipients() == 0
    Notification.objects.update(due_at=timezone.now() + timedelta(days=2))
    assert remind_recipients() == 1
    assert remind_recipients() == 0
    assert "have no answer yet" in outbox.outbox[-1].body
    assert escalate() == 0
    Notification.objects.update(due_at=timezone.now())
    assert escalate() == 1
    assert escalate() == 0
    assert "Sync House · data@sync.example" in outbox.outbox[-1].body
    work_off()
    assert case.steps.get(kind="notify").proof["escalated"] == 1


def test_an_artist_gets_one_mail_about_all_that_was_closed(tracks, owner, prove) -> None:
    cases = both(tracks, owner, prove)
    assert all(RevocationCase.objects.get(pk=one.pk).closed_at for one in cases)
    assert send_receipts() == 1
    assert send_receipts() == 0
    [mail] = outbox.outbox
    assert mail.to == [owner.email]
    assert reverse("used") in mail.body
    client = Client()
    client.force_login(owner)
    page = client.get(reverse("used")).content.decode()
    assert page.count(str(cases[0].pk)) > 0
    receipt = client.get(reverse("case_receipt", args=[cases[0].pk]))
    assert receipt.content.decode() == RevocationCase.objects.get(pk=cases[0].pk).receipt


def test_a_receipt_for_an_account_that_is_closed_goes_to_nobody(tracks, owner, prove) -> None:
    both(tracks, owner, prove)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert send_receipts() == 0
    assert outbox.outbox == []


def test_another_artist_sees_nothing_of_it(tracks, owner, prove) -> None:
    [case, _other] = both(tracks, owner, prove)
    client = Client()
    client.force_login(open_track(GENERATE).release.owner)
    assert b"What you took back" not in client.get(reverse("used")).content
    assert client.get(reverse("case_receipt", args=[case.pk])).status_code == 404
    assert case.kind == Kind.REVOKED


def test_what_was_lifted_is_not_told(tracks, owner, snapshot, prove) -> None:
    case = one_case_of(tracks, owner, prove)
    RevocationCase.objects.filter(pk=case.pk).update(lifted_at=timezone.now())
    assert tell_recipients() == 0


def one_case_of(tracks, owner, prove) -> RevocationCase:
    take_back(owner, tracks[0], GENERATE)
    case = one_case(prove)
    work_off()
    return case
