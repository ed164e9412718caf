"""The dashboard of consent: true numbers, few queries, whatever the number of rows."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.portal.consent_dashboard import read_dashboard
from apps.training.models import Obligation, RevocationCase, RevocationStep
from tests.consent.new_terms import in_days, publish, wider_terms
from tests.consent.saying import lift, say_no, say_yes, take_back
from tests.factories import ArtistFactory, ComplianceOfficerFactory, TrackFactory
from tests.portal.test_permissions_page import prove
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db
PATH = "/admin/consent/dashboard/"


def rates(code: str) -> list[tuple[str, int, int, float]]:
    found = next(one for one in read_dashboard().rates if one.permission.code == code)
    return [(one.place, one.yes, one.no, one.share) for one in found.rates]


def test_before_anybody_answered() -> None:
    TrackFactory()
    page = client_text()
    assert "1 track here." in page
    assert "nobody answered: no" in page
    assert "on everywhere; nobody objected" in page


def test_rates_per_permission_and_country() -> None:
    tracks = [TrackFactory(answers={"label_licensed": False}) for _ in range(4)]
    for track in tracks[:2]:
        say_yes(track.release.owner, track)
    say_yes(tracks[2].release.owner, tracks[2], country="FR")
    say_no(tracks[3].release.owner, tracks[3])
    assert read_dashboard().waits == 3
    prove()
    assert rates("recommendation.infer") == [
        ("", 0, 1, 0.0),
        ("Germany", 2, 0, 50.0),
        ("France", 1, 0, 25.0),
    ]
    take_back(tracks[0].release.owner, tracks[0])
    assert ("Germany", 1, 1, 25.0) in rates("recommendation.infer")
    assert "Germany" in client_text()


def test_whether_the_log_keeps_up() -> None:
    artist = ArtistFactory()
    lift(artist, artist)
    board = read_dashboard()
    assert board.log.waiting >= 1
    assert not board.is_late
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert read_dashboard().is_late
        assert "is the clock running?" in client_text()
    prove()
    assert read_dashboard().checkpoint is not None


def test_new_terms_and_who_was_told(monkeypatch) -> None:
    ArtistFactory()
    publish(monkeypatch, wider_terms(in_days(40)))
    assert "0 accounts told in time, 0 late, 1 not yet." in client_text()


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries) -> None:
    for _ in range(5):
        track = TrackFactory()
        say_yes(track.release.owner, track)
    with django_assert_max_num_queries(16):
        read_dashboard()


def client_text() -> str:
    client = Client()
    client.force_login(ComplianceOfficerFactory())
    answer = client.get(PATH)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def class_rates_of(model_class: str) -> list[tuple[str, int, float]]:
    found = next(one for one in read_dashboard().classes if one.model_class == model_class)
    return [(one.place, one.yes, one.share) for one in found.rates]


def test_what_a_class_of_models_could_learn_from() -> None:
    tracks = [TrackFactory(answers={"label_licensed": False}) for _ in range(4)]
    for track in tracks[:2]:
        lift(track.release.owner, track)
        say_yes(track.release.owner, track, ("generative_music", "train"))
    prove()
    assert class_rates_of("generative_music") == [("DE", 2, 50.0)]
    assert class_rates_of("ranking") == []
    take_back(tracks[0].release.owner, tracks[0], ("generative_music", "train"))
    assert class_rates_of("generative_music") == [("DE", 1, 25.0)]
    assert "Software that makes music" in client_text()


def test_what_is_open_and_what_is_late() -> None:
    model = model_of(snapshot_of([TrackFactory()]))
    now = timezone.now()
    for late in (True, False):
        case = RevocationCase.objects.create(
            kind="revoked", trigger=uuid4(), subject_ref="x", began_at=now
        )
        due = now + timedelta(days=-1 if late else 1)
        RevocationStep.objects.create(case=case, kind="purge", due_at=due)
        Obligation.objects.create(case=case, model_version=model, due_at=due)
    RevocationCase.objects.create(
        kind="revoked", trigger=uuid4(), subject_ref="x", began_at=now, closed_at=now, receipt="{}"
    )
    owing = read_dashboard().owing
    assert (owing.cases, owing.late_steps) == (2, 1)
    assert (owing.obligations, owing.late_obligations) == (2, 1)
    text = client_text()
    assert "2 cases of something taken back" in text
    assert "1 step is late" in text
    assert "1 is overdue" in text
