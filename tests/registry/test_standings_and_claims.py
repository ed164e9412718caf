"""Who may use a protected name: standings that staff grant, claims that they answer."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.models import Event
from apps.registry.claims import accept_claim, decline_claim, make_claim
from apps.registry.errors import (
    ClaimAnswered,
    ClaimExists,
    NotProtected,
    OwnStanding,
    ProofMissing,
    StandingExists,
)
from apps.registry.models import Claim, Standing
from apps.registry.names_of import names_for
from apps.registry.standings import grant_standing, revoke_standing
from tests.factories import (
    ArtistFactory,
    ClaimFactory,
    PersonFactory,
    ReviewerFactory,
    StandingFactory,
)
from tests.registry.lookups import SPOTIFY

pytestmark = pytest.mark.django_db


def test_a_standing_is_granted_once_and_taken_back():
    account, person, by = ArtistFactory(), PersonFactory(name="Test Singer"), ReviewerFactory()
    asked = {"account": account, "person": person, "proof_kind": "document", "proof": "contract"}
    standing = grant_standing(**asked, relation="represents", by=by)
    assert names_for(account.pk).standing(str(person.pk)) == "represents"
    assert names_for(ArtistFactory().pk).standing(str(person.pk)) is None
    with pytest.raises(StandingExists):
        grant_standing(**asked, relation="same_name", by=by)
    revoke_standing(standing=standing, by=by)
    revoke_standing(standing=standing, by=by)
    assert names_for(account.pk).standing(str(person.pk)) is None
    assert Event.objects.filter(kind="standing.revoked").count() == 1
    grant_standing(**asked, relation="same_name", by=by)
    assert names_for(account.pk).standing(str(person.pk)) == "same_name"


def test_a_standing_needs_a_proof_another_person_and_a_protected_name():
    account, by = ArtistFactory(), ReviewerFactory()
    asked = {"account": account, "person": PersonFactory(), "relation": "represents"}
    proven = {**asked, "proof_kind": "document", "proof": "x"}
    with pytest.raises(ProofMissing):
        grant_standing(**{**proven, "proof": " "}, by=by)
    with pytest.raises(OwnStanding):
        grant_standing(**proven, by=account)
    with pytest.raises(NotProtected):
        grant_standing(**{**proven, "person": PersonFactory(is_active=False)}, by=by)
    assert Standing.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [{"revoked_at": timezone.now()}, {"revoked_by": True}],
)
def test_who_and_when_go_together(fields: dict):
    if "revoked_by" in fields:
        fields = {"revoked_by": ReviewerFactory()}
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingFactory(**fields)


def test_a_claim_proves_nothing_until_staff_accept_it():
    account, person, by = ArtistFactory(), PersonFactory(), ReviewerFactory()
    asked = {"account": account, "person": person, "relation": "represents"}
    claim = make_claim(**asked, proof_kind="spotify_artist_id", proof=SPOTIFY)
    assert names_for(account.pk).standing(str(person.pk)) is None
    with pytest.raises(ClaimExists):
        make_claim(**asked, proof_kind="document", proof="x")
    accept_claim(claim=claim, by=by)
    assert names_for(account.pk).standing(str(person.pk)) == "represents"
    with pytest.raises(ClaimAnswered):
        decline_claim(claim=claim, by=by, answer="no")
    with pytest.raises(StandingExists):
        make_claim(**asked, proof_kind="document", proof="x")


def test_a_claim_is_declined_with_a_reason_and_may_be_made_again():
    claim, by = ClaimFactory(), ReviewerFactory()
    with pytest.raises(ProofMissing):
        decline_claim(claim=claim, by=by, answer=" ")
    decline_claim(claim=claim, by=by, answer="This is the page of somebody else.")
    assert Standing.objects.count() == 0
    again = make_claim(
        account=claim.account,
        person=claim.person,
        relation="same_name",
        proof_kind="document",
        proof="passport",
    )
    assert again.state == Claim.State.OPEN
    with pytest.raises(ProofMissing):
        make_claim(
            account=claim.account,
            person=PersonFactory(),
            relation="represents",
            proof_kind="known_to_us",
            proof="trust me",
        )
