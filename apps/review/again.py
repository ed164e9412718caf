"""Screening a track again: a complaint or a reference came in, or a voice is to be compared.

The declaration stays as it was; the checks look anew, and a new decision supersedes the old one.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.review.cases import overtake_case
from apps.screening.models import ScreeningRun
from apps.screening.request import request_run


class CannotScreenAgain(Exception):
    """This track is not in a state in which it can be screened again."""

    def __init__(self) -> None:
        super().__init__(_("Only a track that is held or cleared can be checked again."))


@transaction.atomic
def screen_again(*, track: Track, by: User | None, why: str) -> ScreeningRun:
    """The new run of a held or cleared track. Until it is decided, the gate keeps it back.

    Raises CannotScreenAgain.
    """
    row = Track.objects.select_for_update(of=("self",)).get(pk=track.pk)
    if row.declaration is None or row.state not in (TrackState.HELD, TrackState.CLEARED):
        raise CannotScreenAgain
    if row.state == TrackState.CLEARED:
        move(track=row, to=TrackState.HELD, actor=by, why=why)
    overtake_case(track=row)
    move(track=row, to=TrackState.SUBMITTED, actor=by, why=why)
    return request_run(track=row, declaration=row.declaration, by=by)
