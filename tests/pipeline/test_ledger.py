"""The clock keeps the log going; a refusal to sign is told once, to the right people."""

import json
import sys
from collections.abc import Callable
from subprocess import PIPE, Popen

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from apps.audit import guards, keys
from apps.audit.models import Checkpoint, Event, Pending
from apps.audit.standing import REFUSED
from apps.pipeline.ledger import get_ledger_ready, keep_ledger, stop_without_guards
from apps.pipeline.tasks import keep_ledger as task
from benchmarks.site import ROOT, Site, wait_until
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    ComplianceOfficerFactory,
    EventFactory,
)


def told() -> dict[str, object]:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    return json.loads(answer.content)["ledger"]


@pytest.mark.django_db
def test_it_goes_on_and_says_how_it_stands() -> None:
    get_ledger_ready()
    EventFactory()
    assert (told()["status"], told()["waiting"]) == ("ok", 1)
    assert keep_ledger() == 1
    assert keep_ledger() == 0
    assert (told()["status"], told()["waiting"], told()["leaves"]) == ("ok", 0, 1)
    EventFactory()
    task()
    assert told()["leaves"] == 2


@pytest.mark.django_db
def test_what_waits_too_long_is_late() -> None:
    EventFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_pending SET at = '2026-01-01 00:00:00+00:00'")
    assert told()["status"] == "late"


@pytest.mark.django_db
def test_a_refusal_is_told_once_until_it_is_over(settings) -> None:
    people = [AdministratorFactory(), ComplianceOfficerFactory()]
    ArtistFactory()
    get_ledger_ready()
    EventFactory()
    keep_ledger()
    away = settings.LEDGER_HEAD.with_name("away")
    for _ in range(2):
        settings.LEDGER_HEAD.rename(away)
        assert [keep_ledger() for _ in range(3)] == [-1, -1, -1]
        assert (told()["status"], told()["why"]) == ("refused", "head_missing")
        event = Event.objects.filter(kind=REFUSED).last()
        assert "Put it back" in event.data["text"]
        [mail] = outbox.outbox
        assert sorted(mail.to) == sorted(person.email for person in people)
        assert "Put it back" in mail.body
        away.rename(settings.LEDGER_HEAD)
        assert keep_ledger() == 1
        assert told()["status"] == "ok"
        outbox.outbox.clear()
    assert Event.objects.filter(kind=REFUSED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_starts_without_guards() -> None:
    try:
        guards.run(connection, guards.removal_statements(connection.vendor, Event))
        with pytest.raises(SystemExit, match="migrate --skip-checks"):
            stop_without_guards()
        with pytest.raises(CommandError, match="migrate --skip-checks"):
            call_command("sweep", every=1.0)
        with pytest.raises(CommandError, match="migrate --skip-checks"):
            call_command("serve")
    finally:
        guards.rearm()
    stop_without_guards()


@pytest.mark.django_db
def test_a_site_that_is_not_embedded_makes_no_key_behind_your_back(settings) -> None:
    settings.EMBEDDED = False
    get_ledger_ready()
    assert not keys.place().exists()
    EventFactory()
    assert keep_ledger() == -1
    assert told()["why"] == "no_key"
    assert (Checkpoint.objects.count(), Pending.objects.count()) == (0, 2)


@pytest.mark.services
def test_the_clock_signs_by_itself(site_of: Callable[[str], Site]) -> None:
    site = site_of("")
    site.manage("policy", "publish")
    clock = Popen(
        [sys.executable, "manage.py", "sweep", "--every", "60"],
        cwd=ROOT,
        env={**site.env, "LEDGER_EVERY_S": "0.2"},
        stderr=PIPE,
    )
    try:
        wait_until((site.data / "ledger-head").exists, 30)
        done = site.manage("audit", "verify", "--json")
        assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True)
        assert json.loads(done.stdout)["leaves"] >= 2
    finally:
        clock.terminate()
        clock.communicate(timeout=20)
