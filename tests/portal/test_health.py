"""Health: the process, and what it needs."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.portal import health
from apps.screening.models import ScreeningRun
from tests.factories import ScreeningRunFactory


def ask(name="readyz"):
    answer = Client().get(reverse(name))
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


def test_alive_without_a_database():
    assert ask("healthz") == (200, {"status": "ok"})


@pytest.mark.django_db
class TestReady:
    def test_all_well(self):
        status, told = ask()
        assert status == 200
        assert {told[part]["status"] for part in ("database", "queue", "disk", "work")} == {"ok"}
        assert told["disk"]["free_bytes"] > 0

    def test_without_a_database(self, monkeypatch):
        def away():
            raise OperationalError("password of somebody@db")

        monkeypatch.setitem(health._PARTS, "database", away)
        status, told = ask()
        assert (status, told["database"]) == (503, {"status": "failing", "why": "OperationalError"})
        assert told["work"] == {"status": "unknown"}

    def test_without_a_broker(self, settings):
        settings.BROKER_URL = "redis://127.0.0.1:1/0"
        status, told = ask()
        assert (status, told["queue"]["status"]) == (503, "failing")

    def test_full_disk(self, monkeypatch):
        monkeypatch.setattr(health, "KEPT_FREE", 10**18)
        status, told = ask()
        assert (status, told["disk"]["text"][:9]) == (503, "The disk ")

    def test_late_work_is_told_and_takes_no_web_server_away(self):
        run = ScreeningRunFactory(state=ScreeningRun.State.QUEUED, started_at=None)
        ScreeningRun.objects.filter(pk=run.pk).update(
            created_at=timezone.now() - timedelta(minutes=20)
        )
        status, told = ask()
        assert (status, told["work"]["status"], told["work"]["waiting"]) == (200, "late", 1)
        assert 1199 < told["work"]["oldest_waiting_s"] < 1230

    def test_a_run_whose_worker_died(self):
        ScreeningRunFactory(
            state=ScreeningRun.State.RUNNING,
            token="6f9619ff-8b86-4011-b42d-00c04fc964ff",
            lease_until=timezone.now() - timedelta(minutes=1),
        )
        assert ask()[1]["work"]["without_worker"] == 1
