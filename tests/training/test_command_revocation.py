"""`training revocations`: lists the cases and works them off."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.training.models import RevocationCase, RevocationStep
from tests.consent.saying import take_back
from tests.training.listing import GENERATE, open_track
from tests.training.revoking import read_log
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("training", "revocations", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_nothing_is_open() -> None:
    assert run() == (0, "Nothing is open.\n", "")


def test_a_case_is_opened_and_worked_off(prove) -> None:
    track = open_track(GENERATE)
    assert read_log(prove) == []
    model_of(snapshot_of([track], "generative_music"), name="song")
    take_back(track.release.owner, track, GENERATE)
    prove()
    status, out, _err = run("work", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["worked"] == {"ended": 0, "opened": 1, "steps": 6, "blocked": 0}
    [case] = told["cases"]
    assert (case["kind"], case["owed"]) == ("revoked", 1)
    assert [one["step"] for one in case["steps"] if one["done"] is None] == ["close"]
    assert "6/7 steps · 1 owed" in run()[1]


def test_what_is_overdue_or_went_wrong_ends_with_one(prove) -> None:
    track = open_track(GENERATE)
    assert read_log(prove) == []
    take_back(track.release.owner, track, GENERATE)
    read_log(prove)
    case = RevocationCase.objects.get()
    RevocationStep.objects.filter(case=case, kind="stop").update(
        due_at=timezone.now() - timedelta(hours=1), error="OSError: no answer"
    )
    status, _out, err = run("list")
    assert status == 1
    assert "overdue: stop" in err
    assert "stop: OSError: no answer" in err
    run("work")
    assert RevocationCase.objects.get().closed_at is not None
    assert run()[1] == "Nothing is open.\n"
    assert str(case.pk) in run("--all")[1]
