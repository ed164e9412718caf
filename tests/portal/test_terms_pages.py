"""The terms page, the announcement, and that silence never extends an old yes."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from lxml import html

from apps.consent.permissions import permissions_of
from apps.consent.terms_reading import all_terms
from tests.consent.new_terms import in_days, publish, wider_terms
from tests.consent.saying import TRAIN, lift, now_of, say_yes
from tests.consent.test_terms import BANNED, reading_age
from tests.factories import TrackFactory
from tests.portal.test_permissions_page import client_of, page_of, press, prove

pytestmark = pytest.mark.django_db
MUSIC = "generative_music.train"
PAGES = (*("permissions", "_permission", "_terms_banner", "permissions_label", "agreed", "terms"),)


def test_anybody_reads_every_version_word_for_word() -> None:
    page = page_of(Client(), "/terms/")
    text = page.text_content()
    for terms in all_terms():
        assert terms.sha256 in text
        assert all(clause.words["en"] in text for clause in terms.clauses.values())
    assert "in force" in text


def test_what_a_new_version_makes_possible_is_said_in_plain_words(monkeypatch) -> None:
    publish(monkeypatch, wider_terms(in_days(40)))
    text = " ".join(page_of(Client(), "/terms/").text_content().split())
    assert "announced" in text
    assert "Wider: Software that makes music: training. Also goes to: Example Models Ltd." in text
    assert "everybody is asked again" in text


def test_an_announcement_stands_on_the_permissions_page(monkeypatch) -> None:
    artist = TrackFactory().release.owner
    assert "begin on" not in page_of(client_of(artist)).text_content()
    publish(monkeypatch, wider_terms(in_days(40)))
    text = page_of(client_of(artist)).text_content()
    assert "The terms next begin on" in text
    assert "no answer means no" in text


def test_silence_never_extends_an_old_yes(monkeypatch) -> None:
    track = TrackFactory(answers={"label_licensed": False})
    artist = track.release.owner
    lift(artist, artist)
    prove()
    say_yes(artist, artist, TRAIN)
    prove()
    assert now_of(track, TRAIN).allowed
    with monkeypatch.context() as announced:
        publish(announced, wider_terms(in_days(40)))
        assert now_of(track, TRAIN).allowed  # what was agreed to holds until they begin
    publish(monkeypatch, wider_terms(timezone.now()))
    assert now_of(track, TRAIN).reason == "old_terms"
    client = client_of(artist)
    text = page_of(client).text_content()
    assert "Your old yes was not extended, so we ask again." in text
    assert not next(one for one in permissions_of(artist) if one.permission.code == MUSIC).allowed
    press(client, f"yes:{MUSIC}")
    prove()
    assert now_of(track, TRAIN).allowed


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_plain(name: str) -> None:
    source = (settings.BASE_DIR / "templates" / "portal" / f"{name}.html").read_text()
    sentences = re.findall(r'translate "([^"]+)"', source)
    assert not [text for text in sentences if BANNED.search(text)]
    long_ones = [text for text in sentences if text.endswith(".") and len(text.split()) > 6]
    assert [text for text in long_ones if reading_age(text) > 14] == []
    assert html.fromstring(f"<div>{source}</div>") is not None
