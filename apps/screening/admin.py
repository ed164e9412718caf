"""Screening runs, to look at: the queue, what each check said, and what could not be finished."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ReadOnlyAdmin, ReadOnlyInline
from apps.screening.models import CheckResult, ScreeningRun


class CheckResultInline(ReadOnlyInline):
    """What each check said."""

    model = CheckResult
    fields = ("slug", "version", "status", "note", "cpu_s", "wall_s")


@admin.register(ScreeningRun)
class ScreeningRunAdmin(ReadOnlyAdmin):
    """Runs, newest first."""

    list_display = ("track", "state", "attempts", "stage", "took", "error_code", "created_at")
    list_filter = ("state", "error_code")
    list_select_related = ("track__audio",)
    search_fields = ("track__title", "id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = (
        ("track", "audio", "declaration"),
        ("state", "attempts", "stage"),
        ("error_code", "error_text"),
        ("created_at", "started_at", "finished_at"),
        ("lease_until", "cpu_s", "wall_s"),
    )
    inlines = (CheckResultInline,)
    list_per_page = 50

    @admin.display(description=_("took"))
    def took(self, run: ScreeningRun) -> str:
        """Wall seconds of work, over all attempts."""
        return "" if run.wall_s is None else _("%(seconds).1f s") % {"seconds": run.wall_s}
