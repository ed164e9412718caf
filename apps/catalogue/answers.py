"""Saving answers about how a track was made, and keeping its proofs with what they prove."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.catalogue.drafts import save_track_draft
from apps.catalogue.models import Track
from apps.catalogue.proofs import is_submitted, remove_proof

GONE = "gone"  # what a proof concerns once its entry was taken out of the answers
Moved = Mapping[str, str | None]  # path before -> path now, None where the entry was taken out


@transaction.atomic
def save_answers(
    *, track: Track, by: User, revision: int, answers: Mapping[str, Any], moved: Moved
) -> Track:
    """Saves the answers and returns the saved row.

    Proofs name entries by their place ("borrowed.1"), so they move with them. A proof whose entry
    is gone goes too, unless it was submitted: then it stays with the record and proves nothing
    more. Raises DraftConflict, NotEditable.
    """
    saved = save_track_draft(
        track=track, by=by, revision=revision, values={"answers": dict(answers)}
    )
    for proof in list(saved.proofs.filter(concerns__in=moved)):
        to = moved[proof.concerns]
        if to is None and not is_submitted(proof):
            remove_proof(proof=proof, by=by)
        elif proof.concerns != to:
            proof.concerns = to or GONE
            proof.save(update_fields=["concerns"])
    return saved
