"""The review desk by keyboard, in a real browser, on real sound."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import BrowserContext, Page, expect

from apps.catalogue.models import AudioFile
from apps.catalogue.states import TrackState
from apps.review.models import Case
from apps.screening.decoding import open_audio
from apps.screening.models import Rendition
from apps.screening.renditions import make_peaks, make_preview, make_spectrogram
from tests.browser.steps import log_in
from tests.factories import CannedReplyFactory, ReviewerFactory, TrackFactory
from tests.review.scene import DUPLICATE, GENERATOR, held_case
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db(transaction=True)
NewContext = Callable[..., BrowserContext]
STATE = """() => {
  const player = document.querySelector("track-player");
  const { position, current } = player;
  return { position, there: player.there(), playing: !current.sound.paused, source: current.key };
}"""


@cache
def sound_of(seed: int) -> tuple[float, dict[Rendition.Kind, tuple[bytes, str]]]:
    """The three renditions, made as a worker makes them, and the duration in seconds."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        path = write_wav(folder / "tune.wav", tune(90.0, seed=seed))
        with open_audio(path, filename=path.name) as heard:
            make_preview(heard, folder / "preview.mp3")
            make_spectrogram(heard, folder / "picture.png")
            peaks = json.dumps(make_peaks(heard)).encode()
            return heard.duration_s, {
                Rendition.Kind.PREVIEW: ((folder / "preview.mp3").read_bytes(), "mp3"),
                Rendition.Kind.SPECTROGRAM: ((folder / "picture.png").read_bytes(), "png"),
                Rendition.Kind.PEAKS: (peaks, "json"),
            }


def give_sound(audio: AudioFile, seed: int) -> None:
    """What a reviewer sees and hears of a recording."""
    duration, made = sound_of(seed)
    AudioFile.objects.filter(pk=audio.pk).update(duration_s=duration)
    for kind, (data, suffix) in made.items():
        file = ContentFile(data, name=f"{audio.pk}.{suffix}")
        Rendition.objects.create(audio=audio, kind=kind, file=file)


@pytest.fixture
def case() -> Case:
    """A held track that shares audio with another one, both with sound."""
    other = TrackFactory(title="Delta", state=TrackState.CLEARED)
    match = json.loads(json.dumps(DUPLICATE))
    match["evidence"][0]["detail"]["reference"] = str(other.pk)
    held = held_case(*GENERATOR, match, title="River")
    give_sound(other.audio, seed=7)
    give_sound(held.decision.audio, seed=3)
    CannedReplyFactory(reason_code="ask_licence", title="Sample", text="A licence for {title}?")
    return held


@pytest.fixture
def review(case: Case, new_context: NewContext) -> Page:
    """The queue, as a reviewer who has just come in."""
    reviewer = ReviewerFactory(name="Rosa", email="rosa@example.org")
    page = new_context().new_page()
    log_in(page, reviewer.email)
    page.goto("/admin/review/case/")
    return page


def open_by_keys(page: Page) -> None:
    page.keyboard.press("j")
    expect(page.locator("#result_list tr.here")).to_have_count(1)
    page.keyboard.press("c")
    page.wait_for_url("**/change/**")
    expect(page.locator("track-player canvas")).to_be_visible()


def test_a_case_is_claimed_heard_and_decided_without_a_mouse(case: Case, review: Page) -> None:
    open_by_keys(review)
    assert Case.objects.get(pk=case.pk).claimed_by.name == "Rosa"
    assert not review.evaluate(STATE)["playing"]  # nothing plays by itself
    review.keyboard.press("1")
    expect(review.locator(".tp-time")).to_have_text("0:42 / 1:30")
    assert review.evaluate(STATE)["playing"]
    review.keyboard.press("b")
    state = review.evaluate(STATE)
    assert state["source"] == "m1"
    assert 12 <= state["there"] < 20  # the same moment in the other recording
    assert state["position"] - state["there"] == pytest.approx(29.0)
    review.keyboard.press("b")
    review.keyboard.press("Space")
    state = review.evaluate(STATE)
    assert (state["source"], state["playing"]) == ("", False)
    assert state["position"] > 41
    review.keyboard.press("s")
    expect(review.locator(".tp-spectrogram")).to_be_visible()
    review.locator(".tp-stage").focus()
    review.keyboard.press("Home")
    review.keyboard.press("ArrowRight")
    expect(review.locator(".tp-time")).to_have_text("0:05 / 1:30")

    review.keyboard.press("q")
    review.keyboard.press("Space")  # the first reason has the focus
    review.get_by_role("button", name="Sample").click()
    expect(review.get_by_label("Note to the artist")).to_have_value("A licence for River?")
    review.keyboard.press("Control+Enter")
    expect(review.locator(".messagelist")).to_contain_text("River: changes asked.")
    case.track.refresh_from_db()
    assert case.track.state == TrackState.CHANGES_ASKED


def test_single_keys_can_be_switched_off(case: Case, review: Page) -> None:
    open_by_keys(review)
    review.get_by_text("Keys", exact=True).click()
    review.get_by_label("Single-key shortcuts on this device").uncheck()
    review.reload()
    review.keyboard.press("a")
    review.keyboard.press("Space")
    assert review.locator("[name=verb]:checked").count() == 0
    assert not review.evaluate(STATE)["playing"]
    review.get_by_text("Keys", exact=True).click()
    review.get_by_label("Single-key shortcuts on this device").check()
    review.keyboard.press("Escape")
    review.evaluate("document.activeElement.blur()")
    review.keyboard.press("a")
    assert review.locator("[name=verb]:checked").input_value() == "approve"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_desk_is_accessible(
    case: Case, new_context: NewContext, scheme: str, assert_accessible: Callable[[Page], None]
) -> None:
    first, second = ReviewerFactory(name="Rosa"), ReviewerFactory()
    page = new_context(color_scheme=scheme).new_page()
    log_in(page, first.email)
    for address in ("/admin/", "/admin/review/case/", "/admin/catalogue/track/"):
        page.goto(address)
        assert_accessible(page)
    page.goto(f"/admin/review/case/{case.pk}/change/")
    page.keyboard.press("r")
    assert_accessible(page)
    other = new_context(color_scheme=scheme, viewport={"width": 700, "height": 900}).new_page()
    log_in(other, second.email)
    other.goto(f"/admin/review/case/{case.pk}/change/")
    expect(other.locator("#decide")).to_contain_text("Rosa has this case now")
    assert_accessible(other)
