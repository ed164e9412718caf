"""The register of licences: what is kept, what is refused, what is told to the audit log."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.fingerprints import licence_errors as errors
from apps.fingerprints.licences import (
    Covered,
    Terms,
    doubt_ended,
    note_uses,
    register_licence,
    revoke_licence,
)
from apps.fingerprints.models import LicenceUse, MaterialLicence
from tests.factories import ReviewerFactory, TrackFactory, UserFactory
from tests.fingerprints.test_references import add

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)


def register(**told: Any) -> MaterialLicence:
    values = {
        "licensor": "Beat  House",
        "account": None,
        "covers": Covered(owner="Pack One"),
        "terms": Terms(FIRST),
        "note": "Invoice 12 of May 2026, seen by us",
        **told,
    }
    return register_licence(**{"by": ReviewerFactory(), **values})


def test_a_licence_is_kept_with_its_words_and_its_event() -> None:
    reference, artist = add(), UserFactory()
    row = register(
        account=artist,
        covers=Covered(reference=reference, part_s=(3.0, 9.0)),
        terms=Terms(FIRST, date(2027, 1, 1), True, ("in", "DE")),
    )
    row.refresh_from_db()
    assert (row.licensor, row.territories, row.exclusive) == ("Beat House", ["DE", "IN"], True)
    assert (row.part_start_s, row.part_end_s) == (3.0, 9.0)
    event = Event.objects.select_related("detail").get(kind="licence.registered")
    assert event.detail.data["account"] == str(artist.pk)
    assert event.detail.data["reference"] == reference.pk


WRONG = [
    ({"licensor": " "}, errors.LicensorMissing, "who gives"),
    ({"covers": Covered(owner="  ")}, errors.LicenceOfNothing, "covers"),
    ({"covers": Covered(owner="Pack", part_s=(1, 2))}, errors.LicencePartWrong, "part"),
    ({"terms": Terms(FIRST, date(2025, 1, 1))}, errors.LicenceEndsFirst, "ends before"),
    ({"terms": Terms(FIRST, territories=("XX",))}, errors.TerritoryUnknown, "XX"),
    ({"terms": Terms(FIRST, territories=())}, errors.TerritoryUnknown, "country codes"),
    ({"note": ""}, errors.LicenceWithoutProof, "proves"),
]


@pytest.mark.parametrize(("told", "refusal", "word"), WRONG)
def test_what_cannot_be_kept_is_refused_with_a_sentence(
    told: dict[str, Any], refusal: type[Exception], word: str
) -> None:
    with pytest.raises(refusal, match=word):
        register(**told)
    assert not MaterialLicence.objects.exists()
    assert not Event.objects.filter(kind__startswith="licence.").exists()


def test_a_part_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(errors.LicencePartWrong):
        register(covers=Covered(reference=add(), part_s=(9.0, 3.0)))


def test_nobody_licenses_themselves() -> None:
    reviewer = ReviewerFactory()
    with pytest.raises(errors.LicenceForOneself):
        register(account=reviewer, by=reviewer)


def test_the_database_keeps_what_the_verbs_promise() -> None:
    row = register()
    for wrong in ({"owner": ""}, {"ends_on": date(2020, 1, 1)}, {"part_end_s": 3.0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MaterialLicence.objects.filter(pk=row.pk).update(**wrong)


def test_taken_back_once_and_told_once() -> None:
    row, reviewer = register(), ReviewerFactory()
    revoke_licence(licence=row, by=reviewer)
    revoke_licence(licence=row, by=ReviewerFactory())
    row.refresh_from_db()
    assert row.revoked_by == reviewer
    assert Event.objects.filter(kind="licence.revoked").count() == 1


def test_a_use_is_written_down_once_for_each_screening() -> None:
    row, track, run = register(), TrackFactory(), uuid4()
    note_uses(track=track, run=run, licences=[row.pk, row.pk, 999])
    note_uses(track=track, run=run, licences=[row.pk])
    note_uses(track=track, run=uuid4(), licences=[row.pk])
    assert LicenceUse.objects.count() == 2
    assert Event.objects.filter(kind="licence.used").count() == 2


FORM = {
    "licensor": "Beat House", "email": "", "reference": "", "track": "", "owner": "Pack One",
    "part_start_s": "", "part_end_s": "", "territories": "DE, in", "starts_on": "2026-01-01",
    "ends_on": "", "note": "Invoice 12",
}  # fmt: skip
ADD = reverse("admin:fingerprints_materiallicence_add")
LIST = reverse("admin:fingerprints_materiallicence_changelist")


def test_staff_register_and_take_back_in_the_admin(client: Client) -> None:
    reviewer, artist = ReviewerFactory(), UserFactory()
    client.force_login(reviewer)
    sent = client.post(ADD, {**FORM, "email": artist.email, "exclusive": "on"})
    assert sent.status_code == 302, sent.content.decode()
    row = MaterialLicence.objects.get()
    assert (row.account, row.made_by, row.territories) == (artist, reviewer, ["DE", "IN"])
    shown = client.get(LIST).content.decode()
    assert "Pack One" in shown
    assert "valid" in shown
    assert client.get(f"{LIST}{row.pk}/change/").status_code == 200
    chosen = {"action": "take_back", "_selected_action": [row.pk]}
    asked = client.post(LIST, chosen).content.decode()
    assert "Cleared tracks that are put on hold" in asked
    row.refresh_from_db()
    assert row.revoked_by is None
    client.post(LIST, {**chosen, "sure": "yes"})
    row.refresh_from_db()
    assert row.revoked_by == reviewer
    again = client.post(LIST, {**chosen, "sure": "yes"}, follow=True).content.decode()
    assert "taken back" in again


def used(row: MaterialLicence, state: str = "cleared") -> LicenceUse:
    note_uses(track=TrackFactory(state=state), run=uuid4(), licences=[row.pk])
    return row.uses.get()


def test_what_rests_on_a_licence_is_in_doubt_when_it_is_taken_back() -> None:
    use, other = used(register()), used(register())
    revoke_licence(licence=use.licence, by=ReviewerFactory())
    use.refresh_from_db()
    other.refresh_from_db()
    assert (use.asked_at is None, other.asked_at is None) == (False, True)
    late = uuid4()  # a screening that had read the register before
    note_uses(track=use.track, run=late, licences=[use.licence_id])
    assert LicenceUse.objects.get(run=late).asked_at is not None


def test_only_a_term_that_is_over_is_doubted() -> None:
    today = timezone.localdate()
    over = register(terms=Terms(FIRST, today - timedelta(days=1)))
    used(over)
    assert doubt_ended(licence=over, by=ReviewerFactory()) == 1
    assert doubt_ended(licence=over, by=ReviewerFactory()) == 0
    for row in (register(), register(terms=Terms(FIRST, today))):
        with pytest.raises(errors.LicenceNotEnded, match="take it back"):
            doubt_ended(licence=row, by=ReviewerFactory())


def test_the_desk_tells_how_licences_stand_and_what_is_out(client: Client) -> None:
    today = timezone.localdate()
    day = timedelta(days=1)
    rows = {
        "valid": register(terms=Terms(FIRST, today + 31 * day)),
        "soon": register(terms=Terms(FIRST, today + 30 * day)),
        "ended": register(terms=Terms(FIRST, today - day)),
        "ended_out": register(terms=Terms(FIRST, today - day)),
        "not_yet": register(terms=Terms(today + day)),
        "taken_back": register(terms=Terms(FIRST, today - day)),
    }
    for name in ("valid", "ended_out"):
        used(rows[name])
    used(rows["ended"], state="held")
    revoke_licence(licence=rows["taken_back"], by=ReviewerFactory())
    client.force_login(ReviewerFactory())
    for name, row in rows.items():
        shown = client.get(LIST, {"standing": name}).context["cl"].result_list
        wanted = {row.pk} | ({rows["ended_out"].pk} if name == "ended" else set())
        assert {row.pk for row in shown} == wanted, name
    front = client.get(reverse("admin:index")).content.decode()
    assert "1 licence ended whose tracks are out" in front
    chosen = {"action": "doubt", "_selected_action": [rows["ended_out"].pk, rows["valid"].pk]}
    told = client.post(LIST, chosen, follow=True).content.decode()
    assert "1 use is looked at again" in told
    assert "The term of this licence is not over" in told
    assert "licence ended whose" not in client.get(reverse("admin:index")).content.decode()
    page = client.get(f"{LIST}{rows['ended_out'].pk}/change/").content.decode()
    assert "To be checked again since" in page or "to be checked again since" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "nobody@example.org"}, "no account with this address"),
        ({"owner": ""}, "what the licence covers"),
        ({"territories": "Mars"}, "Mars"),
        ({"ends_on": "2025-01-01"}, "ends before it begins"),
        ({"part_start_s": "3"}, "first and a last second"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    client: Client, wrong: dict[str, str], said: str
) -> None:
    client.force_login(ReviewerFactory())
    answer = client.post(ADD, FORM | wrong)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not MaterialLicence.objects.exists()
