"""A log, and people, for datasets and models."""

import pytest

from apps.accounts.models import User
from apps.consent.projection import settle
from tests.consent.conftest import prove  # noqa: F401  the same log
from tests.factories import AdministratorFactory, ComplianceOfficerFactory, RulesetFactory


@pytest.fixture
def officer(db) -> User:
    return ComplianceOfficerFactory()


@pytest.fixture
def administrator(db) -> User:
    return AdministratorFactory()


@pytest.fixture(autouse=True)
def law(db) -> None:
    RulesetFactory()
    settle()
