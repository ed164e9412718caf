"""What every page shares: the way in, the way around by role, our words when something breaks."""

import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.portal import views_releases
from apps.portal.templatetags.look import clock, moment, sound
from tests.factories import (
    PASSWORD,
    AdministratorFactory,
    ArtistFactory,
    ComplianceOfficerFactory,
    LabelStaffFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
)

pytestmark = pytest.mark.django_db
ACCOUNT_PAGES = (
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
)
VISITOR_PAGES = ("account_login", "account_signup", "account_reset_password")


def logged_in(user, **options) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def test_visitors_read_what_it_is_and_sign_up_with_name_and_mail():
    visitor = Client()
    assert "Know why, before your music goes out" in visitor.get("/").text
    page = visitor.get(reverse("account_signup"))
    assert list(page.context["form"].fields) == ["name", "email", "password1"]
    data = {"name": "Asha Rao", "email": "Asha@Example.org", "password1": PASSWORD}
    then = visitor.post(reverse("account_signup"), data, follow=True)
    assert then.redirect_chain[-1][0] == "/releases/"
    made = User.objects.get()
    assert (made.name, made.email, made.role) == ("Asha Rao", "asha@example.org", "artist")


@pytest.mark.parametrize(
    ("factory", "place"),
    [
        (ArtistFactory, "/releases/"),
        (LabelStaffFactory, "/label/decisions/"),
        (ReviewerFactory, "/admin/"),
        (SeniorReviewerFactory, "/admin/"),
        (ComplianceOfficerFactory, "/admin/"),
        (AdministratorFactory, "/admin/"),
    ],
)
def test_everybody_is_led_to_their_work(factory, place):
    assert logged_in(factory()).get("/").url == place


def test_the_way_around_depends_on_the_role():
    artist = logged_in(ArtistFactory()).get(reverse("account_email")).text
    assert "/releases/" in artist
    assert "Review desk" not in artist
    reviewer = logged_in(ReviewerFactory()).get(reverse("account_email")).text
    assert "Review desk" in reviewer
    assert 'href="/releases/"' not in reviewer
    label = logged_in(LabelStaffFactory()).get(reverse("account_email")).text
    assert "/label/decisions/" in label
    assert "Review desk" not in label


@pytest.mark.parametrize("name", [*ACCOUNT_PAGES, *VISITOR_PAGES])
def test_account_pages_have_our_look(name):
    client = Client() if name in VISITOR_PAGES else logged_in(ArtistFactory())
    page = client.get(reverse(name), follow=True)
    assert page.status_code == 200
    assert "css/site.css" in page.text
    assert 'class="skip"' in page.text
    assert len(re.findall("<h1", page.text)) == 1
    assert not re.search(r"<[^>]+\sstyle=|<style|\son\w+=", page.text)


def test_a_wrong_password_is_told_without_telling_who_exists():
    ArtistFactory(email="asha@example.org")
    for email in ("asha@example.org", "nobody@example.org"):
        page = Client().post(reverse("account_login"), {"login": email, "password": "wrong one"})
        assert "not correct" in page.text


def test_what_does_not_exist_is_said_plainly():
    page = logged_in(ArtistFactory()).get("/nothing/here/")
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert "Your own work is in your list" in page.text


def test_our_own_fault_says_so_and_gives_a_reference_that_the_log_knows(monkeypatch, caplog):
    def broken(request):
        raise RuntimeError("boom")

    monkeypatch.setattr(views_releases, "_totals", broken)
    page = logged_in(ArtistFactory(), raise_request_exception=False).get("/releases/")
    assert page.status_code == 500
    reference = re.search(r'class="mono">([0-9a-f]{8})<', page.text).group(1)
    assert f"Reference {reference}: GET /releases/" in caplog.text
    assert "boom" not in page.text


def test_a_busy_database_is_told_as_such(monkeypatch):
    def busy(request):
        raise OperationalError("database is locked")

    monkeypatch.setattr(views_releases, "_totals", busy)
    page = logged_in(ArtistFactory(), raise_request_exception=False).get("/releases/")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "We are busy for a moment" in page.text


def test_pages_allow_no_foreign_script():
    policy = Client().get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_times_places_and_sounds_in_words():
    shown = moment("2026-11-20T17:00:00+01:00")
    assert 'datetime="2026-11-20T16:00:00+00:00"' in shown
    assert 'title="2026-11-20 16:00:00 UTC"' in shown
    assert moment(None) == ""
    assert [clock(s) for s in (0, 67.4, 3675, None)] == ["0:00", "1:07", "1:01:15", ""]
    source = {"codec": "flac", "channels": 2, "bit_depth": 24, "sample_rate": 48000}
    assert sound(source) == "FLAC · stereo · 24-bit · 48 kHz"
    assert sound({"codec": "flac", "channels": 6, "sample_rate": 44100}) == (
        "FLAC · 6 channels · 44.1 kHz"
    )
    assert sound({}) == ""
