"""The release page: what is typed is kept, and nobody overwrites anybody."""

import re

import pytest

from apps.catalogue import drafts
from apps.catalogue.models import Release, Track
from apps.catalogue.states import TrackState
from tests.factories import MembershipFactory
from tests.portal.drafting import JSON, fields, ready_track, submission, track_data

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]


def test_the_release_is_saved_without_a_script(browser, release):
    data = {**fields(browser.get(f"/releases/{release.pk}/")), "title": "  Monsoon\tEP "}
    data |= {"where": "some", "countries": "in, us", "destinations": ["spotify", "bandcamp"]}
    assert browser.post(f"/releases/{release.pk}/", data).status_code == 302
    release.refresh_from_db()
    assert release.title == "Monsoon EP"
    assert release.territories == ["IN", "US"]
    assert release.destinations == ["spotify", "bandcamp"]
    assert release.revision == 1


def test_a_script_is_told_what_was_saved_and_what_is_left(browser, track):
    Release.objects.update(title="Delta")  # a single is called like its track
    answer = browser.post(f"/tracks/{track.pk}/", track_data(track, title="Delta"), **JSON).json()
    track.refresh_from_db()
    assert track.title == "Delta"
    assert answer["revision"] == track.revision == 1
    assert answer["questions_left"] == 0
    assert answer["destinations"] == {"spotify": "deliver", "apple_music": "deliver"}
    assert answer["problems"] == []
    assert "Nothing left to finish" in answer["panels"]["finish"]
    assert re.match(r"\d{4}-\d\d-\d\dT", answer["saved_at"])


def test_problems_stand_beside_their_fields(browser, track):
    data = track_data(track, title="River (feat. Ravi)", isrc="12-345")
    answer = browser.post(f"/tracks/{track.pk}/", data, **JSON).json()
    found = {problem["field"] for problem in answer["problems"]}
    assert {"track_title", "track_isrc"} <= found
    page = browser.get(f"/tracks/{track.pk}/").text
    slot = page[page.index('id="track_isrc_problems"') :][:600]
    assert "ISRC" in slot
    assert "River (feat. Ravi)" in answer["panels"]["finish"]


def test_a_field_that_cannot_be_kept_keeps_its_old_value_and_the_others_are_saved(browser, track):
    data = track_data(track, original_release_year="last year", isrc="IN-ABC-26-00001")
    answer = browser.post(f"/tracks/{track.pk}/", data, **JSON).json()
    track.refresh_from_db()
    assert (track.isrc, track.original_release_year) == ("IN-ABC-26-00001", None)
    assert any(
        p["field"] == "track_original_release_year" and p["blocks"] for p in answer["problems"]
    )


def test_text_that_could_mislead_is_refused_beside_its_field(browser, track):
    data = track_data(track, title="Rain \u202egnos", credit_name=["Ra\u202evi"])
    answer = browser.post(f"/tracks/{track.pk}/", {**data, "credit_role": ["main"]}, **JSON).json()
    track.refresh_from_db()
    assert track.title == "River"
    assert track.contributors.count() == 3
    assert {"track_title", "track_credits"} <= {p["field"] for p in answer["problems"]}


def test_another_window_is_told_and_overwrites_nothing(browser, track):
    stale = track_data(track, title="Second")
    browser.post(f"/tracks/{track.pk}/", track_data(track, title="First"))
    answer = browser.post(f"/tracks/{track.pk}/", stale, **JSON)
    assert answer.status_code == 409
    assert "Nothing was overwritten" in answer.json()["message"]
    told = browser.post(f"/tracks/{track.pk}/", stale, follow=True)
    assert "Nothing was overwritten" in told.text
    track.refresh_from_db()
    assert track.title == "First"


@pytest.mark.parametrize("revision", ["", "abc", "-1", "9" * 30])
def test_a_save_without_a_revision_overwrites_nothing(browser, track, revision):
    data = track_data(track, title="Other", revision=revision)
    assert browser.post(f"/tracks/{track.pk}/", data, **JSON).status_code == 409


