"""What the artist says to the person who will decide: added to the open case of a track."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.review.models import Case

MAX_NOTE = 4000


class CannotExplain(Exception):
    """Nobody waits for an explanation, or there is none; the message says what to do instead."""


@transaction.atomic
def explain_to_reviewer(*, track: Track, by: User, note: str) -> Case:
    """Adds the note to the open case; whoever has it open is told that it changed.

    Raises CannotExplain.
    """
    text = note.strip()
    if not text:
        raise CannotExplain(_("Write a sentence or two first."))
    Track.objects.select_for_update().get(pk=track.pk)
    case = Case.objects.select_for_update().filter(track=track, state=Case.State.OPEN).first()
    if case is None:
        raise CannotExplain(_("Nobody is waiting for an explanation of this track any more."))
    said = "\n\n".join(part for part in (case.artist_note, text) if part)
    if len(said) > MAX_NOTE:
        raise CannotExplain(
            _("That is more than a reviewer can read. Keep it under %(most)s characters in all.")
            % {"most": MAX_NOTE}
        )
    Case.objects.filter(pk=case.pk).update(artist_note=said, version=F("version") + 1)
    record(kind="case.explained", subject=case, actor=by, track=str(track.pk))
    case.refresh_from_db()
    return case
