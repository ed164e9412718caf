"""`audit verify --details`: what stands beside the log, compared with what was committed to."""

import json

import pytest
from django.db import connection

from apps.audit.details import CHANGED, committed_models
from apps.audit.models import Event, EventDetail, Leaf
from apps.audit.record import erase_details
from apps.audit.sequencer import sequence_pending
from apps.audit.verify import verify
from apps.consent.models import Evidence
from apps.consent.writing import How
from tests.audit.test_verify import run
from tests.consent.saying import say_yes
from tests.emptying import ledger_lifted
from tests.factories import ArtistFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(signer, happen) -> list[Event]:
    events = happen(300, note="as it was")
    sequence_pending()
    return events


def test_it_is_asked_for_and_counts(log) -> None:
    assert verify().details is None
    assert verify(details=True).details == 300
    assert verify(start=256, details=True).details == 44
    code, text, _ = run("verify", "--details", "--json")
    assert (code, json.loads(text)["details"]) == (0, 300)
    assert ", 300 details," in run("verify", "--details")[1]


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"note": "as it was not", "number": 200}},
        {"data": {"note": "as it was", "number": 201}},
        {"data": {"note": "as it was", "number": 200.5}},
        {"data": {}},
        {"data": []},
        {"data": "text"},
        {"salt": b"another"},
        {"actor": None},
    ],
)
def test_whatever_was_changed_is_found_by_its_leaf(log, change) -> None:
    EventDetail.objects.filter(event=log[200]).update(**change)
    assert verify().fault is None
    fault = verify(details=True).fault
    leaf = Leaf.objects.get(uid=log[200].uid)
    assert (fault.what, fault.index, fault.uid) == (CHANGED, leaf.index, str(log[200].uid))
    code, text, _ = run("verify", "--details")
    assert (code, text.count("\n")) == (1, 1)
    assert verify(start=256, details=True).fault is None


def test_another_actor_is_found(log) -> None:
    EventDetail.objects.filter(event=log[3]).update(actor=ArtistFactory())
    assert verify(details=True).fault.uid == str(log[3].uid)


def test_what_was_erased_is_no_fault(log, person) -> None:
    erase_details(events=log[:9], by=person, reason="asked to")
    assert verify(details=True).fault is None
    assert verify(details=True).details == 292  # and the event that says so


def test_a_payload_that_was_written_past_us_is_no_traceback(log) -> None:
    with ledger_lifted(connection):
        Event.objects.filter(pk=log[0].pk).update(payload="no json")
    assert verify(details=True).fault is not None


def test_the_evidence_of_consent_is_compared_too(signer) -> None:
    assert set(committed_models()) >= {EventDetail, Evidence}
    track = TrackFactory(answers={"label_licensed": False})
    event = say_yes(track.release.owner, track, how=How(authority="a mandate"))
    assert verify(details=True).details == EventDetail.objects.count() + 1
    assert verify(details=True).fault is None
    for data in ({"authority": "another"}, {"authority": ""}, {}, [], {"more": 1}):
        Evidence.objects.filter(event=event).update(data=data)
        fault = verify(details=True).fault
        assert (fault.what, fault.uid) == (CHANGED, str(event.uid))
