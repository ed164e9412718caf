"""Every factory makes a row that the database accepts; nobody else's tests trip over one."""

import pytest
from factory.django import DjangoModelFactory

from tests import factories

pytestmark = pytest.mark.django_db

FACTORIES = [
    item
    for item in vars(factories).values()
    if isinstance(item, type)
    and issubclass(item, DjangoModelFactory)
    and item is not DjangoModelFactory
]


@pytest.mark.parametrize("made_by", FACTORIES)
def test_makes_two_rows(made_by: type[DjangoModelFactory]) -> None:
    first, second = made_by(), made_by()
    kept = second._meta.model.objects.filter(pk__in=[first.pk, second.pk])
    assert kept.count() == len({first.pk, second.pk})


def test_decisions_of_a_track_form_one_line() -> None:
    first = factories.DecisionFactory()
    second = factories.DecisionFactory(
        declaration=first.declaration, made_by=factories.ReviewerFactory(), outcome="allowed"
    )
    assert second.supersedes == first
    assert not second.automated_decision
