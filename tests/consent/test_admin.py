"""The ledger at the desk: who sees it, who adds to it, and that nobody changes it."""

import pytest
from django.urls import reverse

from apps.consent.models import ConsentEvent
from tests.consent.saying import SUGGEST, now_of, say_yes
from tests.factories import AdministratorFactory, ReviewerFactory, TrackFactory

pytestmark = pytest.mark.django_db
LIST = "admin:consent_consentevent_changelist"
ADD = "admin:consent_consentevent_add"
RECORDS = "admin:consent_consentrecord_changelist"


def send(client, track, **more):
    data = {
        "target": str(track.pk),
        "act": "revoke",
        "permission": ".".join(SUGGEST),
        "reason": "Letter of 3 May",
        **more,
    }
    return client.post(reverse(ADD), data)


def test_the_list_with_leaves_and_filters(client, officer, track, artist, prove) -> None:
    say_yes(artist, track)
    client.force_login(officer)
    assert b"waiting" in client.get(reverse(LIST)).content
    prove()
    asked = {"use": "recommendation", "status__exact": "granted", "country": "DE"}
    page = client.get(reverse(LIST), asked)
    assert page.context["cl"].result_count == 1
    assert client.get(reverse(LIST), {"use": "none"}).context["cl"].result_count == 0
    event = ConsentEvent.objects.get()
    detail = client.get(reverse("admin:consent_consentevent_change", args=[event.pk]))
    assert b"suggest it to listeners" in detail.content
    records = client.get(reverse(RECORDS), {"use": "recommendation.infer", "status": "granted"})
    assert records.context["cl"].result_count == 1
    assert client.get(reverse(RECORDS), {"country": "FR"}).context["cl"].result_count == 0


def test_queries_do_not_grow_with_rows(client, officer, prove, django_assert_max_num_queries):
    client.force_login(officer)
    for _ in range(12):
        track = TrackFactory()
        say_yes(track.release.owner, track)
    prove()
    for name in (LIST, RECORDS):
        with django_assert_max_num_queries(12):
            client.get(reverse(name))


def test_staff_say_no_for_somebody(client, officer, track, artist, prove) -> None:
    say_yes(artist, track)
    prove()
    client.force_login(officer)
    assert client.get(reverse(ADD)).status_code == 200
    assert send(client, track).status_code == 302
    assert now_of(track).reason == "revoked"
    event = ConsentEvent.objects.last()
    assert (event.grantor_role, event.evidence.data["asked"]) == ("staff", "Letter of 3 May")
    say_yes(artist, track)
    prove()
    assert now_of(track).allowed
    for act in ("no_ai", "dispute"):
        assert send(client, track, act=act, permission="").status_code == 302


def test_a_refusal_is_shown_at_the_form(client, officer, track) -> None:
    client.force_login(officer)
    for change in ({"target": "nothing"}, {"permission": ""}, {"permission": "search.infer"}):
        page = send(client, track, **change)
        assert page.status_code == 200
        assert page.context["adminform"].form.errors
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(("factory", "sees"), [(AdministratorFactory, 200), (ReviewerFactory, 403)])
def test_only_officers_add(client, track, factory, sees: int) -> None:
    client.force_login(factory())
    assert client.get(reverse(LIST)).status_code == sees
    assert client.get(reverse(ADD)).status_code == 403
    assert send(client, track).status_code == 403


def test_nobody_changes_or_deletes(client, officer, track, artist) -> None:
    event = say_yes(artist, track)
    client.force_login(officer)
    change = reverse("admin:consent_consentevent_change", args=[event.pk])
    assert client.post(change, {"status": "denied"}).status_code == 403
    delete = reverse("admin:consent_consentevent_delete", args=[event.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
