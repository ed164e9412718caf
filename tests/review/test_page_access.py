"""Who sees the desk's pages, who only reads, who is sent away."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.review.models import Case
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    CaseFactory,
    ComplianceOfficerFactory,
    LabelStaffFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
)
from tests.review.scene import held_case
from tests.review.visiting import QUEUE, again, enter, page_of

pytestmark = pytest.mark.django_db
READERS = [ReviewerFactory, SeniorReviewerFactory, ComplianceOfficerFactory, AdministratorFactory]
OTHERS = [ArtistFactory, LabelStaffFactory]


@pytest.mark.parametrize("made_by", READERS)
def test_readers_see_queue_and_case(made_by: Any) -> None:
    case, client = held_case(), enter(made_by())
    assert client.get(reverse(QUEUE)).status_code == 200
    assert client.get(page_of(case)).status_code == 200


@pytest.mark.parametrize("made_by", OTHERS)
@pytest.mark.parametrize("name", ["change", "sound", "decide", "claim", "take", "release", "renew"])
def test_others_do_not(made_by: Any, name: str) -> None:
    case, client = held_case(), enter(made_by())
    assert client.get(reverse(QUEUE)).status_code in (302, 403)
    for answer in (client.get(page_of(case, name)), client.post(page_of(case, name))):
        assert answer.status_code in (302, 403)
    assert again(case).claimed_by is None


def test_a_stranger_is_sent_to_the_door() -> None:
    answer = Client().get(page_of(held_case()))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("made_by", [ComplianceOfficerFactory, AdministratorFactory])
def test_who_may_not_decide_only_reads(made_by: Any) -> None:
    case, client = held_case(), enter(made_by())
    answer = client.get(page_of(case))
    assert b"Your role lets you read cases" in answer.content
    assert b'name="verb"' not in answer.content
    sent = {"verb": "approve", "reasons": ["rights_proven"], "version": 0}
    assert client.post(page_of(case, "decide"), sent).status_code == 400
    assert again(case).state == Case.State.OPEN
    assert again(case).claimed_by is None


def test_an_unknown_case_is_404() -> None:
    client = enter(ReviewerFactory())
    path = page_of(CaseFactory()).replace(
        str(Case.objects.get().pk), "0" * 8 + "-0000" * 3 + "-" + "0" * 12
    )
    assert client.get(path).status_code == 404
    assert client.get(reverse(QUEUE) + "not-an-id/change/").status_code == 404


@pytest.mark.parametrize("name", ["claim", "take", "release", "decide", "second_look", "renew"])
def test_nothing_is_changed_by_following_a_link(name: str) -> None:
    answer = enter(ReviewerFactory()).get(page_of(held_case(), name))
    assert answer.status_code == 405
