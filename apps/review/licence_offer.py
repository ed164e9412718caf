"""The form on the case page that turns a proof into a licence: where it starts from."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.review.claim import holder
from apps.review.models import Case
from apps.review.others import Other
from apps.review.standing import waiting_proposal

PERMISSION = "fingerprints.add_materiallicence"
WHOLE, PART, OWNER = "recording", "part", "owner"
COVERS = (
    (WHOLE, gettext_lazy("this recording")),
    (PART, gettext_lazy("only what was found of it")),
    (OWNER, gettext_lazy("everything of its owner: a pack")),
)


def offer(case: Case, user: User, others: Iterable[Other]) -> dict[str, Any] | None:
    """What the form on the case page starts from; None where there is nothing to license, or this
    person registers no licences."""
    known = [one for one in others if one.is_there and not one.found.detail.get("same_owner")]
    free = case.kind != Case.Kind.APPEAL and waiting_proposal(case) is None
    if not (known and free and user.has_perm(PERMISSION) and holder(case) == user):
        return None
    return {"others": known, "covers": COVERS, "today": timezone.localdate().isoformat()}
