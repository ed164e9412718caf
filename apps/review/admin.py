"""The review desk in the admin: the queue, and the texts that reviewers send often."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ChoiceField
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ModelAdmin, ReadOnlyAdmin
from apps.accounts.models import User
from apps.policy.reasons import REVIEW_REASONS
from apps.review import beside, cells, licensing, pages, voices
from apps.review.filters import LabelFilter, ReasonFilter, ViewFilter
from apps.review.models import CannedReply, Case
from apps.review.queue import counts, rows


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """The queue, oldest due first; a row opens the case."""

    list_display = ("due", "asked", "why", "what", "account", "who")
    list_display_links = ("what",)
    list_filter = (ViewFilter, ReasonFilter, LabelFilter)
    search_fields = (
        "track__title",
        "track__contributors__name",
        "track__release__title",
        "track__release__owner__email",
        "track__release__owner__name",
    )
    search_help_text = _("Title, artist, release or account")
    ordering = ("due_at", "opened_at")
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/review/case/queue.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """Cases with everything that a row shows."""
        return rows(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        """The desk's own pages before the admin's."""
        wrap = self.admin_site.admin_view
        own = {
            "claim": pages.claim,
            "take": pages.take,
            "release": pages.release,
            "decide": pages.decide,
            "second-look": pages.second_look,
            "renew": beside.renew,
            "sound": beside.sound,
            "licence": licensing.register,
            "compare-voice": voices.compare_voice,
            "check-again": voices.check_again,
        }
        return [
            path(f"<uuid:pk>/{name}/", wrap(view), name=f"review_case_{name.replace('-', '_')}")
            for name, view in own.items()
        ] + [
            path("<uuid:pk>/change/", wrap(pages.case_page), name="review_case_change"),
            path("<uuid:pk>/proofs/<uuid:proof>/", wrap(beside.proof), name="review_case_proof"),
            path("", wrap(self.changelist_view), name="review_case_changelist"),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue with its tabs."""
        if not isinstance(request.user, User) or not self.has_view_permission(request):
            raise PermissionDenied
        shown = {
            "title": _("Review queue"),
            "counts": counts(request.user, timezone.now()),
            **(extra_context or {}),
        }
        response = super().changelist_view(request, shown)
        data = getattr(response, "context_data", None) or {}
        if (changelist := data.get("cl")) is not None:
            spec = next(s for s in changelist.filter_specs if isinstance(s, ViewFilter))
            data["tabs"] = spec.tabs(changelist, data["counts"])
        return response

    @admin.display(description=_("due"))
    def due(self, case: Case) -> SafeString:
        """When the answer is owed."""
        return cells.due_cell(case)

    @admin.display(description=_("asked"))
    def asked(self, case: Any) -> str:
        """What a person is asked for."""
        return cells.asked_words(case, case.second_look)

    @admin.display(description=_("why it is here"))
    def why(self, case: Case) -> SafeString:
        """Reason chips, strongest first."""
        return cells.why_cell(case, case.decision)

    @admin.display(description=_("track"))
    def what(self, case: Case) -> SafeString:
        """Title and artist."""
        return cells.track_cell(case)

    @admin.display(description=_("account"))
    def account(self, case: Case) -> SafeString:
        """Whose account, and its record."""
        return cells.account_cell(case)

    @admin.display(description=_("who has it"))
    def who(self, case: Case) -> SafeString:
        """Who has the case now."""
        return cells.who_cell(case, reverse("admin:review_case_claim", args=[case.pk]))


@admin.register(CannedReply)
class CannedReplyAdmin(ModelAdmin):
    """Texts that reviewers send often. Seniors write them; {title} and {artist} are filled in."""

    list_display = ("title", "reason_code", "is_active")
    list_filter = ("is_active", "reason_code")
    search_fields = ("title", "text")
    actions = None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Reason codes are chosen from the catalogue."""
        if db_field.name == "reason_code":
            choices = [(code, f"{text.title} ({code})") for code, text in REVIEW_REASONS.items()]
            return ChoiceField(choices=choices, label=_("reason"))
        return super().formfield_for_dbfield(db_field, request, **kwargs)
