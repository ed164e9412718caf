"""References at the desk: who sees them, who mends their words, who forgets them."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import Event
from apps.fingerprints.models import PrintChange, Reference
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    ComplianceOfficerFactory,
    ReviewerFactory,
)
from tests.fingerprints.test_references import add

pytestmark = pytest.mark.django_db
LIST = reverse("admin:fingerprints_reference_changelist")
WORDS = {"title": "Monsoon", "artist": "", "isrc": "", "rights_note": ""}


def page(name: str, row: Reference) -> str:
    return reverse(f"admin:fingerprints_reference_{name}", args=[row.pk])


def test_reviewers_look_and_touch_nothing(client: Client) -> None:
    row = add(owner="Label")
    client.force_login(ReviewerFactory())
    assert b"Label" in client.get(LIST).content
    shown = client.get(page("change", row))
    assert shown.status_code == 200
    assert client.post(page("change", row), {**WORDS, "title": "Other"}).status_code == 403
    assert client.post(page("delete", row), {"post": "yes"}).status_code == 403
    assert Reference.objects.get().title == "Monsoon"


def test_artists_see_nothing(client: Client) -> None:
    add()
    client.force_login(ArtistFactory())
    assert client.get(LIST).status_code in (302, 403)


def test_an_officer_mends_the_words_and_the_print_stays(client: Client) -> None:
    row, officer = add(), ComplianceOfficerFactory()
    client.force_login(officer)
    sent = {**WORDS, "title": " Monsoon  (live) ", "isrc": "qz-abc-26-00001"}
    assert client.post(page("change", row), sent).status_code == 302
    before = bytes(row.items)
    row.refresh_from_db()
    assert (row.title, row.isrc, bytes(row.items)) == ("Monsoon (live)", "QZABC2600001", before)
    event = Event.objects.select_related("detail__actor").get(kind="reference.changed")
    assert event.actor == officer
    assert PrintChange.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"), [({"isrc": "QZ"}, b"12 characters"), ({"title": "  "}, b"title")]
)
def test_what_cannot_be_kept_is_said_on_the_page(
    client: Client, wrong: dict[str, str], said: bytes
) -> None:
    row = add()
    client.force_login(ComplianceOfficerFactory())
    answer = client.post(page("change", row), {**WORDS, **wrong})
    assert answer.status_code == 200
    assert said in answer.content
    assert not Event.objects.filter(kind="reference.changed").exists()


def test_one_and_several_are_forgotten_by_the_verb(client: Client) -> None:
    rows = [add(seed=seed, title=f"Piece {seed}") for seed in (1, 2, 3)]
    client.force_login(AdministratorFactory())
    assert client.post(page("delete", rows[0]), {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [rows[1].pk, rows[2].pk]}
    assert client.post(LIST, {**chosen, "post": "yes"}).status_code == 302
    assert not Reference.objects.exists()
    assert Event.objects.filter(kind="reference.removed").count() == 3
    assert PrintChange.objects.count() == 6  # each came, and went


def test_nobody_adds_here(client: Client) -> None:
    client.force_login(AdministratorFactory())
    assert client.get(reverse("admin:fingerprints_reference_add")).status_code == 403


def test_queries_do_not_grow_with_rows(client: Client, django_assert_max_num_queries) -> None:
    for seed in range(12):
        add(seed=seed)
    client.force_login(AdministratorFactory())
    with django_assert_max_num_queries(10):
        client.get(LIST)
