"""The bell: rung after the commit, never instead of it, and never in the way of a form."""

import logging
import time
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.catalogue import wake as waking
from apps.catalogue.wake import QUIET_S, wake

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "_bell", waking._Bell())


def waiting() -> int:
    with current_app.connection_for_read() as connection, connection.channel() as channel:
        return int(channel.queue_declare(queue="celery", passive=True).message_count)


def test_it_rings_after_the_commit_and_not_for_what_was_rolled_back(
    django_capture_on_commit_callbacks: Any,
) -> None:
    before = waiting()
    with django_capture_on_commit_callbacks(execute=True):
        wake("a.task", "1")
        assert waiting() == before
    assert waiting() == before + 1
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        wake("a.task", "2")
        transaction.set_rollback(True)
    assert waiting() == before + 1


def test_a_broker_that_is_away_is_asked_once_per_form(
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = []

    def away(task: str, **_: Any) -> None:
        asked.append(task)
        raise OperationalError("refused")

    monkeypatch.setattr(current_app, "send_task", away)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        for _ in range(10):
            wake("a.task", "1")
    assert len(asked) == 1
    assert "No worker was woken" in caplog.text
    later = time.monotonic() + QUIET_S + 0.01
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with django_capture_on_commit_callbacks(execute=True):
        wake("a.task", "1")
    assert len(asked) == 2
