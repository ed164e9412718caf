"""A held track as the product leaves it: declared, screened, decided by the machine, in the queue.

The check results and findings are written by hand; everything after them is the real thing.
"""

from typing import Any

from apps.catalogue.models import Declaration
from apps.catalogue.states import TrackState, move
from apps.policy.decisions import decide_run
from apps.policy.models import Outcome
from apps.policy.publish import active_ruleset, law_of
from apps.review.cases import open_case
from apps.review.models import Case
from apps.screening.models import CheckResult, ScreeningRun
from tests.factories import (
    CheckResultFactory,
    DeclarationFactory,
    FindingFactory,
    RulesetFactory,
    ScreeningRunFactory,
    TrackFactory,
)

HONEST: dict[str, Any] = {
    "title": "River",
    "language": "en",
    "artists": [{"name": "A. Artist", "role": "main"}],
    "rights_in_result": "all_held",
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "territories": ["worldwide"],
    "destinations": ["spotify", "apple_music"],
    "parental_advisory": "none",
    "label_licensed": False,
    "previously_released": False,
}
TAG = {
    "check": "provenance",
    "code": "generator_tag",
    "score": 1.0,
    "summary": "The tag COMM says made with suno.",
    "evidence": [
        {
            "kind": "tag",
            "start_s": None,
            "end_s": None,
            "detail": {"field": "COMM", "value": "made with suno", "offset": 128, "origin": "id3"},
        }
    ],
}
UNDECLARED = {
    "check": "disclosure",
    "code": "undeclared_generation",
    "score": 1.0,
    "summary": "The declaration names no AI; the file names a generator.",
    "evidence": [
        {
            "kind": "field",
            "start_s": None,
            "end_s": None,
            "detail": {"path": "ai", "value": []},
        }
    ],
}
DUPLICATE = {
    "check": "fingerprint",
    "code": "same_recording",
    "score": 0.97,
    "summary": "Shares 26 seconds with Delta.",
    "evidence": [
        {
            "kind": "match",
            "start_s": 41.0,
            "end_s": 67.0,
            "detail": {
                "reference": "",
                "title": "Delta",
                "artist": "Nile Records",
                "relation": "same_recording",
                "bit_error": 0.08,
                "reference_start_s": 12.0,
                "reference_end_s": 38.0,
                "errors": "1234-321" * 20,
            },
        }
    ],
}
GENERATOR = (TAG, UNDECLARED)


def screened(
    *findings: dict[str, Any], document: dict[str, Any] | None = None, **track: Any
) -> ScreeningRun:
    """A submitted track whose run is done: every check ran, and found these findings."""
    made = TrackFactory(state=TrackState.SUBMITTED, **track)
    declaration = DeclarationFactory(track=made, document={**HONEST, **(document or {})})
    run = ScreeningRunFactory(declaration=declaration)
    RulesetFactory()
    for slug in law_of(active_ruleset()).checks:
        result = CheckResultFactory(run=run, slug=slug)
        for finding in (f for f in findings if f["check"] == slug):
            fields = {name: value for name, value in finding.items() if name != "check"}
            FindingFactory(result=result, **fields)
    return run


def held_case(
    *findings: dict[str, Any], document: dict[str, Any] | None = None, **track: Any
) -> Case:
    """An open case, by the machine's own decision on what was found."""
    run = screened(*(findings or (DUPLICATE,)), document=document, **track)
    decision = decide_run(run=run)
    if decision.outcome != Outcome.NEEDS_REVIEW:
        raise AssertionError(f"The machine says {decision.outcome}: {decision.reasons}")
    move(track=run.track, to=TrackState.HELD, actor=None)
    return open_case(track=run.track, decision=decision)


def failed_check(run: ScreeningRun, slug: str, note: str) -> None:
    """Makes one check of a run an error result."""
    run.results.filter(slug=slug).update(status=CheckResult.Status.ERROR, note=note)


def declaration_of(case: Case) -> Declaration:
    """What was declared about the track of a case."""
    return case.decision.declaration
