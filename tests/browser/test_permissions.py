"""Permissions in a real browser: giving and taking back cost the same, on any screen."""

from collections.abc import Callable

import pytest
from django.db import connection
from playwright.sync_api import BrowserContext, Locator, Page, expect

from apps.audit import keys
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.consent.models import ConsentEvent
from apps.consent.projection import settle
from tests.browser.steps import log_in
from tests.consent.new_terms import in_days, publish, wider_terms
from tests.factories import (
    ArtistFactory,
    ComplianceOfficerFactory,
    MembershipFactory,
    ReleaseFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
NewContext = Callable[..., BrowserContext]
SUGGEST = "recommendation.infer"
MUSIC = "generative_music.train"


@pytest.fixture
def track() -> Track:
    artist = ArtistFactory(email="asha@example.org", name="Asha Rao")
    release = ReleaseFactory(owner=artist, title="Monsoon")
    TrackFactory(release=release, title="Rain", position=1, answers={"label_licensed": False})
    ReleaseFactory(owner=artist, title="Night Bus")
    return TrackFactory(
        release=release,
        title="River",
        position=2,
        state=TrackState.CLEARED,
        answers={"label_licensed": False},
    )


def prove() -> None:
    keys.make_key()
    sequence_pending()
    settle()


def open_page(page: Page, path: str = "/permissions/") -> Page:
    log_in(page, "asha@example.org")
    page.goto(path)
    return page


def line(page: Page, code: str) -> Locator:
    return page.locator(f'[id="{code}"]')


def click_until(page: Page, button: str, code: str, state: str) -> int:
    """Presses what is called so until the line says so; returns how many presses that took."""
    for presses in range(1, 5):
        line(page, code).get_by_role("button", name=button).click()
        page.wait_for_load_state()
        prove()
        page.reload()
        if line(page, code).locator(".state").inner_text().strip() == state:
            return presses
    raise AssertionError(f"{code} never said {state}")


def choose_country(page: Page, name: str = "Germany") -> None:
    page.get_by_label("A yes counts for this country").select_option(label=name)


def test_giving_and_taking_back_cost_the_same(page: Page, track: Track, assert_accessible, shoot):
    open_page(page)
    expect(page.locator("main section h2").first).to_have_text("No AI training")
    expect(page.locator(".no-ai .state")).to_have_text("On")
    assert_accessible(page)
    choose_country(page)
    giving = click_until(page, "Say yes", SUGGEST, "Yes")
    taking = click_until(page, "Say no", SUGGEST, "No")
    assert (giving, taking) == (1, 1)
    page.get_by_role("button", name="Turn off No AI training").click()
    expect(page.locator(".no-ai .state")).to_have_text("Off")
    assert click_until(page, "Say yes", MUSIC, "Yes") == 1
    assert_accessible(page)
    page.goto("/permissions/")
    shoot(page, "permissions")
    assert click_until(page, "Say no", MUSIC, "No") == 1
    page.get_by_role("button", name="Turn on No AI training").click()
    expect(page.locator(".no-ai .state")).to_have_text("On")


def test_both_buttons_look_the_same(page: Page, track: Track):
    open_page(page)
    yes = line(page, SUGGEST).get_by_role("button", name="Say yes")
    no = line(page, SUGGEST).get_by_role("button", name="Say no")
    style = (
        "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor, s.fontSize] }"
    )
    assert yes.evaluate(style) == no.evaluate(style)
    assert yes.bounding_box()["width"] == no.bounding_box()["width"]
    assert yes.bounding_box()["y"] == no.bounding_box()["y"]


def test_a_yes_asks_for_the_country_and_a_no_does_not(page: Page, track: Track):
    open_page(page)
    line(page, SUGGEST).get_by_role("button", name="Say yes").click()
    assert not ConsentEvent.objects.exists()
    expect(page.get_by_label("A yes counts for this country")).to_be_focused()
    line(page, SUGGEST).get_by_role("button", name="Say no").click()
    expect(page.get_by_role("status").first).to_contain_text("Your no is recorded")
    assert ConsentEvent.objects.get().status == "denied"


def test_without_javascript_on_a_telephone(new_context: NewContext, track: Track, shoot):
    page = new_context(java_script_enabled=False, viewport={"width": 375, "height": 740}).new_page()
    open_page(page, f"/tracks/{track.pk}/permissions/")
    choose_country(page, "India")
    line(page, SUGGEST).get_by_role("button", name="Say yes").click()
    expect(page.get_by_role("status").first).to_contain_text("Your yes is recorded")
    assert ConsentEvent.objects.get().jurisdiction == "IN"
    shoot(page, "permissions-phone", full_page=True)


@pytest.mark.parametrize(
    "path", ["/permissions/", "/permissions/agreed/", "/terms/", "/tracks/{}/permissions/"]
)
def test_nothing_sticks_out_on_a_small_screen(
    new_context: NewContext, track: Track, assert_accessible, path: str, monkeypatch
):
    publish(monkeypatch, wider_terms(in_days(40)))
    page = new_context(viewport={"width": 375, "height": 740}).new_page()
    open_page(page)
    line(page, SUGGEST).get_by_role("button", name="Say no").click()
    page.goto(path.format(track.pk))
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 375
    assert_accessible(page)


def test_some_tracks_at_once_then_the_history(page: Page, track: Track, assert_accessible, shoot):
    open_page(page, f"/releases/{track.release_id}/permissions/")
    page.get_by_text("Answer only for some tracks").click()
    page.get_by_role("checkbox", name="River").check()
    choose_country(page)
    line(page, "metadata_tagging.infer").get_by_role("button", name="Say yes").click()
    page.wait_for_load_state()
    prove()
    assert ConsentEvent.objects.get().scope_id == str(track.pk)
    page.goto("/permissions/agreed/")
    expect(page.locator(".agreed")).to_contain_text("Software listens to this track")
    expect(page.locator(".agreed")).to_contain_text("in the log")
    with page.expect_download() as got:
        page.get_by_role("link", name="Download the receipt").click()
    assert got.value.suggested_filename.endswith(".jsonld")
    assert_accessible(page)
    shoot(page, "agreed")


def test_label_staff_and_the_desk(new_context: NewContext, track: Track, assert_accessible, shoot):
    staff = MembershipFactory(user__email="staff@example.org")
    track.release.label = staff.label
    track.release.save()
    page = new_context().new_page()
    log_in(page, "staff@example.org")
    page.goto("/permissions/")
    assert_accessible(page)
    page.get_by_role("link", name="Monsoon").click()
    line(page, SUGGEST).get_by_role("button", name="Say no").click()
    expect(page.get_by_role("status").first).to_contain_text("Your no is recorded")
    assert_accessible(page)
    shoot(page, "permissions-label", full_page=True)
    officer = ComplianceOfficerFactory(email="officer@example.org")
    desk = new_context().new_page()
    log_in(desk, officer.email)
    desk.goto("/admin/consent/dashboard/")
    assert_accessible(desk)
    shoot(desk, "consent-dashboard", full_page=True)
    assert connection.vendor
