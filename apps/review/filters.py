"""Filters of the queue."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Label
from apps.review.cells import reason_title
from apps.review.models import Case, CaseReason
from apps.review.queue import OPEN, VIEWS


class ViewFilter(admin.SimpleListFilter):
    """Which view of the queue; shown as tabs above the list, so its own template is empty."""

    title = _("view")
    parameter_name = "view"
    template = "admin/review/case/_tabs_stand_above.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The views by their slugs."""
        return [(view.slug, view.label) for view in VIEWS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """The cases of the chosen view; of all open ones where none was chosen."""
        chosen = next((view for view in VIEWS if view.slug == self.value()), VIEWS[0])
        return queryset.filter(chosen.condition(request.user, timezone.now()))  # type: ignore[arg-type]

    def tabs(self, changelist: ChangeList, counts: dict[str, int]) -> list[dict[str, Any]]:
        """Each view with its count and the address that keeps the other filters."""
        return [
            {
                "label": view.label,
                "count": counts.get(view.slug),
                "selected": view.slug == (self.value() or VIEWS[0].slug),
                "href": changelist.get_query_string({"view": view.slug}, ["p"]),
            }
            for view in VIEWS
        ]


class LastingFilter(admin.SimpleListFilter):
    """A filter that also holds when nothing is left to choose: an old link never shows all."""

    def has_output(self) -> bool:
        """Always: without it the admin would drop the parameter and show every case."""
        return True


class ReasonFilter(LastingFilter):
    """Cases that are here for one reason."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The reasons of open cases, by title."""
        open_cases = CaseReason.objects.filter(case__state=Case.State.OPEN)
        codes = open_cases.order_by("code").values_list("code", flat=True).distinct()
        return sorted(((code, reason_title(code)) for code in codes), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Cases with this reason among theirs."""
        return queryset.filter(reasons__code=self.value()) if self.value() else queryset


class LabelFilter(LastingFilter):
    """Cases of one label."""

    title = _("label")
    parameter_name = "label"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Labels that have open cases."""
        open_cases = Case.objects.filter(OPEN).values("track__release__label")
        labels = Label.objects.filter(pk__in=open_cases)
        return [(str(label.pk), label.name) for label in labels]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Cases of this label's releases."""
        chosen = self.value()
        if chosen is None:
            return queryset
        if chosen not in dict(self.lookup_choices):  # typed into the address, or gone meanwhile
            return queryset.none()
        return queryset.filter(track__release__label=UUID(chosen))
