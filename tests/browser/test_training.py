"""What used an artist's work, and the registry of models, in a real browser: light, dark, small."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from apps.audit import keys
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import Track
from apps.consent.projection import settle
from apps.training.models import ModelVersion
from tests.browser.steps import log_in
from tests.consent.saying import TERMS
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    ComplianceOfficerFactory,
    ReleaseFactory,
    RulesetFactory,
    TrainingEngineerFactory,
)
from tests.training.listing import GENERATE, cleared_track, open_track
from tests.training.making import registered, sealed
from tests.training.rows import model_of

pytestmark = pytest.mark.django_db(transaction=True)
NewContext = Callable[..., BrowserContext]
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 740}},
}


@pytest.fixture
def track() -> Track:
    """A track that a registered model learned from, beside another that it did not."""
    RulesetFactory()
    keys.make_key()
    settle()
    artist = ArtistFactory(email="asha@example.org", name="Asha Rao")
    release = ReleaseFactory(owner=artist, title="Monsoon")
    river = open_track(GENERATE, "DE", "FR", title="River", release=release)
    cleared_track(title="Delta", release=release)
    sequence_pending()
    settle()
    return river


@pytest.fixture
def model(track) -> ModelVersion:
    officer = ComplianceOfficerFactory(email="chidi@example.org", name="Chidi Obi")
    made = registered(officer, sealed(officer, "generative_music", "DE", "FR"))
    model_of(base=made, name="genaudio", version="v2026.05.0")
    return made


@pytest.mark.parametrize("look", LOOKS)
def test_an_artist_asks_and_takes_the_proof_along(
    new_context: NewContext, track: Track, model: ModelVersion, assert_accessible, shoot, look
) -> None:
    page = new_context(**LOOKS[look]).new_page()
    log_in(page, "asha@example.org")
    page.goto(f"/tracks/{track.pk}/permissions/")
    used = page.locator("#used")
    expect(used).to_contain_text("genaudio v2026.04.3")
    expect(used).to_contain_text("It was built on genaudio v2026.04.3")
    expect(used.get_by_role("link", name=TERMS).first).to_be_visible()
    used.get_by_label("Model", exact=True).select_option(label="genaudio v2026.04.3")
    used.get_by_role("button", name="Ask").click()
    expect(used.get_by_role("status")).to_contain_text("Yes. genaudio v2026.04.3 learned")
    with page.expect_download() as waiting:
        used.get_by_role("link", name="Download the proof").click()
    told = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert told["learned_from"][0]["datasets"][0]["present"] is True
    assert_accessible(page)
    page.locator("#used").scroll_into_view_if_needed()
    shoot(page, "used-track" if look == "light" else f"used-track-{look}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/permissions/")
    page.get_by_role("link", name="What has used your work").click()
    expect(page.locator("h1")).to_have_text("What has used your work")
    assert_accessible(page)
    shoot(page, f"used-{look}", full_page=True)


@pytest.mark.parametrize("look", LOOKS)
def test_the_governance_question_on_one_page(
    new_context: NewContext, model: ModelVersion, assert_accessible, shoot, look
) -> None:
    page = new_context(**LOOKS[look]).new_page()
    log_in(page, "chidi@example.org")
    page.goto("/admin/training/models/")
    assert_accessible(page)
    shoot(page, f"models-{look}", full_page=True)
    page.get_by_role("link", name="genaudio v2026.04.3").first.click()
    expect(page.locator("h1")).to_contain_text("genaudio v2026.04.3")
    expect(page.locator("#answer-heading + p")).to_contain_text("1 track in 1 dataset")
    assert_accessible(page)
    shoot(page, "lineage" if look == "light" else f"lineage-{look}", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="every one of them").click()
    expect(page.locator("table")).to_contain_text("River")
    assert_accessible(page)
    shoot(page, f"members-{look}")


def test_two_people_and_then_it_is_released(
    new_context: NewContext, model: ModelVersion, assert_accessible
) -> None:
    AdministratorFactory(email="ama@example.org")
    for email in ("chidi@example.org", "ama@example.org"):
        page = new_context().new_page()
        log_in(page, email)
        page.goto(f"/admin/training/models/{model.name}/{model.version}/")
        expect(page.get_by_role("button", name="Release", exact=True)).to_be_disabled()
        page.get_by_label("Note").fill("The list was read.")
        page.get_by_role("button", name="Approve the release").click()
        expect(page.locator(".messagelist")).to_contain_text("Your approval is recorded")
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("is released")
    assert_accessible(page)


def test_an_engineer_finds_datasets_and_tokens_and_no_track(
    page: Page, model: ModelVersion, assert_accessible, shoot
) -> None:
    TrainingEngineerFactory(email="tomas@example.org")
    log_in(page, "tomas@example.org")
    page.goto("/admin/")
    page.get_by_role("link", name="Models and what they learned from").click()
    page.get_by_role("link", name="genaudio v2026.04.3").first.click()
    page.get_by_role("link", name="every one of them").click()
    expect(page.locator("table")).not_to_contain_text("River")
    page.get_by_role("link", name="API tokens").click()
    page.get_by_label("Name").fill("pipeline")
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("code.token")).to_contain_text("sck_")
    assert_accessible(page)
    shoot(page, "engineer-tokens")
