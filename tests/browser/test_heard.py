"""What listening and names lead to, in a real browser: questions to the artist, evidence at the
desk, and the ways on from there. All sound is made here; nobody's voice is in it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Locator, Page, expect
from scipy.signal import resample_poly

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.catalogue.models import Proof, Track
from apps.policy.publish import publish_shipped_ruleset
from apps.registry.enrolled.steps import turn_register
from apps.registry.models import Standing, VoiceQuestion
from apps.registry.people import add_person
from tests.browser.steps import (
    WAIT,
    describe_track,
    log_in,
    say_all_my_own_work,
    sign_up,
    submit,
)
from tests.factories import ComplianceOfficerFactory, ReviewerFactory
from tests.registry.enrolling import enrolled
from tests.screening.decoder_sounds import decoded, music, stereo
from tests.sounds import tune, write_wav
from tests.voice_model import encoder, models
from tests.voices import RATE, person, speech

__all__ = ["encoder", "models"]
pytestmark = pytest.mark.django_db(transaction=True)
NewContext = Callable[..., BrowserContext]
Check = Callable[[Page], None]
PHONE = {"width": 375, "height": 740}
MIRA = "Mira Solveig"
LOOKALIKE = "Mir\u0430 Solveig"  # the last letter of the first word is Cyrillic


@pytest.fixture
def reviewer(worker: object) -> User:
    """A published rulebook, a worker, and somebody at the desk."""
    publish_shipped_ruleset()
    return ReviewerFactory(email="rosa@example.org", name="Rosa", role=Role.REVIEWER)


def send_in(page: Page, file: Path, title: str, artist: str) -> Track:
    """Signs up, uploads one file, declares it all one's own work, submits, waits for the result."""
    sign_up(page, "Nia River", "nia@example.org")
    page.goto("/releases/")
    page.locator("main").get_by_role("button", name="New release").click()
    page.wait_for_url("**/releases/*/")
    page.set_input_files("#upload-files", str(file))
    expect(page.locator(".upload[data-state=ready]")).to_have_count(1, timeout=WAIT)
    page.get_by_label("Title of the release").fill("Nile EP")
    page.get_by_label("Spotify", exact=True).check()
    page.get_by_label("Without AI").check()
    page.locator("#track-list-box a", has_text=file.stem).click()
    describe_track(page, title, artist)
    say_all_my_own_work(page)
    submit(page)
    return wait_for_result(page, Track.objects.get())


def wait_for_result(page: Page, track: Track) -> Track:
    page.goto(f"/tracks/{track.pk}/result/")
    expect(page.locator("main .state.pill").first).to_have_text("held", timeout=WAIT)
    track.refresh_from_db()
    return track


def open_case(page: Page, title: str) -> None:
    page.goto("/admin/review/case/")
    page.locator("#result_list").get_by_role("link", name=title).click()
    expect(page.locator("track-player canvas").first).to_be_visible()


def finding(page: Page, title: str) -> Locator:
    return page.locator("li.finding").filter(has=page.get_by_text(title, exact=True))


def on_a_phone(page: Page, check: Check) -> None:
    """Nothing is cut off or unreadable on a narrow screen."""
    page.set_viewport_size(PHONE)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_generated_track_is_a_question_and_a_case_with_curves(
    reviewer: User, new_context: NewContext, tmp_path: Path, assert_accessible: Check
) -> None:
    sound = write_wav(tmp_path / "comb.wav", stereo(decoded(music(60), (8, 5, 4, 2))))
    page = new_context().new_page()
    track = send_in(page, sound, "Comb", "Nia River")
    reason = page.locator(".reason").first
    expect(reason).to_contain_text("We heard something that music generators leave in sound")
    expect(reason).to_contain_text("this is a question, not a verdict")
    on_a_phone(page, assert_accessible)

    # The artist shows how it was made, and explains; nothing of it is lost.
    reason.get_by_role("link", name="Explain").click()
    stem = write_wav(tmp_path / "bass.wav", tune(3.0))
    slot = page.locator(".proof-slot", has_text="How the sound was made")
    slot.locator("input[type=file]").set_input_files(str(stem))
    slot.get_by_role("button", name="Add proof").click()
    expect(page.locator("body")).to_contain_text("bass.wav is added as proof.")
    assert Proof.objects.get().concerns == "making"
    page.goto(f"/tracks/{track.pk}/explain/")
    page.locator("textarea").fill("My old sampler repeats its waves to the sample.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/result/")

    desk = new_context().new_page()
    log_in(desk, reviewer.email)
    open_case(desk, "Comb")
    expect(desk.locator(".why")).to_contain_text("We heard something that music generators leave")
    expect(desk.locator("article.case")).to_contain_text("My old sampler")
    expect(desk.locator("article.case")).to_contain_text("bass.wav")
    heard = finding(desk, "We heard the pattern of a sound generator")
    expect(heard.locator("figure.curve")).to_have_count(3)
    assert heard.locator("figure.curve").first.locator(".curve-mark").count() >= 5
    expect(heard).to_contain_text("times as often in generated music")
    expect(heard.get_by_text("spacing hz", exact=True)).to_be_hidden()  # opens on demand
    heard.get_by_text("All figures").click()
    expect(heard.get_by_text("spacing hz", exact=True)).to_be_visible()
    assert_accessible(desk)


