"""The queue: order, views, counts, filters, what a row says, and its keys' targets."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from apps.catalogue.states import TrackState
from apps.review.cells import due_words
from apps.review.claim import claim_case
from apps.review.models import Case
from apps.review.queue import counts, rows
from tests.factories import (
    CaseFactory,
    DecisionFactory,
    LabelFactory,
    ProposalFactory,
    ReviewerFactory,
    TrackFactory,
    reason,
)

pytestmark = pytest.mark.django_db
QUEUE = "admin:review_case_changelist"


@pytest.fixture
def reviewer() -> Any:
    return ReviewerFactory()


def titles(reviewer: Any, **query: str) -> list[str]:
    client = Client()
    client.force_login(reviewer)
    page = html.fromstring(client.get(reverse(QUEUE), query).content)
    return [cell.text_content() for cell in page.xpath("//*[@class='title']")]


def case(title: str, **fields: Any) -> Case:
    return CaseFactory(decision__declaration__track__title=title, **fields)


def test_oldest_due_comes_first(reviewer: Any) -> None:
    now = timezone.now()
    case("late", due_at=now + timedelta(days=3))
    case("soon", due_at=now + timedelta(hours=1))
    case("over", due_at=now - timedelta(hours=1))
    assert titles(reviewer) == ["over", "soon", "late"]


def test_each_view_shows_its_cases_and_counts_them(reviewer: Any) -> None:
    now = timezone.now()
    far = {"due_at": now + timedelta(days=5)}
    case("free", **far)
    claim_case(case=case("mine", **far), by=reviewer)
    claim_case(case=case("theirs", **far), by=ReviewerFactory())
    case("over", due_at=now - timedelta(minutes=1))
    case("objected", kind=Case.Kind.APPEAL, **far)
    ProposalFactory(case=case("proposed", **far))
    case("closed", state=Case.State.DECIDED, closed_at=now, **far)
    expected = {
        "open": {"free", "mine", "theirs", "over", "objected", "proposed"},
        "mine": {"mine"},
        "unclaimed": {"free", "over", "objected", "proposed"},
        "today": {"over"},
        "overdue": {"over"},
        "objections": {"objected"},
        "second": {"proposed"},
        "closed": {"closed"},
    }
    for view, wanted in expected.items():
        assert set(titles(reviewer, view=view)) == wanted, view
    counted = counts(reviewer, now)
    assert counted == {view: len(shown) for view, shown in expected.items() if view != "closed"}


def test_an_unknown_view_or_label_does_no_harm(reviewer: Any) -> None:
    case("one")
    assert titles(reviewer, view="no-such") == ["one"]
    assert titles(reviewer, label="not-a-uuid") == []
    assert titles(reviewer, reason="no-such") == []


def test_filters_by_reason_and_by_label(reviewer: Any) -> None:
    label = LabelFactory()
    case("voice", reasons=["voice_consent_unread", "evidence_contradicts"])
    case("other", reasons=["number_wrong"], decision__declaration__track__release__label=label)
    assert titles(reviewer, reason="evidence_contradicts") == ["voice"]
    assert titles(reviewer, label=str(label.pk)) == ["other"]


def test_search_finds_titles_artists_and_accounts(reviewer: Any) -> None:
    case("Monsoon", decision__declaration__track__artist="Nadia")
    case("Desert", decision__declaration__track__release__owner__email="sand@example.org")
    assert titles(reviewer, q="monsoon") == ["Monsoon"]
    assert titles(reviewer, q="nadia") == ["Monsoon"]
    assert titles(reviewer, q="sand@") == ["Desert"]


def test_the_record_counts_the_accounts_other_tracks() -> None:
    decided = DecisionFactory(declaration__track__state=TrackState.HELD)
    release = decided.track.release
    for state, count in ((TrackState.CLEARED, 3), (TrackState.REFUSED, 1), (TrackState.DRAFT, 2)):
        for _n in range(count):
            TrackFactory(release=release, state=state)
    granted = DecisionFactory(
        declaration__track__release=release, outcome="allowed", made_by=ReviewerFactory()
    )
    CaseFactory(
        decision=DecisionFactory(declaration=granted.declaration),
        kind=Case.Kind.APPEAL,
        state=Case.State.DECIDED,
        closed_at=timezone.now(),
        ruling=granted,
    )
    TrackFactory(state=TrackState.CLEARED)  # of another account
    row = rows(Case.objects.filter(pk=CaseFactory(decision=decided).pk)).get()
    assert (row.cleared, row.refused, row.overturned) == (3, 1, 1)


def test_reasons_stand_strongest_first(reviewer: Any) -> None:
    codes = ["evidence_contradicts", "number_wrong", "rights_not_held", "undetermined"]
    found = [{**reason(code), "outcome": "needs_review"} for code in codes]
    case("one", decision__reasons=found, reasons=codes)
    client = Client()
    client.force_login(reviewer)
    page = html.fromstring(client.get(reverse(QUEUE)).content)
    chips = [chip.text_content() for chip in page.xpath("//*[contains(@class, 'chip')]")]
    assert chips[0] == "We found something that you did not tell us about"
    assert len(chips) == 3
    assert "and 1 more" in page.text_content()


def test_a_row_offers_what_the_keys_use(reviewer: Any) -> None:
    """`desk.js` finds the link of a row and its claim button by these."""
    waiting = case("one")
    client = Client()
    client.force_login(reviewer)
    page = html.fromstring(client.get(reverse(QUEUE)).content)
    (link,) = page.xpath("//*[@id='result_list']//*[contains(@class, 'field-what')]//a")
    (button,) = page.xpath("//button[@data-claim]")
    assert link.get("href").startswith(reverse("admin:review_case_change", args=[waiting.pk]))
    answer = client.post(button.get("data-claim"))
    assert answer["Location"] == reverse("admin:review_case_change", args=[waiting.pk])


@pytest.mark.parametrize(
    ("hours", "words"), [(-3, "Overdue by 3 hours"), (-0.01, "Overdue by 0 minutes")]
)
def test_overdue_is_said_in_words(hours: float, words: str) -> None:
    now = timezone.now()
    _near, said = due_words(now + timedelta(hours=hours), now)
    assert said.replace("\xa0", " ") == words


def test_an_empty_queue_says_what_will_appear(reviewer: Any) -> None:
    client = Client()
    client.force_login(reviewer)
    assert b"Nothing waits here" in client.get(reverse(QUEUE)).content
