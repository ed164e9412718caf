"""Protected people, and who may use their names."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.registry.models import ArtistKey, Claim, Person, Standing
from tests.factories.accounts import ComplianceOfficerFactory, ReviewerFactory, UserFactory


class PersonFactory(DjangoModelFactory):
    """A protected person, as `add_person` makes them, without an audit event."""

    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Protected Person {n}")
    source = "tests"


class StandingFactory(DjangoModelFactory):
    class Meta:
        model = Standing

    account = factory.SubFactory(UserFactory)
    person = factory.SubFactory(PersonFactory)
    relation = "represents"
    proof_kind = "document"
    proof = "a contract of 2026"
    granted_by = factory.SubFactory(ReviewerFactory)
    granted_at = factory.LazyFunction(timezone.now)


class ClaimFactory(DjangoModelFactory):
    class Meta:
        model = Claim

    account = factory.SubFactory(UserFactory)
    person = factory.SubFactory(PersonFactory)
    relation = "represents"
    proof_kind = "spotify_artist_id"
    proof = "0123456789abcdefABCDEF"


class ArtistKeyFactory(DjangoModelFactory):
    class Meta:
        model = ArtistKey

    person = factory.SubFactory(PersonFactory)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    prefix = "AAAAA"
    made_by = factory.SubFactory(ComplianceOfficerFactory)
    made_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
