"""The rest of the admin: looking without touching, accounts whose changes are written down."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from apps.accounts.admin_base import ReadOnlyAdmin
from apps.accounts.models import Membership, User
from apps.accounts.roles import Role
from apps.audit.models import Event
from apps.catalogue.models import Release, Track
from apps.review.models import CannedReply, Case
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    CannedReplyFactory,
    ComplianceOfficerFactory,
    EventFactory,
    LabelFactory,
    LabelStaffFactory,
    MembershipFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
    TrackFactory,
)
from tests.review.scene import held_case

pytestmark = pytest.mark.django_db


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


STAFF = [ReviewerFactory, SeniorReviewerFactory, ComplianceOfficerFactory, AdministratorFactory]


@pytest.mark.parametrize("made_by", STAFF)
def test_every_list_and_row_opens_for_who_may_see_it_and_for_nobody_else(made_by: Any) -> None:
    held_case()
    EventFactory()
    CannedReplyFactory()
    MembershipFactory()
    person = made_by()
    client = enter(person)
    for model, found in admin.site._registry.items():
        label, name = model._meta.app_label, model._meta.model_name
        if not label.startswith(("accounts", "audit", "catalogue", "review", "policy")):
            continue
        allowed = person.has_perm(f"{label}.view_{name}") or person.has_perm(
            f"{label}.change_{name}"
        )
        listed = client.get(reverse(f"admin:{label}_{name}_changelist"))
        assert listed.status_code == (200 if allowed else 403), model
        row = found.get_queryset(_request(person)).first()
        if row is None:
            continue
        shown = client.get(reverse(f"admin:{label}_{name}_change", args=[row.pk]))
        assert shown.status_code == (200 if allowed else 403), model


def _request(person: Any) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = person
    return request


@pytest.mark.parametrize("made_by", [ArtistFactory, LabelStaffFactory])
def test_the_desk_is_closed_to_others(made_by: Any) -> None:
    assert enter(made_by()).get(reverse("admin:index")).status_code in (302, 403)


def test_the_door_is_the_sites_own() -> None:
    """So that its rate limits and second factor hold for the desk too."""
    answer = Client().get(reverse("admin:login"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("model", [Track, Release, Event, Case])
def test_what_is_read_only_takes_no_writing(model: Any) -> None:
    assert isinstance(admin.site._registry[model], ReadOnlyAdmin)
    case, client = held_case(), enter(SeniorReviewerFactory())
    label, name = model._meta.app_label, model._meta.model_name
    assert client.get(f"/admin/{label}/{name}/add/").status_code in (403, 404)
    row = {Track: case.track, Release: case.track.release, Case: case}.get(model)
    if row is not None:
        deleting = client.post(f"/admin/{label}/{name}/{row.pk}/delete/", {"post": "yes"})
        assert deleting.status_code in (403, 404)
        assert model.objects.filter(pk=row.pk).exists()


def test_posting_to_a_track_changes_nothing() -> None:
    track = TrackFactory(title="As it was")
    client = enter(SeniorReviewerFactory())
    address = reverse("admin:catalogue_track_change", args=[track.pk])
    assert client.post(address, {"title": "Changed", "state": "cleared"}).status_code == 403
    track.refresh_from_db()
    assert (track.title, track.state) == ("As it was", "draft")


# --- Accounts ---


def account_form(person: User, **changed: Any) -> dict[str, Any]:
    prefix = "membership_set"
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "is_active": "on",
        f"{prefix}-TOTAL_FORMS": "0",
        f"{prefix}-INITIAL_FORMS": "0",
        **changed,
    }


def address_of(person: User) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


def test_an_administrator_changes_a_role_and_it_is_written_down() -> None:
    boss, person = AdministratorFactory(), ReviewerFactory()
    client = enter(boss)
    client.post(address_of(person), account_form(person, role=Role.SENIOR_REVIEWER))
    person.refresh_from_db()
    assert person.role == Role.SENIOR_REVIEWER
    event = Event.objects.get(kind="user.changed")
    assert (event.actor, event.subject_id) == (boss, str(person.pk))
    assert event.data == {"role": ["reviewer", "senior_reviewer"]}


def test_disabling_ends_the_session() -> None:
    boss, person = AdministratorFactory(), ReviewerFactory()
    session = enter(person)
    assert session.get(reverse("admin:index")).status_code == 200
    form = account_form(person)
    del form["is_active"]
    enter(boss).post(address_of(person), form)
    assert session.get(reverse("admin:index")).status_code == 302


def test_nobody_changes_their_own_role_or_access() -> None:
    boss = AdministratorFactory()
    enter(boss).post(address_of(boss), account_form(boss, role=Role.ARTIST, name="New name"))
    boss.refresh_from_db()
    assert (boss.role, boss.name) == (Role.ADMINISTRATOR, "New name")


def test_passwords_are_never_shown_and_new_accounts_have_none() -> None:
    client, person = enter(AdministratorFactory()), ArtistFactory()
    text = client.get(address_of(person)).content.decode()
    assert person.password not in text
    assert 'name="password"' not in text
    label = LabelFactory()
    form = account_form(User(name="New", email="New@Example.org", role=Role.LABEL_STAFF))
    form |= {"membership_set-TOTAL_FORMS": "1", "membership_set-0-label": str(label.pk)}
    answer = client.post(reverse("admin:accounts_user_add"), form)
    assert answer.status_code == 302
    made = User.objects.get(email="new@example.org")
    assert not made.has_usable_password()
    assert Membership.objects.filter(user=made, label=label).exists()
    assert Event.objects.get(kind="user.labels").data == {"labels": [label.name]}
    assert Event.objects.filter(kind="user.added").count() == 1


@pytest.mark.parametrize("made_by", [ReviewerFactory, SeniorReviewerFactory])
def test_reviewers_see_no_accounts(made_by: Any) -> None:
    client, person = enter(made_by()), ArtistFactory()
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403
    assert client.get(address_of(person)).status_code == 403


# --- Canned replies ---


def test_seniors_write_canned_replies_and_reviewers_read_them() -> None:
    form = {
        "reason_code": "ask_licence",
        "title": "Licence",
        "text": "Please send it.",
        "is_active": "on",
    }
    add = reverse("admin:review_cannedreply_add")
    assert enter(ReviewerFactory()).post(add, form).status_code == 403
    assert enter(SeniorReviewerFactory()).post(add, form).status_code == 302
    assert CannedReply.objects.get().title == "Licence"
    wrong = enter(SeniorReviewerFactory()).post(add, {**form, "reason_code": "no_such"})
    assert wrong.status_code == 200
    assert CannedReply.objects.count() == 1
