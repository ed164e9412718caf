"""Asking that a reference be looked for in the tracks that we have: a row, then a bell."""

from django.db import transaction
from django.utils import timezone

from apps.catalogue.wake import wake
from apps.fingerprints.errors import NotAReference
from apps.fingerprints.models import Reference
from apps.fingerprints.retro_rows import RetroSearch

TASK = "pipeline.search_back"


@transaction.atomic
def ask_retro(*, reference_id: int, ring: bool = True) -> RetroSearch:
    """The search for a reference, to be done (again). Raises NotAReference."""
    if not Reference.objects.filter(pk=reference_id).exists():
        raise NotAReference(given=reference_id)
    search, _made = RetroSearch.objects.update_or_create(
        reference_id=reference_id,
        defaults={
            "state": RetroSearch.State.WAITING,
            "asked_at": timezone.now(),
            "attempts": 0,
            "trouble": "",
        },
    )
    if ring:
        wake(TASK, str(search.pk))
    return search
