"""The release page in a real browser: it saves itself, and says so when it cannot."""

from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.pipeline.steps import submit_release
from apps.policy.publish import publish_shipped_ruleset
from apps.screening.checks import CHECKS
from tests.browser.steps import answer, log_in
from tests.factories import ArtistFactory, CheckResultFactory, ReleaseFactory, TrackFactory

pytestmark = pytest.mark.django_db(transaction=True)
CLEAN = {
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "rights_in_result": "all_held",
}


@pytest.fixture
def track() -> Track:
    publish_shipped_ruleset()
    artist = ArtistFactory(email="asha@example.org")
    release = ReleaseFactory(owner=artist, title="Monsoon", artwork_ai="none")
    return TrackFactory(release=release, title="River")


@pytest.fixture
def context(chromium: Browser, live_server) -> BrowserContext:
    """A session in which a refused request is no error of the page."""
    made = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    yield made
    made.close()


def open_track(page: Page, track: Track) -> Page:
    log_in(page, "asha@example.org")
    page.goto(f"/tracks/{track.pk}/")
    return page


def test_it_saves_itself_and_leaving_waits_for_it(page: Page, track: Track):
    open_track(page, track)
    expect(page.locator("#track-form").get_by_role("button", name="Save")).to_be_hidden()
    page.get_by_label("Title", exact=True).fill("Delta (feat. Ravi)")
    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("#track_title_problems")).to_contain_text("featured")
    expect(page.locator("#track-heading")).to_contain_text("Delta (feat. Ravi)")
    page.get_by_label("Title", exact=True).fill("Delta")
    page.get_by_role("link", name="About the release").click()  # before the second is over
    page.wait_for_url("**/releases/**")
    track.refresh_from_db()
    assert track.title == "Delta"


def test_a_question_is_answered_in_place_while_the_form_saves(page: Page, track: Track):
    open_track(page, track)
    page.get_by_label("ISRC").fill("IN-ABC-26-00001")
    answer(page, "Did any AI tool make or change", "Yes")
    answer(page, "Where was AI used", "The mix")
    assert "/questions/" not in page.url
    page.get_by_role("link", name="Back").click()
    expect(page.locator("form.question legend")).to_contain_text("Where was AI used")
    expect(page.get_by_label("The mix")).to_be_checked()
    expect(page.locator("#saved")).to_contain_text("Saved")
    track.refresh_from_db()
    assert track.isrc == "IN-ABC-26-00001"
    assert track.answers == {"ai": [{"part": "mixing"}]}


def test_without_a_script_the_same_questions_lead_through_pages(chromium, live_server, track):
    plain = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = open_track(plain.new_page(), track)
    page.get_by_label("Title", exact=True).fill("Delta")
    page.locator("#track-form").get_by_role("button", name="Save").click()
    page.get_by_label("No, and no voice was imitated").check()
    page.get_by_role("button", name="Next").click()
    assert page.url.endswith("/questions/")
    expect(page.locator("legend")).to_contain_text("name, image or likeness")
    plain.close()
    track.refresh_from_db()
    assert (track.title, track.answers["ai"]) == ("Delta", [])


def test_another_window_is_told_and_nothing_is_overwritten(context: BrowserContext, track: Track):
    first = open_track(context.new_page(), track)
    second = context.new_page()
    second.goto(first.url)
    second.get_by_label("Title", exact=True).fill("Second")
    expect(second.locator("#saved[data-state=saved]")).to_be_visible()
    first.get_by_label("Title", exact=True).fill("First")
    expect(first.locator("#saved")).to_contain_text("Nothing was overwritten")
    track.refresh_from_db()
    assert track.title == "Second"


def test_a_broken_line_keeps_what_was_typed(context: BrowserContext, track: Track):
    page = open_track(context.new_page(), track)
    context.set_offline(True)
    page.get_by_label("Title", exact=True).fill("Typed in a train")
    expect(page.locator("#saved")).to_contain_text("no connection")
    context.set_offline(False)
    expect(page.locator("#saved[data-state=saved]")).to_be_visible(timeout=15_000)
    track.refresh_from_db()
    assert track.title == "Typed in a train"


def test_the_result_moves_while_checks_run_and_stops_by_itself(
    page: Page, track: Track, assert_accessible
):
    track.answers = CLEAN
    track.save()
    artist = track.release.owner
    (run,) = submit_release(
        release=track.release, by=artist, terms_version="2026-11-20", submission_key="1"
    )
    log_in(page, artist.email)
    page.goto(f"/tracks/{track.pk}/result/")
    expect(page.locator("#live")).to_contain_text("You are next.")
    assert_accessible(page)
    run.state, run.token, run.lease_until = "running", uuid4(), timezone.now()
    run.save()
    CheckResultFactory(run=run, slug=CHECKS[0].slug)
    expect(page.locator(".check.is-clean")).to_have_count(1, timeout=10_000)
    expect(page.locator(".check.is-running")).to_have_count(1)
    move(track=track, to=TrackState.CLEARED, actor=None)
    expect(page.locator("#live")).to_contain_text("cleared", timeout=10_000)
    expect(page.locator("#live[data-running=no]")).to_have_count(1)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_fits(
    new_context, track: Track, assert_accessible, scheme: str, width: int
):
    page = new_context(color_scheme=scheme, viewport={"width": width, "height": 844}).new_page()
    for address in ("/", "/account/signup/", "/account/login/", "/account/password/reset/"):
        page.goto(address)
        check_page(page, assert_accessible)
    log_in(page, "asha@example.org")
    release = track.release_id
    for address in (
        "/releases/",
        f"/releases/{release}/",
        f"/releases/{release}/submit/",
        f"/releases/{release}/result/",
        f"/tracks/{track.pk}/",
        f"/tracks/{track.pk}/questions/",
        f"/tracks/{track.pk}/result/",
        f"/tracks/{track.pk}/explain/",
        f"/tracks/{track.pk}/withdraw/",
        "/account/email/",
        "/account/2fa/",
    ):
        page.goto(address)
        check_page(page, assert_accessible)


def check_page(page: Page, assert_accessible) -> None:
    assert_accessible(page)
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the window"
