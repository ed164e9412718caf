"""What was taken back, in a real browser: the desk's case, what is owed, the recipient's page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from apps.audit import keys
from apps.audit.sequencer import sequence_pending
from apps.consent.projection import settle
from apps.pipeline.revocation_mail import tell_recipients
from apps.training.models import Notification, Obligation, RevocationStep
from apps.training.revocation.recipients import disclose
from tests.browser.steps import log_in
from tests.consent.featuring import make
from tests.consent.saying import take_back
from tests.factories import ComplianceOfficerFactory, RulesetFactory
from tests.training.listing import open_track
from tests.training.revoking import GENERATE, one_case, read_log, recipient, work_off
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db(transaction=True)
NewContext = Callable[..., BrowserContext]


def prove() -> None:
    keys.make_key()
    sequence_pending()
    settle()


@pytest.fixture
def owed() -> Obligation:
    RulesetFactory()
    officer = ComplianceOfficerFactory(email="chidi@example.org", name="Chidi")
    prove()
    track = open_track(GENERATE)
    assert read_log(prove) == []
    make(track)
    snapshot = snapshot_of([track], "generative_music", name="Spring")
    base = model_of(
        snapshot, name="song", version="v2026.04.3", registered_by=officer,
        state="released", released_at=timezone.now(),
    )  # fmt: skip
    model_of(name="song-pop", version="v1", base=base)
    disclose(by=officer, recipient=recipient(), what="The spring dataset", snapshot=snapshot)
    take_back(track.release.owner, track, GENERATE)
    one_case(prove)
    work_off()
    tell_recipients()
    other = open_track(GENERATE)
    prove()
    take_back(other.release.owner, other, GENERATE)
    late = one_case(prove)
    RevocationStep.objects.filter(case=late, kind="stop").update(
        due_at=timezone.now() - timedelta(hours=3), attempts=2, error="OSError: no answer"
    )
    return Obligation.objects.get(model_version=base)


@pytest.mark.parametrize("width", [1280, 820])
def test_the_desk_of_what_was_taken_back(
    new_context: NewContext, owed: Obligation, assert_accessible, shoot, width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    log_in(page, "chidi@example.org")
    page.goto("/admin/training/revocationcase/")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    expect(page.locator("#result_list")).to_contain_text("Overdue by 3")
    assert_accessible(page)
    shoot(page, f"taken-back-list-{width}")
    page.goto(f"/admin/training/revocationcase/{owed.case_id}/change/")
    expect(page.locator("h1").last).to_contain_text("Permission taken back")
    expect(page.locator("[aria-labelledby=owed-heading]").first).to_contain_text("song v2026.04.3")
    page.locator("details.figures summary").nth(1).click()
    assert_accessible(page)
    shoot(page, f"taken-back-case-{width}")
    page.goto(f"/admin/training/obligation/{owed.pk}/change/")
    page.get_by_label("It is met: here is what shows it").check()
    page.get_by_label("How:").select_option("retire")
    page.get_by_label("What shows it:").fill("Chidi took it out of the store today.")
    page.get_by_role("button", name="Save", exact=True).click()
    owed.refresh_from_db()
    assert owed.closed_at is not None


def test_the_form_of_what_is_owed_is_accessible(
    new_context: NewContext, owed: Obligation, assert_accessible
) -> None:
    page = new_context(bypass_csp=True).new_page()  # axe itself sets a style to look at this form
    log_in(page, "chidi@example.org")
    page.goto(f"/admin/training/obligation/{owed.pk}/change/")
    assert_accessible(page)


def test_a_recipient_confirms_without_an_account(
    new_context: NewContext, owed: Obligation, assert_accessible, shoot
) -> None:
    page = new_context().new_page()
    page.goto(f"/told/{Notification.objects.get().token}/")
    assert_accessible(page)
    shoot(page, "taken-back-told")
    page.get_by_role("button", name="It is deleted").click()
    expect(page.get_by_text("You confirmed that it is deleted")).to_be_visible()
    assert_accessible(page)
    assert Notification.objects.get().acknowledged_at is not None
