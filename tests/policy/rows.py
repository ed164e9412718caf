"""Tracks that were screened, for tests that decide them."""

from typing import Any

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.policy.models import Decision, Ruleset
from apps.policy.publish import publish_shipped_ruleset
from apps.policy.shipped import shipped_ruleset
from apps.screening.models import ScreeningRun
from tests.factories import (
    CheckResultFactory,
    DeclarationFactory,
    FindingFactory,
    ScreeningRunFactory,
)

INNOCENT: dict[str, Any] = {
    "title": "Monsoon",
    "artists": [{"name": "A. Artist", "role": "main"}],
    "rights_in_result": "all_held",
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "territories": ["worldwide"],
    "destinations": ["spotify", "bandcamp"],
}


def published() -> Ruleset:
    """The shipped ruleset, in force."""
    return publish_shipped_ruleset()


def screened(*, track: Track | None = None, failed: str = "", **said: Any) -> ScreeningRun:
    """A finished run of every check on this declaration; `failed` names one that did not finish."""
    more = {"track": track} if track else {}
    declaration = DeclarationFactory(document={**INNOCENT, **said}, **more)
    run = ScreeningRunFactory(declaration=declaration)
    for slug in shipped_ruleset().checks:
        status = "error" if slug == failed else "ok"
        CheckResultFactory(run=run, slug=slug, status=status)
    return run


def found(run: ScreeningRun, slug: str, code: str, score: float = 1.0) -> Any:
    """One more finding of a check of this run."""
    return FindingFactory(result=run.results.get(slug=slug), code=code, score=score)


def stands_cleared(decision: Decision) -> Track:
    """The decision's track, as the pipeline leaves it after an allowed decision."""
    track = decision.track
    track.state = TrackState.CLEARED
    track.save(update_fields=["state"])
    return track
