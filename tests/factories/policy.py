"""Rulebooks and decisions."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.policy.models import Decision, Outcome, Ruleset
from apps.policy.publish import publish_shipped_ruleset
from tests.factories.catalogue import DeclarationFactory, TrackFactory


class RulesetFactory(DjangoModelFactory):
    """The newest shipped ruleset, in force."""

    class Meta:
        model = Ruleset

    @classmethod
    def _create(cls, model_class: type[Ruleset], *args: Any, **kwargs: Any) -> Ruleset:
        return publish_shipped_ruleset()


def reason(code: str = "evidence_contradicts", rule: str = "disclosure.D1") -> dict[str, Any]:
    """One reason as a decision records it."""
    return {"rule": rule, "code": code, "text": f"Because of {code}.", "fix": "", "cite": "R11"}


class DecisionFactory(DjangoModelFactory):
    """A machine's decision; with `made_by` a person's. Supersedes the track's latest one."""

    class Meta:
        model = Decision

    declaration = factory.SubFactory(DeclarationFactory)
    track = factory.SelfAttribute("declaration.track")
    audio = factory.SelfAttribute("declaration.audio")
    ruleset = factory.SubFactory(RulesetFactory)
    ruleset_sha256 = factory.SelfAttribute("ruleset.sha256")
    engine_version = "1"
    facts: dict[str, Any] = {}
    outcome = Outcome.NEEDS_REVIEW
    reasons = factory.LazyFunction(lambda: [reason()])
    needed_facts: list[str] = []
    destinations = factory.LazyFunction(
        lambda: {"spotify": {"verdict": "undecided", "reasons": []}}
    )
    automated_detection = True
    made_by = None
    automated_decision = factory.LazyAttribute(lambda made: made.made_by is None)
    ruling = factory.LazyAttribute(
        lambda made: (
            None
            if made.made_by is None
            else {"outcome": made.outcome, "reason_codes": [item["code"] for item in made.reasons]}
        )
    )
    supersedes = factory.LazyAttribute(
        lambda made: made.track.decisions.order_by("created_at").last()
    )


def cleared_track() -> Track:
    """A track that a machine's decision has cleared."""
    track: Track = TrackFactory(state=TrackState.CLEARED)
    decision = DecisionFactory(track=track, outcome=Outcome.ALLOWED)
    track.declaration, track.audio = decision.declaration, decision.audio
    track.save()
    return track
