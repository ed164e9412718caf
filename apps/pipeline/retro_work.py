"""Searching for new references in the tracks that we have: what a worker does, and the command."""

import logging

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone

from apps.fingerprints.looking_back import look_back
from apps.fingerprints.models import RetroSearch
from apps.fingerprints.retro_asking import ask_retro
from apps.pipeline.retro import act_on, act_on_waiting, waiting

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3


def do_search(search_id: int | str) -> int:
    """One search and what follows from it; how many tracks were found anew. Raises nothing.

    It may run twice, or at the same time as another: finds are kept once.
    """
    search = waiting().filter(pk=search_id).select_related("reference").first()
    if search is None:
        return 0
    RetroSearch.objects.filter(pk=search.pk).update(attempts=F("attempts") + 1)
    try:
        found = look_back(search)
    except Exception as error:  # MemoryError too: let out, it would end the worker
        _give_up(search, error)
        return 0
    for find in found:
        act_on(find)
    return len(found)


def search_now(reference_id: int) -> RetroSearch:
    """Looks for a reference at once; the search with its finds. Raises NotAReference."""
    search = ask_retro(reference_id=reference_id, ring=False)
    do_search(search.pk)
    search.refresh_from_db()
    act_on_waiting(search)
    return search


def _give_up(search: RetroSearch, error: Exception) -> None:
    log.error("The search for reference %s failed", search.reference_id, exc_info=error)
    state = RetroSearch.State
    last = search.attempts + 1 >= MOST_ATTEMPTS
    try:
        RetroSearch.objects.filter(pk=search.pk, state=state.WAITING).update(
            state=state.FAILED if last else state.WAITING,
            trouble=f"{type(error).__name__}: {error}"[:300],
            asked_at=timezone.now(),
        )
    except DatabaseError:  # then it waits, and the sweep rings again
        log.exception("The search for reference %s could not be given back", search.reference_id)
