"""Runs can be looked at in the admin by those who may, and changed by nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.roles import Role
from tests.factories import CheckResultFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.REVIEWER, 200), (Role.COMPLIANCE_OFFICER, 200), (Role.ARTIST, 302)],
)
def test_who_sees_runs(client: Client, role: str, status: int) -> None:
    result = CheckResultFactory(note="Why it could not be judged.")
    client.force_login(UserFactory(role=role))
    shown = client.get(reverse("admin:screening_screeningrun_changelist"))
    page = client.get(reverse("admin:screening_screeningrun_change", args=[result.run_id]))
    assert (shown.status_code, page.status_code) == (status, status)
    if status == 200:
        assert "Why it could not be judged." in page.content.decode()
        assert "2.4 s" in shown.content.decode()


def test_nobody_changes_them(client: Client) -> None:
    run = CheckResultFactory().run
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    for name in ("change", "delete"):
        url = reverse(f"admin:screening_screeningrun_{name}", args=[run.pk])
        assert client.post(url, {"state": "failed", "post": "yes"}).status_code == 403
    run.refresh_from_db()
    assert run.state == "done"