def test_a_borrowed_name_is_shown_letter_by_letter_and_proven_once(
    reviewer: User, new_context: NewContext, tmp_path: Path, assert_accessible: Check
) -> None:
    add_person(by=None, name=MIRA)
    page = new_context().new_page()
    track = send_in(page, write_wav(tmp_path / "song.wav", tune(12.0, seed=4)), "Song", LOOKALIKE)
    reason = page.locator(".reason", has_text="This artist name is protected")
    expect(reason).to_contain_text("U+0430 CYRILLIC SMALL LETTER A, instead of a")
    on_a_phone(page, assert_accessible)
    reason.get_by_role("link", name="Prove the name").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(MIRA)
    page.get_by_label("The id, the address").fill("Passport, seen by the label on 3 May 2026")
    page.get_by_label("What shows it").select_option("document")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("main")).to_contain_text("being looked at")
    on_a_phone(page, assert_accessible)

    desk = new_context().new_page()
    log_in(desk, reviewer.email)
    open_case(desk, "Song")
    letters = finding(desk, "The name of a protected artist").get_by_label("Character by character")
    expect(letters.first).to_contain_text("U+0430 CYRILLIC SMALL LETTER A instead of a")
    assert_accessible(desk)
    case = desk.url
    desk.goto("/admin/registry/claim/")
    desk.locator("#result_list tbody th a").click()
    desk.locator("select[name=verdict]").select_option("accept")
    desk.get_by_label("Answer to the artist").fill("Settled for all your releases.")
    desk.locator("input[name=_save]").click()
    expect(desk.locator(".messagelist")).to_be_visible()
    assert Standing.objects.get().person.name == MIRA

    # With the standing the same declaration no longer borrows the name.
    desk.goto(case)
    desk.get_by_role("button", name="Run the checks again").click()
    expect(desk.locator(".messagelist")).to_contain_text("It is checked now.")
    wait_for_result(page, track)
    expect(page.locator("main")).not_to_contain_text("This artist name is protected")
    page.goto("/names/")
    expect(page.locator("main")).to_contain_text("Settled for all your releases.")


def voice_of(seed: int, seconds: float, take: int) -> np.ndarray:
    """Somebody speaking, on both channels at 44.1 kHz; shape (frames, 2)."""
    mono = resample_poly(speech(person(seed), seconds, take), 441, RATE // 100)
    return np.repeat(mono.astype(np.float32)[:, None], 2, axis=1)


def test_a_voice_is_compared_and_a_stem_settles_what_the_mix_hides(
    reviewer: User,
    new_context: NewContext,
    tmp_path: Path,
    assert_accessible: Check,
    encoder: object,
    models: Path,
) -> None:
    shutil.copytree(models, Path(settings.DATA_DIR) / "models", dirs_exist_ok=True)
    turn_register(on=True, by=ComplianceOfficerFactory())
    enrolled(encoder, MIRA, seed=1)
    sung = voice_of(1, 18.0, 50)
    under = tune(18.0, seed=9)[: len(sung)]
    mix = write_wav(tmp_path / "mix.wav", 0.6 * under + 0.35 * sung[: len(under)])
    page = new_context().new_page()
    track = send_in(page, mix, "Mix", MIRA)
    reason = page.locator(".reason", has_text="whose voice it is")
    expect(reason).to_contain_text("A vocal stem without music helps most.")
    on_a_phone(page, assert_accessible)

    # A mix is inconclusive at most: the artist sends the vocals alone and submits again.
    reason.get_by_role("link", name="Add the proof").click()
    stem = write_wav(tmp_path / "vocals.wav", 0.8 * sung)
    slot = page.locator(".proof-slot", has_text="Vocal stem")
    slot.locator("input[type=file]").set_input_files(str(stem))
    slot.get_by_role("button", name="Add proof").click()
    expect(page.locator("body")).to_contain_text("vocals.wav is added as proof.")
    submit(page)
    wait_for_result(page, track)
    expect(page.locator("main")).to_contain_text("The voice is like that of a protected person")

    desk = new_context().new_page()
    log_in(desk, reviewer.email)
    open_case(desk, "Mix")
    heard = finding(desk, "The voice is consistent with a protected one")
    expect(heard.locator("figure.curve")).to_have_count(2)
    expect(heard).to_contain_text("pairs of different people")
    expect(heard.get_by_label("The enrolled voice").first).to_be_visible()
    heard.get_by_role("button", name="This track").first.click()
    expect(desk.locator("track-player.tp-playing")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_label("With", exact=True).select_option(label=MIRA)
    desk.get_by_role("button", name="Check again with this voice").click()
    expect(desk.locator(".messagelist")).to_contain_text("The voice is compared now.")
    assert VoiceQuestion.objects.get().person.name == MIRA
