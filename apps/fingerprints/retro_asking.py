"""Asking that a reference be looked for in the tracks that we have: a row, then a bell."""

from django.db import transaction
from django.utils import timezone

from apps.catalogue.wake import wake
from apps.fingerprints.errors import NotAReference
from apps.fingerprints.models import Reference
from apps.fingerprints.retro_rows import RetroSearch

TASK = "pipeline.search_back"
FEW = 10  # searches that may stand in the queue before uploads that come in


@transaction.atomic
def ask_retro(*, reference_id: int, ring: bool = True) -> RetroSearch:
    """The search for a reference, to be done (again). Raises NotAReference.

    A takedown notice rings at once. A delivery of thousands must not keep uploads waiting: where
    FEW wait already, the sweep rings for the others, that many at a time.
    """
    reference = Reference.objects.filter(pk=reference_id).only("source").first()
    if reference is None:
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
    if ring and (reference.source == Reference.Source.TAKEDOWN or _are_few()):
        wake(TASK, str(search.pk))
    return search


def _are_few() -> bool:
    waiting = RetroSearch.objects.filter(state=RetroSearch.State.WAITING).order_by()
    return waiting[: FEW + 1].count() <= FEW
