"""Why a use is not allowed: a closed list, each with a sentence for people. Pure.

The sentences are translated where they are shown.
"""

YES = "granted"  # somebody said yes
DEFAULT = "default"  # needs no yes, and nobody said no

UNKNOWN_PERMISSION = "unknown_permission"
JURISDICTION_MISSING = "jurisdiction_missing"
NO_AI = "no_ai"
LABEL_LICENSED = "label_licensed"
UNKNOWN_METADATA = "unknown_metadata"
DISPUTE = "dispute"
DENIED = "denied"
REVOKED = "revoked"
OBJECTED = "objected"
INVALID_AUTHORITY = "invalid_authority"
BEFORE_LIFT = "before_lift"
JURISDICTION = "jurisdiction"
OLD_TERMS = "old_terms"
EXPIRED = "expired"
NOT_PROVEN = "not_proven"
NOT_GRANTED = "not_granted"

# In the order in which they are looked for: a no is counted under the first that applies.
REASONS: dict[str, str] = {
    UNKNOWN_PERMISSION: "We know no such use, so the answer is no.",
    JURISDICTION_MISSING: "The question names no country, so the answer is no.",
    NO_AI: "“No AI” is on.",
    LABEL_LICENSED: "A label licensed this recording. Nothing here trains AI on it.",
    UNKNOWN_METADATA: "Nobody said whether a label licensed this recording, or who holds it.",
    DISPUTE: "Somebody disputes the rights. This waits until that is settled.",
    DENIED: "The answer was no.",
    REVOKED: "The permission was taken back.",
    OBJECTED: "Somebody with rights in it objected.",
    INVALID_AUTHORITY: "Whoever gave the permission had no right to give it.",
    BEFORE_LIFT: "The permission is older than the end of “No AI”, which brings nothing back.",
    JURISDICTION: "The permission was not given for this country.",
    OLD_TERMS: "The permission was given under older terms that allowed less.",
    EXPIRED: "The permission has run out.",
    NOT_PROVEN: "The permission is being written into the log. It counts in a few seconds.",
    NOT_GRANTED: "Nobody gave this permission.",
}
