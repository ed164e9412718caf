"""A proof on a case becomes a licence in one action, and the track is checked again with it."""

from typing import Any

import pytest
from django.test import Client

from apps.audit.models import Event
from apps.catalogue.states import TrackState
from apps.fingerprints.models import MaterialLicence, Reference
from apps.review.models import Case
from tests.factories import AdministratorFactory, ProofFactory, ReviewerFactory, TrackFactory
from tests.fingerprints.test_references import add
from tests.review.scene import DUPLICATE, held_case
from tests.review.visiting import again, enter, page_of

pytestmark = pytest.mark.django_db
FORM = {
    "covers": "recording", "licensor": "Beat House", "territories": "worldwide",
    "starts_on": "2026-01-01", "ends_on": "", "note": "",
}  # fmt: skip


def case_about(name: str) -> Case:
    [evidence] = DUPLICATE["evidence"]
    detail = {**evidence["detail"], "reference": name, "relation": "partial"}
    found = {**DUPLICATE, "code": "shares_audio", "evidence": [{**evidence, "detail": detail}]}
    return held_case(found)


@pytest.fixture
def reference() -> Reference:
    return add(title="Delta", owner="Pack One")


@pytest.fixture
def desk(reference: Reference) -> tuple[Case, Client, Any]:
    """A case about the reference, opened by the reviewer who has it."""
    case, reviewer = case_about(f"reference {reference.pk}"), ReviewerFactory()
    client = enter(reviewer)
    client.get(page_of(case))
    return case, client, reviewer


def send(client: Client, case: Case, **given: str) -> str:
    """What the desk answers."""
    answer = client.post(page_of(case, "licence"), {**FORM, **given}, follow=True)
    return answer.content.decode()


def test_the_proof_becomes_a_licence_and_the_track_is_checked_again(
    desk: tuple[Case, Client, Any], reference: Reference
) -> None:
    case, client, reviewer = desk
    proof = ProofFactory(track=case.track, original_name="licence.pdf")
    page = client.get(page_of(case)).content.decode()
    assert "Register a licence" in page
    assert "licence.pdf" in page
    name = f"reference {reference.pk}"
    told = send(client, case, reference=name, proof=str(proof.pk), exclusive="on")
    row = MaterialLicence.objects.get()
    assert f"Licence {row.pk} is registered" in told
    assert (row.account, row.reference, row.made_by) == (
        case.track.release.owner, reference, reviewer,
    )  # fmt: skip
    assert row.proof == proof
    assert "licence.pdf" in row.note
    assert proof.sha256 in row.note
    assert row.exclusive
    case.track.refresh_from_db()
    assert case.track.state == TrackState.SUBMITTED
    assert again(case).state == Case.State.OVERTAKEN
    assert Event.objects.filter(kind="licence.registered").count() == 1


@pytest.mark.parametrize("covers", ["part", "owner"])
def test_a_part_or_a_whole_pack_can_be_licensed(
    desk: tuple[Case, Client, Any], reference: Reference, covers: str
) -> None:
    case, client, _ = desk
    send(client, case, reference=f"reference {reference.pk}", covers=covers, note="Invoice 12")
    row = MaterialLicence.objects.get()
    if covers == "part":
        assert (row.part_start_s, row.part_end_s) == (12.0, 38.0)
    else:
        assert (row.owner, row.reference) == ("Pack One", None)


def test_a_track_of_another_account_can_be_licensed() -> None:
    other, reviewer = TrackFactory(state=TrackState.CLEARED), ReviewerFactory()
    case, client = case_about(str(other.pk)), enter(reviewer)
    client.get(page_of(case))
    send(client, case, reference=str(other.pk), note="Contract")
    assert MaterialLicence.objects.get().track == other


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"licensor": ""}, "Who gives it"),
        ({"reference": "reference 99999"}, "not among what was found"),
        ({"reference": "nothing"}, "not among what was found"),
        ({"territories": "Mars"}, "Mars"),
        ({"ends_on": "2025-01-01"}, "ends before it begins"),
        ({"proof": ""}, "proves the licence"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_happens(
    desk: tuple[Case, Client, Any], reference: Reference, given: dict[str, str], said: str
) -> None:
    case, client, _ = desk
    proof = ProofFactory(track=case.track)
    right = {"reference": f"reference {reference.pk}", "proof": str(proof.pk)}
    assert said in send(client, case, **{**right, **given})
    assert not MaterialLicence.objects.exists()
    assert again(case).state == Case.State.OPEN


def test_only_who_has_the_case_and_no_objection_is_taken_away(
    desk: tuple[Case, Client, Any], reference: Reference
) -> None:
    case, client, _ = desk
    given = {"reference": f"reference {reference.pk}", "note": "Contract"}
    assert "Claim the case first" in send(enter(ReviewerFactory()), case, **given)
    assert enter(AdministratorFactory()).post(page_of(case, "licence")).status_code == 403
    Case.objects.filter(pk=case.pk).update(kind=Case.Kind.APPEAL)
    assert "waits for a person" in send(client, case, **given)
    assert not MaterialLicence.objects.exists()
