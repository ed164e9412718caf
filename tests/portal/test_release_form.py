"""The release page: what is typed is kept, nobody overwrites anybody, one bad track blocks none."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from apps.catalogue import drafts
from apps.catalogue.models import AudioFile, Declaration, Release, Track
from apps.catalogue.states import TrackState
from apps.catalogue.terms import CURRENT
from apps.policy.publish import publish_shipped_ruleset
from tests.factories import (
    ArtistFactory,
    AudioFileFactory,
    LabelStaffFactory,
    MembershipFactory,
    ReleaseFactory,
    ReviewerFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db
CLEAN = {
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "rights_in_result": "all_held",
}
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def law():
    return publish_shipped_ruleset()


@pytest.fixture
def artist():
    return ArtistFactory(name="Asha Rao")


@pytest.fixture
def browser(artist):
    client = Client()
    client.force_login(artist)
    return client


@pytest.fixture
def release(artist):
    return ReleaseFactory(owner=artist, title="Monsoon", artwork_ai="none")


@pytest.fixture
def track(release):
    return ready_track(release, "River")


def ready_track(release, title):
    track = TrackFactory(
        release=release, title=title, answers=CLEAN, parental_advisory="none", artist="Asha Rao"
    )
    track.contributors.create(name="Asha Rao", role="composer", position=1)
    track.contributors.create(name="Asha Rao", role="lyricist", position=2)
    return track


def fields(response, form="form"):
    """The values that a browser would send back from this form."""
    bound = response.context[form]
    values = {name: bound[name].value() for name in bound.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def track_data(track, **changed):
    people = [(one.name, one.role) for one in track.contributors.all()]
    return {
        "revision": track.revision,
        "title": track.title,
        "version_title": track.version_title,
        "language": track.language,
        "isrc": track.isrc,
        "parental_advisory": track.parental_advisory,
        "original_release_year": track.original_release_year or "",
        "credit_name": [name for name, _role in people],
        "credit_role": [role for _name, role in people],
        **changed,
    }


def submission(**changed):
    return {"accepted": "on", "terms_version": CURRENT, "submission_key": uuid4().hex, **changed}


# --- the list ---


def test_the_empty_list_says_what_will_stand_there(browser):
    page = browser.get("/releases/")
    assert "Your releases will stand here" in page.text
    made = browser.post("/releases/new/")
    release = Release.objects.get()
    assert made.url == f"/releases/{release.pk}/"
    assert release.territories == ["worldwide"]


def test_the_list_counts_what_became_of_the_tracks(browser, release):
    TrackFactory(release=release, state=TrackState.HELD)
    TrackFactory(release=release, state=TrackState.CLEARED)
    TrackFactory(release=release, state=TrackState.CLEARED)
    TrackFactory(release=ReleaseFactory(), state=TrackState.REFUSED)
    page = browser.get("/releases/")
    counts = {str(one.state): one.count for one in page.context["totals"]}
    assert counts == {"held": 1, "cleared": 2}
    assert len(browser.get("/releases/?state=held").context["rows"]) == 1
    assert not browser.get("/releases/?state=refused").context["rows"]


def test_a_long_list_has_pages_and_few_queries(browser, artist, django_assert_max_num_queries):
    for _ in range(35):
        TrackFactory(release=ReleaseFactory(owner=artist))
    with django_assert_max_num_queries(20):
        page = browser.get("/releases/?page=2")
    assert len(page.context["rows"]) == 5


# --- saving ---


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


# --- tracks of a release ---


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


# --- submitting ---


def test_submitting_reads_back_what_is_declared_and_asks_for_responsibility(
    browser, release, track
):
    page = browser.get(f"/releases/{release.pk}/submit/").text
    assert "Asha Rao" in page
    assert "I answer for every right in these tracks" in page
    refused = browser.post(f"/releases/{release.pk}/submit/", submission(accepted=""))
    assert "Tick the box" in refused.text
    assert not Declaration.objects.exists()
    sent = browser.post(f"/releases/{release.pk}/submit/", submission())
    assert sent.url == f"/releases/{release.pk}/result/"
    declaration = Declaration.objects.get()
    assert (declaration.terms_version, declaration.made_by) == (CURRENT, release.owner)
    track.refresh_from_db()
    assert track.state == TrackState.SUBMITTED


def test_sending_the_form_twice_submits_once(browser, release, track):
    data = submission()
    first = browser.post(f"/releases/{release.pk}/submit/", data)
    second = browser.post(f"/releases/{release.pk}/submit/", data)
    assert first.url == second.url == f"/releases/{release.pk}/result/"
    assert Declaration.objects.count() == track.runs.count() == 1


def test_one_unfinished_track_keeps_nobody_back(browser, release, track):
    without_audio = TrackFactory(release=release, title="No audio", audio=None, answers=CLEAN)
    unread = TrackFactory(
        release=release,
        title="Unread",
        audio=AudioFileFactory(owner=release.owner, state=AudioFile.State.RECEIVED),
        answers=CLEAN,
    )
    unanswered = TrackFactory(release=release, title="Unanswered")
    page = browser.get(f"/releases/{release.pk}/submit/")
    assert [one.track for one, _lines in page.context["ready"]] == [track]
    assert {one.track for one in page.context["waiting"]} == {without_audio, unread, unanswered}
    browser.post(f"/releases/{release.pk}/submit/", submission())
    assert set(release.tracks.filter(state=TrackState.SUBMITTED)) == {track}


def test_a_release_that_is_unfinished_itself_submits_nothing(browser, release, track):
    Release.objects.filter(pk=release.pk).update(artwork_ai="", destinations=[])
    page = browser.get(f"/tracks/{track.pk}/").text
    assert "Say how the artwork was made" in page
    assert "Choose where it should go" in page
    told = browser.post(f"/releases/{release.pk}/submit/", submission(), follow=True)
    assert not Declaration.objects.exists()
    assert "No track is ready yet" in told.text


def test_only_the_ticked_tracks_go(browser, release, track):
    second = ready_track(release, "Rain")
    none = browser.post(f"/releases/{release.pk}/submit/", submission(choosing="1"), follow=True)
    assert "Choose at least one track" in none.text
    chosen = submission(choosing="1", track=[str(second.pk), str(uuid4()), "x"])
    browser.post(f"/releases/{release.pk}/submit/", chosen)
    assert set(release.tracks.filter(state=TrackState.SUBMITTED)) == {second}


def test_a_track_that_would_be_refused_is_told_so_and_not_ticked(browser, release, track):
    clone = {"imitates": "real_person", "person": "A Singer"}
    refused = ready_track(release, "Clone")
    Track.objects.filter(pk=refused.pk).update(answers={**CLEAN, "voice": clone})
    page = browser.get(f"/releases/{release.pk}/submit/")
    assert "As answered, it will be refused: A cloned voice of a real person." in page.text
    assert page.context["chosen"] == {track.pk}


def test_words_that_have_changed_are_read_again(browser, release, track):
    old = submission(terms_version="2020-01-01")
    told = browser.post(f"/releases/{release.pk}/submit/", old, follow=True)
    assert "have changed since you opened this page" in told.text
    assert not Declaration.objects.exists()


def test_a_held_track_goes_again_only_once_it_has_changed(browser, release, track):
    browser.post(f"/releases/{release.pk}/submit/", submission())
    Track.objects.filter(pk=track.pk).update(state=TrackState.HELD)
    track.refresh_from_db()
    track.runs.update(state="done")
    assert not browser.get(f"/releases/{release.pk}/submit/").context["ready"]
    browser.post(f"/tracks/{track.pk}/", track_data(track, title="River again"))
    assert browser.get(f"/releases/{release.pk}/submit/").context["ready"]
    browser.post(f"/releases/{release.pk}/submit/", submission())
    assert track.declarations.count() == 2
    assert track.audio == Track.objects.get(pk=track.pk).audio


# --- who may ---

PLACES = (
    "/releases/{release}/",
    "/releases/{release}/submit/",
    "/releases/{release}/result/",
    "/tracks/{track}/",
    "/tracks/{track}/questions/",
    "/tracks/{track}/result/",
    "/tracks/{track}/explain/",
    "/tracks/{track}/withdraw/",
)
ACTIONS = (
    "/releases/{release}/remove/",
    "/tracks/{track}/move/",
    "/tracks/{track}/remove/",
    "/tracks/{track}/entries/",
)


@pytest.mark.parametrize("place", [*PLACES, *ACTIONS])
def test_what_belongs_to_somebody_else_does_not_exist(place, release, track):
    address = place.format(release=release.pk, track=track.pk)
    stranger = Client()
    stranger.force_login(ArtistFactory())
    method = stranger.get if place in PLACES else stranger.post
    assert method(address).status_code == 404
    assert stranger.post(address).status_code in (404, 405)
    track.refresh_from_db()
    assert track.state == TrackState.DRAFT


@pytest.mark.parametrize("place", [*PLACES, "/releases/"])
def test_visitors_log_in_first_and_other_roles_are_told(place, release, track):
    address = place.format(release=release.pk, track=track.pk)
    assert Client().get(address).url.startswith("/account/login/")
    for person in (ReviewerFactory(), LabelStaffFactory()):
        other = Client()
        other.force_login(person)
        refused = other.get(address)
        assert refused.status_code == 403
        assert "not for your account" in refused.text


@pytest.mark.parametrize("place", [*ACTIONS, "/releases/new/"])
def test_changes_are_never_made_by_a_link(place, browser, release, track):
    address = place.format(release=release.pk, track=track.pk)
    assert browser.get(address).status_code == 405


def test_a_form_from_elsewhere_is_refused_in_our_words(artist, track):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(artist)
    refused = careful.post(f"/tracks/{track.pk}/", track_data(track, title="Stolen"))
    assert refused.status_code == 403
    assert "This form was open for too long" in refused.text
    track.refresh_from_db()
    assert track.title == "River"
