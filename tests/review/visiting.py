"""What the tests of the desk's pages share: who enters, where a page is, a case as it is now."""

from typing import Any

from django.test import Client
from django.urls import reverse

from apps.review.models import Case


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(case: Case, name: str = "change", **kwargs: Any) -> str:
    return reverse(f"admin:review_case_{name}", kwargs={"pk": case.pk, **kwargs})


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


QUEUE = "admin:review_case_changelist"
