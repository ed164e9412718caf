"""Which decisions a second person confirms. Data: change it here, and say why in the commit."""

from apps.review.models import Case, Verb

# Letting a track out although something says voice, likeness, generator or takedown notice: hard to
# call back.
SEVERE_TO_APPROVE = frozenset(
    {
        "voice_clone",
        "voice_consent_unread",
        "voice_consent_missing",
        "own_voice_clone",
        "likeness_without_permission",
        "likeness_permission_unread",
        "likeness_permission_missing",
        "unlicensed_model",
        "licensed_model_unproven",
        "mixed_models",
        "evidence_contradicts",
        "takedown_names_it",
    }
)
# Refusing again after the artist objected: there is no further objection.
SEVERE_PAIRS = frozenset({(Case.Kind.APPEAL, Verb.REFUSE)})


def is_severe(case: Case, verb: str) -> bool:
    """Whether this verb on this case waits for a second person."""
    if (case.kind, verb) in SEVERE_PAIRS:
        return True
    codes = {reason.code for reason in case.reasons.all()}
    return verb == Verb.APPROVE and bool(codes & SEVERE_TO_APPROVE)
