"""Roles: one table, fail closed."""

import pytest

from apps.accounts.models import User
from apps.accounts.roles import PERMISSIONS, STAFF_ROLES, Role, may

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_every_role_stands_in_the_table(role: str) -> None:
    assert PERMISSIONS[role]


def test_an_unknown_role_may_do_nothing() -> None:
    assert not may("intruder", "review.decide_case")
    assert not may("intruder", "review.")


def test_only_reviewers_decide() -> None:
    deciders = {role for role in Role.values if may(role, "review.decide_case")}
    assert deciders == {Role.REVIEWER, Role.SENIOR_REVIEWER}


@pytest.mark.parametrize("role", Role.values)
def test_the_admin_lets_in_staff_roles_only(role: str) -> None:
    user = User.objects.create_user(f"{role}@example.org", "x", role=role)
    assert user.is_staff is (role in STAFF_ROLES)


def test_an_inactive_person_may_do_nothing() -> None:
    user = User.objects.create_user(
        "gone@example.org", "x", role=Role.ADMINISTRATOR, is_active=False
    )
    assert not user.has_perm("accounts.view_user")
    assert not user.has_module_perms("accounts")
    assert not user.is_staff


def test_nobody_is_above_the_table() -> None:
    admin = User.objects.create_superuser("root@example.org", "x")
    assert admin.role == Role.ADMINISTRATOR
    assert not admin.is_superuser
    assert not admin.has_perm("review.decide_case")


def test_addresses_differ_in_more_than_case() -> None:
    User.objects.create_user("Rain@Example.org", "x")
    assert User.objects.get_by_natural_key("RAIN@example.ORG").email == "rain@example.org"
    with pytest.raises(Exception, match=r"(?i)one_account_per_email|unique"):
        User.objects.create_user("rain@example.org", "x")