def test_people_are_added_and_removed_without_a_script(browser, track):
    address = f"/tracks/{track.pk}/"
    added = browser.post(address, {**track_data(track), "add_credit": "1"})
    assert added.url == f"{address}?add#track_credits"
    page = browser.get(f"{address}?add")
    assert page.context["credits"][-1][0] == ""
    data = track_data(track)
    data["credit_name"].append("Ravi Menon")
    data["credit_role"].append("producer")
    browser.post(address, data)
    track.refresh_from_db()
    assert track.contributors.count() == 4
    browser.post(address, {**track_data(track), "drop_credit": "3"})
    assert not track.contributors.filter(name="Ravi Menon").exists()


def test_a_role_that_does_not_exist_is_refused_and_nobody_is_lost(browser, track):
    data = track_data(track, credit_name=["Asha Rao"], credit_role=["emperor"])
    answer = browser.post(f"/tracks/{track.pk}/", data, **JSON).json()
    assert track.contributors.count() == 3
    assert any("Choose what Asha Rao did" in p["text"] for p in answer["problems"])


def test_a_label_can_be_chosen_only_by_those_who_belong_to_it(browser, artist, release):
    assert "label" not in browser.get(f"/releases/{release.pk}/").context["form"].fields
    mine = MembershipFactory(user=artist).label
    other = MembershipFactory().label
    data = fields(browser.get(f"/releases/{release.pk}/"))
    browser.post(f"/releases/{release.pk}/", {**data, "label": str(other.pk)})
    release.refresh_from_db()
    assert release.label is None
    browser.post(f"/releases/{release.pk}/", {**data, "label": str(mine.pk)})
    release.refresh_from_db()
    assert release.label == mine


def test_unknown_countries_are_named(browser, release):
    data = fields(browser.get(f"/releases/{release.pk}/"))
    data |= {"where": "some", "countries": "IN, QQ"}
    answer = browser.post(f"/releases/{release.pk}/", data, **JSON).json()
    assert any("QQ" in problem["text"] for problem in answer["problems"])
    release.refresh_from_db()
    assert release.territories == ["worldwide"]


def test_what_is_being_checked_cannot_be_changed(browser, track):
    Track.objects.filter(pk=track.pk).update(state=TrackState.SUBMITTED)
    page = browser.get(f"/tracks/{track.pk}/").text
    assert "cannot be changed while it is being checked" in page
    answer = browser.post(f"/tracks/{track.pk}/", track_data(track, title="New"), **JSON)
    assert answer.status_code == 409
    track.refresh_from_db()
    assert track.title == "River"


def test_tracks_are_moved_and_removed(browser, release, track):
    second = ready_track(release, "Rain")
    browser.post(f"/tracks/{second.pk}/move/", {"to": "up"})
    assert list(release.tracks.values_list("title", flat=True)) == ["Rain", "River"]
    browser.post(f"/tracks/{second.pk}/move/", {"to": "up"})  # it is the first already
    browser.post(f"/tracks/{second.pk}/remove/")
    assert list(release.tracks.all()) == [track]


def test_a_draft_release_is_thrown_away_and_a_submitted_one_is_not(browser, release, track):
    browser.post(f"/releases/{release.pk}/submit/", submission())
    told = browser.post(f"/releases/{release.pk}/remove/", follow=True)
    assert "its record stays" in told.text
    draft = drafts.create_release(owner=release.owner)
    browser.post(f"/releases/{draft.pk}/remove/")
    assert not Release.objects.filter(pk=draft.pk).exists()


def test_a_big_release_is_one_page_with_few_queries(
    browser, release, django_assert_max_num_queries
):
    tracks = [ready_track(release, f"Song {n}") for n in range(15)]
    with django_assert_max_num_queries(20):
        browser.get(f"/releases/{release.pk}/")
    with django_assert_max_num_queries(20):
        browser.get(f"/tracks/{tracks[7].pk}/")
    with django_assert_max_num_queries(20):
        browser.get(f"/releases/{release.pk}/submit/")
    with django_assert_max_num_queries(30):  # a save writes, and reads the page again
        browser.post(f"/tracks/{tracks[7].pk}/", track_data(tracks[7], title="New"), **JSON)


def test_pages_carry_no_inline_script_or_style(browser, release, track):
    for address in (f"/releases/{release.pk}/", f"/tracks/{track.pk}/", "/releases/", "/"):
        page = browser.get(address, follow=True).text
        assert not re.search(r"<[^>]+\sstyle=|<style|\son\w+=", page)
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
