"""The whole path in a real browser: artist, worker, reviewers, label staff."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from apps.accounts.models import Label, Membership, User
from apps.accounts.roles import Role
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.policy.models import Decision
from apps.policy.publish import publish_shipped_ruleset
from apps.policy.shipped import shipped_ids
from tests.browser.steps import (
    WAIT,
    describe_track,
    log_in,
    make_tune,
    say_all_my_own_work,
    sign_up,
    submit,
)
from tests.factories import UserFactory

TAG = "made with suno; created=2026-10-02T08:15:00Z; id=0a1b2c3d-0000-4000-8000-000000000000"
pytestmark = pytest.mark.django_db(transaction=True)

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def desk() -> dict[str, User]:
    """A published rulebook, two reviewers, a label with one of its staff."""
    publish_shipped_ruleset()
    people = {
        role: UserFactory(email=f"{role}@example.org", name=name, role=role)
        for role, name in (
            (Role.REVIEWER, "Rafael Reviewer"),
            (Role.SENIOR_REVIEWER, "Sunniva Senior"),
            (Role.LABEL_STAFF, "Lena Label"),
        )
    }
    label = Label.objects.create(name="Nile Records")
    Membership.objects.create(user=people[Role.LABEL_STAFF], label=label)
    return people


def test_from_upload_to_export(
    desk: dict[str, User],
    worker: object,
    new_context: NewContext,
    tmp_path: Path,
    shoot: Callable[..., None],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = new_context().new_page()
    page.goto("/")
    shoot(page, "home")
    assert_accessible(page)
    sign_up(page, "Nia River", "nia@example.org")
    artist = User.objects.get(email="nia@example.org")
    Membership.objects.create(user=artist, label=Label.objects.get())

    # Two files at once; one of them says that a generator made it.
    page.goto("/releases/")
    assert_accessible(page)
    page.locator("main").get_by_role("button", name="New release").click()
    page.wait_for_url("**/releases/*/")
    files = [
        make_tune(tmp_path / "river.flac", seed=5),
        make_tune(tmp_path / "delta.flac", seed=6, comment=TAG),
    ]
    page.set_input_files("#upload-files", [str(file) for file in files])
    expect(page.locator(".upload[data-state=ready]")).to_have_count(2, timeout=WAIT)
    expect(page.locator(".upload-told").first).to_contain_text("0:40")

    # The release saves itself.
    page.get_by_label("Title of the release").fill("Nile EP")
    for store in ("Spotify", "Apple Music", "Bandcamp"):
        page.get_by_label(store, exact=True).check()
    page.get_by_label("Without AI").check()
    page.locator("select[name=label]").select_option(label="Nile Records")
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("#finish")).not_to_contain_text("Release:")
    for name in ("river", "delta"):
        page.locator("#track-list-box a", has_text=name).click()
        describe_track(page, name.capitalize(), "Nia River")
        if name == "river":
            shoot(page, "release", full_page=True)
            assert_accessible(page)
        say_all_my_own_work(page)
    expect(page.locator("#finish")).to_contain_text("Nothing left to finish")

    submit(page)
    expect(page.locator("main")).to_contain_text("being checked", timeout=WAIT)
    assert_accessible(page)
    expect(page.locator("main")).not_to_contain_text("being checked", timeout=WAIT)
    river, delta = Track.objects.get(title="River"), Track.objects.get(title="Delta")
    assert river.state == TrackState.CLEARED
    assert delta.state == TrackState.HELD

    page.goto(f"/tracks/{delta.pk}/result/")
    expect(page.locator("main")).to_contain_text("made with suno")
    expect(page.locator("main")).to_contain_text(shipped_ids()[-1])
    shoot(page, "result", full_page=True)
    assert_accessible(page)
    page.goto(f"/tracks/{river.pk}/result/")
    expect(page.locator("main")).to_contain_text("leared")
    assert_accessible(page)

    # A reviewer proposes to clear it; a second person looks, since a generator left its name.
    review = new_context().new_page()
    log_in(review, desk[Role.REVIEWER].email)
    review.goto("/admin/review/case/")
    shoot(review, "queue")
    assert_accessible(review)
    review.locator("#result_list").get_by_role("link", name="Delta").click()
    expect(review.locator("body")).to_contain_text("made with suno")
    expect(review.locator("track-player canvas").first).to_be_visible()
    shoot(review, "case", full_page=True)
    assert_accessible(review)
    decide(review, "approve", "The stems show that it was played.")
    assert Track.objects.get(pk=delta.pk).state == TrackState.HELD

    senior = new_context().new_page()
    log_in(senior, desk[Role.SENIOR_REVIEWER].email)
    senior.goto("/admin/review/case/")
    senior.locator("#result_list").get_by_role("link", name="Delta").click()
    assert_accessible(senior)
    second_look(senior)
    delta.refresh_from_db()
    assert delta.state == TrackState.CLEARED
    ruling = Decision.objects.filter(track=delta).latest("created_at")
    assert not ruling.automated_decision

    # The artist reads that a person decided; the label exports it.
    page.goto(f"/tracks/{delta.pk}/result/")
    expect(page.locator("main")).to_contain_text("The stems show that it was played.")
    label = new_context().new_page()
    log_in(label, desk[Role.LABEL_STAFF].email)
    label.goto("/label/decisions/")
    expect(label.locator("table").last).to_contain_text("Delta")
    shoot(label, "label", full_page=True)
    assert_accessible(label)
    with label.expect_download() as download:
        label.get_by_role("button", name="Export as CSV").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert sum("Delta" in row for row in rows) >= 1
    assert sum("River" in row for row in rows) >= 1


def decide(page: Page, verb: str, note: str) -> None:
    """Chooses the verb, its first reason, writes to the artist, sends it."""
    page.locator(f"label.verb-{verb}").click()
    reasons = page.locator(f"fieldset.of-{verb} input[type=checkbox]")
    reasons.first.check()
    page.get_by_label("Note to the artist").fill(note)
    page.locator(f"button.send-{verb}").click()
    page.wait_for_load_state()


def second_look(page: Page) -> None:
    """Opens the first reviewer's vote and confirms it."""
    page.get_by_text("Show the vote").click()
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()
