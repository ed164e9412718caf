"""Reasons about borrowed material and the rights in the result."""

from apps.policy.texts.shape import NONE, ReasonText

RIGHTS: dict[str, ReasonText] = {
    "borrowed_not_cleared": ReasonText(
        "Borrowed material is not licensed",
        "You told us that there is no licence yet for this: {facts}.",
        "Declared as not held.",
        "Get the licence and add it, or take the material out.",
    ),
    "borrowed_proof_missing": ReasonText(
        "The licence is missing",
        "You told us that you hold a licence for this, and sent no proof: {facts}.",
        "Licence claimed, no proof attached.",
        "Add the licence: a contract, a receipt, or an e-mail that names the work and the use.",
    ),
    "borrowed_cleared": ReasonText(
        "Nothing borrowed is open",
        "Nothing is borrowed, or everything borrowed has its licence.",
        "None, or licensed with proof, for every kind of borrowing.",
        NONE,
    ),
    "rights_not_held": ReasonText(
        "Not all rights are yours",
        "You told us that you do not hold every right in the final recording. You answer for every "
        "right in what we deliver, whoever or whatever made it.",
        "Declared.",
        "Get the missing rights, then correct the answer.",
    ),
    "rights_held": ReasonText(
        "You hold the rights",
        "You hold, or have cleared, every right in the final recording.",
        "Declared; the artist accepted responsibility at submission.",
        NONE,
    ),
}
