"""Two recordings that share audio, laid on each other: seen, heard by turns, by keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from apps.catalogue.states import TrackState
from apps.review.models import Case
from tests.browser.steps import log_in
from tests.browser.test_desk import give_sound
from tests.factories import ReviewerFactory, TrackFactory
from tests.review.scene import DUPLICATE, GENERATOR, held_case

pytestmark = pytest.mark.django_db(transaction=True)
NewContext = Callable[..., BrowserContext]
STATE = """() => {
  const player = document.querySelector("track-player");
  const { position, current, region } = player;
  return { position, there: player.there(), playing: !current.sound.paused, source: current.key,
           stretch: region?.stretch };
}"""


def piece(start: float, end: float, there: float, there_end: float, **more: Any) -> dict[str, Any]:
    detail = {**DUPLICATE["evidence"][0]["detail"], "relation": "partial", **more}
    detail |= {"reference_start_s": there, "reference_end_s": there_end}
    return {"kind": "match", "start_s": start, "end_s": end, "detail": detail}


@pytest.fixture
def case() -> Case:
    """A held track with two stretches of one other recording, the first 25 % slower there."""
    other = TrackFactory(title="Delta", state=TrackState.CLEARED)
    strip = "".join("0123456789abcdef"[n * 7 % 11] for n in range(160))
    evidence = [
        piece(20, 40, 5, 30, reference=str(other.pk), speed=1.25, pitch_cents=386, errors=strip),
        piece(60, 70, 50, 60, reference=str(other.pk), errors="23" * 40),
        piece(60, 70, 1, 11, reference="gone", title="Lost"),
    ]
    held = held_case(*GENERATOR, {**DUPLICATE, "evidence": evidence}, title="River")
    give_sound(other.audio, seed=7)
    give_sound(held.decision.audio, seed=3)
    return held


def open_case(case: Case, new_context: NewContext, **options: Any) -> Page:
    reviewer = ReviewerFactory(name="Rosa")
    page = new_context(**options).new_page()
    log_in(page, reviewer.email)
    page.goto(f"/admin/review/case/{case.pk}/change/")
    return page


def test_both_sides_are_heard_at_the_same_moment_by_keys(
    case: Case, new_context: NewContext, shoot: Callable[..., None]
) -> None:
    page = open_case(case, new_context)
    expect(page.locator("#m1s1 canvas")).to_have_count(2)
    expect(page.locator("#m1s1 .strip")).to_be_visible()
    shoot(page, "case-matches", full_page=True)
    page.keyboard.press("m")  # the first stretch that is shared
    state = page.evaluate(STATE)
    assert (state["stretch"], state["source"], state["playing"]) == ("m1s1", "", True)
    page.keyboard.press("b")
    page.wait_for_timeout(300)
    state = page.evaluate(STATE)
    assert (state["source"], state["playing"]) == ("m1", True)
    assert state["there"] == pytest.approx(5 + (state["position"] - 20) * 1.25, abs=0.01)
    sound = page.evaluate("document.querySelector('track-player').current.sound.currentTime")
    assert 5 <= sound < 9  # the sound itself stands there, too
    expect(page.locator("#m1s1 [data-hear=other]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".tp-status")).to_have_text("You hear the other recording: Delta")
    page.keyboard.press("m")
    state = page.evaluate(STATE)
    assert (state["stretch"], state["source"]) == ("m1s2", "")
    expect(page.locator("#m1s2 canvas")).to_have_count(2)  # it has opened
    page.keyboard.press("m")  # there is no third that can be heard: around again
    assert page.evaluate(STATE)["stretch"] == "m1s1"
    page.keyboard.press("Shift+M")
    assert page.evaluate(STATE)["stretch"] == "m1s2"
    page.keyboard.press("Space")
    assert not page.evaluate(STATE)["playing"]


def test_buttons_and_clicks_play_either_side(case: Case, new_context: NewContext) -> None:
    page = open_case(case, new_context)
    hear_other = page.locator("#m1s1 [data-hear=other]")
    hear_other.click()
    state = page.evaluate(STATE)
    assert (state["source"], state["stretch"], state["playing"]) == ("m1", "m1s1", True)
    assert 5 <= state["there"] < 8
    hear_other.click()
    assert not page.evaluate(STATE)["playing"]
    stage = page.locator("#m1s1 [data-side=own] .ms-stage")
    box = stage.bounding_box()
    assert box
    stage.click(position={"x": box["width"] / 2, "y": 20})
    state = page.evaluate(STATE)
    assert (state["source"], state["playing"]) == ("", True)
    assert 29.5 < state["position"] < 33  # the middle of 15 to 45
    page.keyboard.press("Space")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_telephone(
    case: Case,
    new_context: NewContext,
    scheme: str,
    assert_accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    size = {"width": 390, "height": 844}
    page = open_case(case, new_context, color_scheme=scheme, viewport=size)
    page.locator("#m1s1").scroll_into_view_if_needed()
    expect(page.locator("#m1s1 canvas")).to_have_count(2)
    assert_accessible(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    shoot(page, f"case-matches-{scheme}-390", full_page=True)
    assert wide <= 390
    bottom = page.locator("#logout-form").evaluate("e => e.getBoundingClientRect().bottom")
    assert bottom <= page.locator("#header").evaluate("e => e.getBoundingClientRect().bottom")


def test_without_a_script_the_times_are_told(case: Case, new_context: NewContext) -> None:
    page = open_case(case, new_context, java_script_enabled=False)
    panel = page.locator(".matches")
    expect(panel).to_contain_text("0:20–0:40 here = 0:05–0:30 there")
    expect(panel).to_contain_text("0:01–0:11 there")
    expect(panel.locator("#m1s1 .strip")).to_be_visible()
    expect(panel.locator(".ms-bar").first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_artist_reads_what_is_shared_and_hears_their_own_seconds(
    case: Case,
    new_context: NewContext,
    scheme: str,
    assert_accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": 390, "height": 844}).new_page()
    log_in(page, case.track.release.owner.email)
    page.goto(f"/tracks/{case.track.pk}/result/")
    told = page.locator(".places").first
    expect(told).to_contain_text("shares 20 seconds with “Delta” (Nile Records), 0:05–0:30 there")
    assert_accessible(page)
    shoot(page, f"result-match-{scheme}-390", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    told.get_by_role("button").first.click()
    state = page.evaluate(STATE)
    assert (state["playing"], state["source"]) == (True, "")
    assert 20 <= state["position"] < 23
