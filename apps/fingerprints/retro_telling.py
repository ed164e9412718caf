"""What looking back found, for people and programs."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.fingerprints.models import Reference, RetroFind, RetroSearch


def finds_of(search: RetroSearch) -> QuerySet[RetroFind]:
    """Tracks in which the reference was found, with what names them."""
    return search.finds.select_related("track__audio").order_by("pk")


def told(search: RetroSearch) -> dict[str, Any]:
    """As `references retro` prints it."""
    return {
        "reference": search.reference_id,
        "title": search.reference.title,
        "state": search.state,
        "trouble": search.trouble,
        "found": [_find(find) for find in finds_of(search)],
    }


def in_words(reference: Reference) -> str:
    """Where the reference was found, in a few words. Reads `found_count` of the row."""
    search = getattr(reference, "retro", None)
    if search is None:
        return str(_("not looked for"))
    count = getattr(reference, "found_count", 0)
    found = ngettext("found in %(count)s track", "found in %(count)s tracks", count)
    words = found % {"count": count}
    if search.state == RetroSearch.State.DONE:
        return words
    return f"{search.get_state_display()}; {words}" if count else str(search.get_state_display())


def _find(find: RetroFind) -> dict[str, Any]:
    return {
        "track": str(find.track_id),
        "title": str(find.track),
        "track_state": find.track.state,
        "class": find.relation,
        "state": find.state,
        "segments": find.stretches,
    }
