"""How a licence stands today, as the desk names it and looks for it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
ENDED_OUT = "ended_out"  # and tracks that rest on it are out


def standing_of(licence: MaterialLicence) -> Promise:
    """Whether it explains anything today, in words."""
    return WORDS[_standing(licence, timezone.localdate())]


def _standing(licence: MaterialLicence, today: date) -> str:
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


class StandingFilter(admin.SimpleListFilter):
    """Valid, ending soon, ended, taken back; and what somebody may want to look at."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All of them."""
        return [*WORDS.items(), (ENDED_OUT, _("ended, and tracks are out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that were chosen."""
        chosen, today = self.value(), timezone.localdate()
        if chosen == ENDED_OUT:
            return queryset.filter(with_standing(ENDED, today), out_count__gt=0)
        return queryset.filter(with_standing(chosen, today)) if chosen in WORDS else queryset
