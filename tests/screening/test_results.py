"""What checks said is kept, whatever strangers wrote into their files."""

import pytest
from django.utils import timezone

from apps.screening.checks.base import Evidence, Finding
from apps.screening.lease import claim_run
from apps.screening.models import ScreeningRun
from apps.screening.results import save_outcome, saved_outcomes
from apps.screening.run import CheckOutcome
from apps.screening.storable import storable
from tests.factories import ScreeningRunFactory

HOSTILE = "a\0b \ud800 c"
SHOWN = "a\u2400b ? c"


@pytest.mark.django_db
def test_text_that_a_database_refuses_is_shown_instead() -> None:
    run = claim_run(ScreeningRunFactory(state=ScreeningRun.State.QUEUED).pk)
    finding = Finding("generator_tag", 1.0, HOSTILE, (Evidence("tag", detail={"value": HOSTILE}),))
    save_outcome(run=run, outcome=CheckOutcome("provenance", "1", "ok", (finding,), note=HOSTILE))
    kept = saved_outcomes(run)["provenance"]
    assert kept.note == SHOWN
    assert kept.findings[0].summary == SHOWN
    assert kept.findings[0].evidence[0].detail == {"value": SHOWN}


@pytest.mark.django_db
def test_a_result_is_kept_once() -> None:
    run = claim_run(ScreeningRunFactory(state=ScreeningRun.State.QUEUED).pk)
    first = save_outcome(run=run, outcome=CheckOutcome("technical", "1", "ok"))
    again = save_outcome(run=run, outcome=CheckOutcome("technical", "1", "error", note="late"))
    assert again.pk == first.pk
    assert run.results.get().status == "ok"
    assert timezone.now() > first.created_at


def test_other_values_stay_as_they_are() -> None:
    value = {"a": [1, 2.5, None, True, ("x",)], "b": {"c": "ü"}}
    assert storable(value) == {"a": [1, 2.5, None, True, ["x"]], "b": {"c": "ü"}}
