"""The permissions page: off by default, one button each way, one question at a time."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from apps.accounts.models import User
from apps.audit import keys
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import Track
from apps.consent.models import ConsentEvent, Evidence
from apps.consent.permissions import no_ai_of, permissions_of
from apps.consent.projection import settle
from apps.consent.vocabulary import vocabulary
from tests.consent.saying import TERMS, TRAIN, lift, say_yes
from tests.factories import ArtistFactory, LabelFactory, MembershipFactory, TrackFactory

pytestmark = pytest.mark.django_db
SUGGEST = "recommendation.infer"
MUSIC = "generative_music.train"


@pytest.fixture
def track() -> Track:
    return TrackFactory(answers={"label_licensed": False})


@pytest.fixture
def artist(track) -> User:
    return track.release.owner


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(client: Client, path: str = "/permissions/") -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.content.decode())


def buttons(page: html.HtmlElement) -> set[str]:
    return set(page.xpath('//form[@id="permissions-form"]//button[@name="say"]/@value'))


def press(client: Client, say: str, path: str = "/permissions/", **more: object):
    """Sends the form of the page as a browser does, without JavaScript."""
    form = page_of(client, path).xpath('//form[@id="permissions-form"]')[0]
    fields = {field.name: field.value for field in form.xpath('.//input[@type="hidden"]')}
    data = {**fields, "country": "DE", "say": say, **more}
    return client.post(path, data, follow=True)


def shown(answer) -> str:
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def prove() -> None:
    keys.make_key()
    sequence_pending()
    settle()


def row(of, code: str, country: str = "DE"):
    return next(
        one for one in permissions_of(of, jurisdiction=country) if one.permission.code == code
    )


def yes_buttons(codes: Iterator[str] | list[str]) -> set[str]:
    return {f"yes:{code}" for code in codes}


class TestBeforeAnythingWasSaid:
    def test_no_ai_is_on_top_and_on_and_nothing_generative_can_be_allowed(self, artist):
        page = page_of(client_of(artist))
        assert page.xpath("//main//section//h2/text()")[0] == "No AI training"
        generative = [one.code for one in vocabulary().permissions if one.is_generative]
        assert "no-ai-off" in buttons(page)
        assert not buttons(page) & yes_buttons(generative)
        assert not page.xpath("//input[@checked]")

    def test_each_permission_has_the_sentence_of_the_terms(self, artist):
        page = page_of(client_of(artist))
        words = page.xpath('//p[@class="permission-words"]/text()')
        assert len(words) == len(vocabulary().permissions)
        assert all(text.strip().endswith(".") for text in words)

    def test_with_no_ai_off_every_generative_use_has_a_button_of_its_own(self, artist):
        client = client_of(artist)
        press(client, "no-ai-off")
        found = buttons(page_of(client))
        for one in vocabulary().permissions:
            if one.is_generative:
                assert {f"yes:{one.code}", f"no:{one.code}"} <= found
        assert ConsentEvent.objects.get().status == "unreserved"
        assert not row(artist, MUSIC).allowed

    def test_uploads_go_on_with_everything_off(self, artist, track):
        client = client_of(artist)
        for say in [f"no:{one.code}" for one in vocabulary().permissions if one.can_be_refused]:
            assert press(client, say).status_code == 200
        assert not any(row.allowed and row.can_choose for row in permissions_of(artist))
        made = client.post(reverse("release_new"))
        assert made.status_code == 302
        assert client.get(made.url).status_code == 200

    def test_every_form_works_without_javascript(self, artist):
        answer = client_of(artist).get("/permissions/").content.decode()
        scripts = html.fromstring(answer).xpath("//script/@src")
        assert len(scripts) == 1
        assert scripts[0].endswith("site.js")  # times and menus


class TestSaying:
    def test_one_press_says_yes_and_one_press_takes_it_back(self, artist, track):
        client = client_of(artist)
        answer = press(client, f"yes:{SUGGEST}")
        assert "Your yes is recorded. It counts in a few seconds." in shown(answer)
        prove()
        assert row(track, SUGGEST).allowed
        event = ConsentEvent.objects.get()
        assert (event.jurisdiction, event.policy_version, event.method) == (
            "DE",
            TERMS,
            "web_form",
        )
        assert event.serving_component == "permissions page"
        page = page_of(client)
        assert f"no:{SUGGEST}" in buttons(page)
        assert f"yes:{SUGGEST}" not in buttons(page)
        answer = press(client, f"no:{SUGGEST}")
        assert "Your no is recorded. It counts now." in shown(answer)
        assert not row(track, SUGGEST).allowed
        assert ConsentEvent.objects.last().status == "revoked"

    def test_the_country_is_remembered(self, artist):
        client = client_of(artist)
        press(client, f"yes:{SUGGEST}", country="FR")
        assert page_of(client).xpath('//select[@id="country"]/option[@selected]/@value') == ["FR"]

    def test_a_yes_for_one_country_can_be_taken_back_while_another_is_shown(self, artist):
        client = client_of(artist)
        press(client, f"yes:{SUGGEST}", country="FR")
        prove()
        press(client, "show", country="DE")
        assert f"no:{SUGGEST}" in buttons(page_of(client))
        press(client, f"no:{SUGGEST}", country="DE")
        assert not row(artist, SUGGEST, "FR").allowed

    def test_a_no_keeps_the_words_that_were_read(self, artist):
        client = client_of(artist)
        press(client, f"no:{SUGGEST}")
        event = ConsentEvent.objects.get()
        assert (event.status, event.policy_version, event.jurisdiction) == ("denied", TERMS, "")
        text = page_of(client, "/permissions/agreed/").text_content()
        assert "Software compares the sound of this track with others" in text
        answer = client.post("/permissions/", {"say": "no:metadata_tagging.infer"})
        assert answer.status_code == 302  # a no counts whatever else the form lacks

    def test_an_objection_where_the_use_needs_no_yes(self, artist):
        client = client_of(artist)
        press(client, "no:fraud_spam.infer")
        assert ConsentEvent.objects.get().status == "objected"
        press(client, "yes:fraud_spam.infer")
        prove()
        assert row(artist, "fraud_spam.infer").allowed

    def test_a_release_and_a_track_on_their_own(self, artist, track):
        client = client_of(artist)
        release = reverse("release_permissions", args=[track.release_id])
        press(client, f"yes:{SUGGEST}", release)
        press(client, f"no:{SUGGEST}", reverse("track_permissions", args=[track.pk]))
        said = list(ConsentEvent.objects.values_list("scope_type", "status"))
        assert said == [("release", "granted"), ("asset", "revoked")]
        prove()
        assert row(track.release, SUGGEST).allowed
        assert not row(track, SUGGEST).allowed
        assert "has answers of its own" in page_of(client, release).text_content()

    def test_some_tracks_at_once(self, artist, track):
        client = client_of(artist)
        others = [TrackFactory(release=track.release, position=n) for n in (2, 3)]
        path = reverse("release_permissions", args=[track.release_id])
        press(client, "no:search.infer", path)  # part of the service: refused
        assert not ConsentEvent.objects.exists()
        press(client, f"no:{SUGGEST}", path, only=[str(one.pk) for one in others])
        told = set(ConsentEvent.objects.values_list("scope_id", flat=True))
        assert told == {str(one.pk) for one in others}

    def test_no_to_all_of_it(self, artist, track):
        client = client_of(artist)
        press(client, f"yes:{SUGGEST}")
        press(client, "yes:metadata_tagging.infer", reverse("track_permissions", args=[track.pk]))
        prove()
        press(client, "no-to-all")
        assert not row(track, SUGGEST).allowed
        assert not row(track, "metadata_tagging.infer").allowed

    def test_no_ai_for_all_where_it_is_off_for_one_track(self, artist, track):
        client = client_of(artist)
        assert "no-ai-on" not in buttons(page_of(client))
        press(client, "no-ai-off", reverse("track_permissions", args=[track.pk]))
        prove()
        assert not no_ai_of(track).on
        page = page_of(client)
        assert "It is off for some of what stands below." in page.text_content()
        assert "no-ai-on" in buttons(page)
        press(client, "no-ai-on")
        assert no_ai_of(track).on
        assert "no-ai-on" not in buttons(page_of(client))

    def test_every_yes_of_a_track_can_be_taken_back_from_above(self, artist, track):
        client = client_of(artist)
        assert "no-to-all" not in buttons(page_of(client))
        press(client, f"yes:{SUGGEST}", reverse("track_permissions", args=[track.pk]))
        assert "no-to-all" in buttons(page_of(client))
        prove()
        press(client, "no-to-all")
        assert not row(track, SUGGEST).allowed
        assert "no-to-all" not in buttons(page_of(client))

    def test_a_stale_page_never_keeps_a_no_from_counting(self, artist):
        client = client_of(artist)
        old = press(client, f"yes:{SUGGEST}")
        form = html.fromstring(old.content.decode()).xpath('//form[@id="permissions-form"]')[0]
        fields = {one.name: one.value for one in form.xpath('.//input[@type="hidden"]')}
        client.post("/permissions/", {**fields, "country": "DE", "say": f"no:{SUGGEST}"})
        press(client, f"yes:{SUGGEST}")
        client.post("/permissions/", {**fields, "country": "DE", "say": f"no:{SUGGEST}"})
        prove()
        assert not row(artist, SUGGEST).allowed


class TestLabels:
    @pytest.fixture
    def staff(self, track) -> User:
        track.release.label = LabelFactory()
        track.release.save()
        return MembershipFactory(label=track.release.label).user

    def test_staff_see_releases_of_their_label_and_no_others(self, staff, track):
        TrackFactory(release__title="Somebody else’s")
        text = page_of(client_of(staff)).text_content()
        assert str(track.release) in text
        assert "Somebody else’s" not in text

    def test_a_yes_needs_proof_of_authority_a_no_does_not(self, staff, track):
        client, path = client_of(staff), reverse("release_permissions", args=[track.release_id])
        answer = press(client, f"yes:{SUGGEST}", path)
        assert answer.status_code == 422
        assert "only with proof that it may" in shown(answer)
        press(client, f"yes:{SUGGEST}", path, authority="Contract of 3 March 2026")
        assert Evidence.objects.get().data["authority"] == "Contract of 3 March 2026"
        press(client, f"no:{SUGGEST}", path)
        assert ConsentEvent.objects.last().grantor_role == "label"
        assert ConsentEvent.objects.last().status == "revoked"

    def test_nothing_a_label_licensed_trains_ai(self, staff, track, artist):
        lift(artist, artist)
        for user in (staff, artist):
            page = page_of(client_of(user), reverse("track_permissions", args=[track.pk]))
            trains = [one.code for one in vocabulary().permissions if one.is_ai_training]
            assert not buttons(page) & yes_buttons(trains)
        path = reverse("track_permissions", args=[track.pk])
        answer = press(client_of(artist), f"yes:{MUSIC}", path)
        assert answer.status_code == 422
        assert "A label licensed this recording" in shown(answer)


class TestHostile:
    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"say": ""},
            {"say": "yes"},
            {"say": "yes:everything"},
            {"say": "yes:generative_music.share"},
            {"say": "drop:table"},
            {"say": "show:a\r\nLocation: /elsewhere/"},
            {"say": "no-ai-on:search.infer"},
            {"say": "yes:" + "a" * 500},
            {"say": "yes:recommendation.infer\x00"},
            {"say": "yes:recommendation.infer", "country": "Germany"},
            {"say": "yes:recommendation.infer", "country": "ZZ"},
            {"say": "yes:recommendation.infer", "country": "DE", "terms_version": "1999"},
            {"say": "yes:recommendation.infer", "country": "DE", "terms_version": TERMS}
            | {"language": "xx"},
            {"say": "no:recommendation.infer", "only": "nonsense"},
            {"say": "no:recommendation.infer", "only": "00000000-0000-0000-0000-000000000000"},
            {"say": "no:rights_check.infer"},
            {"say": "yes:generative_music.train", "country": "DE", "terms_version": TERMS},
        ],
    )
    def test_a_sentence_and_nothing_written(self, artist, data):
        answer = client_of(artist).post("/permissions/", data)
        assert answer.status_code == 422
        [message] = answer.context["messages"]
        assert str(message).endswith(".") or "It has:" in str(message)
        assert not ConsentEvent.objects.exists()

    def test_somebody_elses_release_cannot_be_ticked(self, artist):
        other = TrackFactory()
        answer = press(client_of(artist), f"no:{SUGGEST}", only=str(other.release_id))
        assert answer.status_code == 422
        assert not ConsentEvent.objects.exists()


class TestAgreed:
    def test_the_words_the_moment_and_the_proof(self, artist, track):
        client = client_of(artist)
        event = say_yes(artist, track)
        text = page_of(client, "/permissions/agreed/").text_content()
        assert "Software compares the sound of this track with others" in text
        assert "waiting: it gets its number" in text
        proof = reverse("agreed_proof", args=[event.uid])
        assert client.get(proof).status_code == 404
        prove()
        text = page_of(client, "/permissions/agreed/").text_content()
        assert "in the log" in text
        assert str(track) in text
        answer = client.get(proof)
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        receipt = client.get(reverse("agreed_receipt", args=[event.uid]))
        assert receipt["Content-Type"] == "application/ld+json"
        assert receipt.json()["@id"] == f"urn:uuid:{event.uid}"

    def test_one_permission(self, artist, track):
        say_yes(artist, track)
        lift(artist, track)
        say_yes(artist, track, TRAIN)
        client = client_of(artist)
        for query, count in ((MUSIC, 1), ("no_ai", 1), ("", 3), ("nonsense", 3)):
            page = page_of(client, f"/permissions/agreed/?permission={query}")
            assert len(page.xpath('//li[@class="agreed"]')) == count

    def test_what_others_said_is_nobodys_business(self, artist, track):
        event = say_yes(artist, track)
        other = client_of(ArtistFactory())
        assert "Nothing was said yet" in page_of(other, "/permissions/agreed/").text_content()
        assert other.get(reverse("agreed_receipt", args=[event.uid])).status_code == 404
        label = client_of(MembershipFactory().user)
        assert "Nothing was said yet" in page_of(label, "/permissions/agreed/").text_content()


def test_links_where_people_look(artist, track):
    client = client_of(artist)
    assert 'href="/permissions/"' in client.get(reverse("releases")).content.decode()
    mine = reverse("track_permissions", args=[track.pk])
    assert mine in client.get(reverse("track", args=[track.pk])).content.decode()
    release = reverse("release_permissions", args=[track.release_id])
    assert release in client.get(reverse("release", args=[track.release_id])).content.decode()
    assert (
        release in client.get(reverse("release_result", args=[track.release_id])).content.decode()
    )
