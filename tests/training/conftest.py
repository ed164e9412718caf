"""A log, and people, for datasets and models."""

import sys

import pytest
from django.utils import timezone

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


@pytest.fixture
def one_clock(monkeypatch) -> None:
    """The ledger reads the clock of this process, also on PostgreSQL, so that it can be moved."""
    for name, module in list(sys.modules.items()):
        if name.startswith("apps.") and hasattr(module, "ledger_now"):
            monkeypatch.setattr(module, "ledger_now", timezone.now)
