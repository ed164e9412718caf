"""How a licence stands on a day: whether it counts, and as the desk names it and looks for it."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.catalogue.states import TrackState
from apps.fingerprints.licence_rows import MaterialLicence

SOON = timedelta(days=30)
VALID, ENDS_SOON, ENDED, NOT_YET, TAKEN_BACK = "valid", "soon", "ended", "not_yet", "taken_back"
WORDS = {
    VALID: _("valid"),
    ENDS_SOON: _("ends within 30 days"),
    ENDED: _("ended"),
    NOT_YET: _("not yet"),
    TAKEN_BACK: _("taken back"),
}
IS_OUT = Q(uses__track__state=TrackState.CLEARED, uses__asked_at=None)  # a track that rests on it


def standing_of(licence: MaterialLicence) -> Promise:
    """Whether it explains anything today, in words."""
    return WORDS[standing_on(licence, timezone.localdate())]


def standing_on(licence: MaterialLicence, today: date) -> str:
    """One of WORDS. A licence counts while it is VALID or ENDS_SOON."""
    if licence.revoked_at:
        return TAKEN_BACK
    if licence.starts_on > today:
        return NOT_YET
    if licence.ends_on is None or licence.ends_on > today + SOON:
        return VALID
    return ENDED if licence.ends_on < today else ENDS_SOON


def with_standing(name: str, today: date) -> Q:
    """Which licences stand so."""
    ended, begun = Q(ends_on__lt=today), Q(starts_on__lte=today)
    soon = Q(ends_on__gte=today, ends_on__lte=today + SOON)
    conditions = {
        VALID: begun & (Q(ends_on=None) | Q(ends_on__gt=today + SOON)),
        ENDS_SOON: begun & soon,
        ENDED: ended,
        NOT_YET: ~begun,
    }
    if name == TAKEN_BACK:
        return Q(revoked_at__isnull=False)
    return Q(revoked_at=None) & conditions[name]
