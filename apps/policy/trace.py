"""What the log and a snapshot hold of a decision, so that a changed row is found out."""

from hashlib import sha256
from typing import Any

from apps.policy.facts import canonical
from apps.policy.models import Decision

MADE = "decision.made"  # the kind of the event
TRACED = (
    "facts",
    "engine_version",
    "ruleset_id",
    "ruleset_sha256",
    "ruling",
    "outcome",
    "reasons",
    "needed_facts",
    "destinations",
)


def trace_sha256(decision: Decision) -> str:
    """The hash over everything a decision rests on and says, in JSON with sorted keys, in hex.

    Of a row as the database gives it: a number may be written otherwise there than it was given.
    """
    told = {name: getattr(decision, name) for name in TRACED} | {"id": str(decision.pk)}
    return sha256(canonical(told).encode()).hexdigest()


def logged_of(decision: Decision) -> dict[str, Any]:
    """What the event of a decision says about it; of a row as the database gives it."""
    return {
        "track": str(decision.track_id),
        "outcome": str(decision.outcome),
        "rules": [reason["rule"] for reason in decision.reasons],
        "ruleset": decision.ruleset_id,
        "declaration": str(decision.declaration_id),
        "audio_sha256": decision.audio.sha256,
        "trace_sha256": trace_sha256(decision),
    }
