"""New terms are announced to everybody they are about, once, and it is kept when."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from apps.accounts.models import User
from apps.pipeline.announcing import announce_terms, coming_terms, reach_of
from apps.pipeline.mail import RETRY_AFTER
from apps.pipeline.models import TermsNotice
from tests.consent.new_terms import in_days, publish, same_terms, wider_terms
from tests.factories import ArtistFactory, LabelStaffFactory, ReviewerFactory

pytestmark = pytest.mark.django_db


def test_nothing_comes_so_nothing_is_sent() -> None:
    ArtistFactory()
    assert announce_terms() == 0
    assert outbox.outbox == []


def test_artists_and_label_staff_are_told_once(monkeypatch) -> None:
    artist, staff = ArtistFactory(name="Asha"), LabelStaffFactory()
    ArtistFactory(is_active=False)
    ReviewerFactory()
    publish(monkeypatch, wider_terms(in_days(40)))
    assert announce_terms() == 2
    assert announce_terms() == 0
    assert {message.to[0] for message in outbox.outbox} == {artist.email, staff.email}
    [told] = [one for one in outbox.outbox if one.to == [artist.email]]
    assert "Software that makes music: training. Also goes to: Example Models Ltd." in told.body
    assert "If you do not answer, the answer is no." in told.body
    assert "/permissions/" in told.body
    row = TermsNotice.objects.get(account=artist)
    assert (row.terms_version, row.widens) == ("next", True)
    assert row.sent_at is not None
    [coming] = coming_terms()
    reach = reach_of(coming)
    assert (reach.in_time, reach.late, reach.not_yet) == (2, 0, 0)


def test_told_later_than_thirty_days_before_counts_as_late(monkeypatch) -> None:
    ArtistFactory()
    publish(monkeypatch, wider_terms(in_days(29)))
    announce_terms()
    ArtistFactory()
    [coming] = coming_terms()
    reach = reach_of(coming)
    assert (reach.in_time, reach.late, reach.not_yet) == (0, 1, 1)


def test_terms_that_allow_nothing_new_say_so(monkeypatch) -> None:
    ArtistFactory()
    publish(monkeypatch, same_terms(in_days(5)))
    assert announce_terms() == 1
    assert "The new terms allow nothing new." in outbox.outbox[0].body
    assert not TermsNotice.objects.get().widens


def test_what_could_not_be_sent_is_sent_later(monkeypatch) -> None:
    ArtistFactory()
    publish(monkeypatch, wider_terms(in_days(40)))
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert announce_terms() == 0
    assert TermsNotice.objects.get().sent_at is None
    assert announce_terms() == 0  # somebody is at it, as far as anybody knows
    long_ago = timezone.now() - RETRY_AFTER - timedelta(minutes=1)
    TermsNotice.objects.update(claimed_at=long_ago)
    assert announce_terms() == 1


def refuse(*args: object) -> int:
    raise OSError("no connection")


def test_terms_that_came_without_notice_are_told_late_to_whom_they_surprised(monkeypatch) -> None:
    old = ArtistFactory()
    User.objects.update(date_joined=timezone.now() - timedelta(days=9))
    publish(monkeypatch, wider_terms(in_days(-2)))
    ArtistFactory()  # joined under the new ones
    assert announce_terms() == 1
    assert outbox.outbox[0].to == [old.email]
    assert "We are sorry." in outbox.outbox[0].body
    [coming] = coming_terms()
    assert reach_of(coming).late == 1


def test_terms_of_long_ago_are_no_news(monkeypatch) -> None:
    ArtistFactory()
    User.objects.update(date_joined=timezone.now() - timedelta(days=900))
    with time_machine.travel(timezone.now() + timedelta(days=200)):
        publish(monkeypatch, wider_terms(in_days(-100)))
        assert announce_terms() == 0
