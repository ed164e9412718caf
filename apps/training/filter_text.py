"""How the tracks of a snapshot were chosen, in words to check. In English: it is hashed."""

from apps.training.allowlist import AllowList
from apps.training.listing_now import ALL_REASONS


def filter_text(found: AllowList) -> str:
    """The question and the rules, one sentence each."""
    envelope, asked = found.envelope, found.asked
    needed = ", ".join(one.code for one in envelope.requires)
    cleared = (
        "The rulebook has cleared the recording as it is."
        if envelope.needs_clearance
        else "No clearance by the rulebook is needed."
    )
    return "\n".join(
        [
            f"For models of the class {envelope.model_class} (envelope {envelope.name}).",
            f"Allowed: {needed}; of every one of {', '.join(envelope.rights_layers)}; "
            f"in every one of {', '.join(asked.jurisdictions)}.",
            f"Under the terms {found.terms.version}; a yes counts from epoch {found.min_epoch} on.",
            "“No AI” is off, no label licensed it, no dispute is open, wherever that bars the use.",
            cleared,
            "The hash of the recording is known.",
            f"As of {asked.at.isoformat()}, as known at {asked.known_at.isoformat()}.",
            f"Every other track is counted under the first of: {', '.join(ALL_REASONS)}.",
        ]
    )
