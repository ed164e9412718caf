"""The desk of what was taken back: cases with their proofs, what is owed, who received what.

Rows come from the log and from the verbs; nothing is edited here. People decide about obligations,
keep the list of recipients, and write down what was handed over.
"""

import json
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import AddOnlyAdmin, ModelAdmin, ReadOnlyAdmin
from apps.accounts.models import User
from apps.training import admin_cells as cells
from apps.training.admin_forms import DisclosureForm, ObligationForm
from apps.training.models import (
    Disclosure,
    Notification,
    Obligation,
    Recipient,
    RevocationCase,
)
from apps.training.revocation.receipts import cannot_be_undone

TRACKS_SHOWN = 50


class TitledAdmin(ModelAdmin):
    """A list with a title in plain words."""

    list_title: Any = ""
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list under its title."""
        return super().changelist_view(request, {"title": self.list_title, **(extra_context or {})})


class OpenFilter(admin.SimpleListFilter):
    """Open or closed; only the open ones unless somebody asks."""

    title = _("state")
    parameter_name = "state"
    opened = Q(closed_at=None, lifted_at=None)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The other choices; "all" of Django's own stands for the open ones."""
        return [("done", _("done")), ("every", _("open and done"))]

    def choices(self, changelist: Any) -> Any:
        """Django's “all” is “open” here."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("open")} if number == 0 else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of one state."""
        if self.value() == "every":
            return queryset
        wanted = ~self.opened if self.value() == "done" else self.opened
        return queryset.filter(wanted)


class OwedFilter(OpenFilter):
    """The same for obligations."""

    opened = Q(closed_at=None)


class ToldFilter(OpenFilter):
    """The same for notices."""

    opened = Q(acknowledged_at=None)


@admin.register(RevocationCase)
class RevocationCaseAdmin(TitledAdmin, ReadOnlyAdmin):
    """Everything that was taken back, the newest first, with what is due next."""

    list_title = _("What was taken back")
    list_display = ("due", "what", "tracks", "progress", "models", "opened_at")
    list_display_links = ("what",)
    list_filter = (OpenFilter, "kind")
    search_fields = ("=id", "=trigger", "=subject_ref", "=tracks__track_id")
    search_help_text = _("The id of a case, of a track, or of the row it began with")
    ordering = ("-opened_at",)
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RevocationCase]:
        """With everything that a row shows."""
        rows: QuerySet[RevocationCase] = super().get_queryset(request)
        return rows.prefetch_related("steps").annotate(
            tracks_count=Count("tracks", distinct=True),
            models=Count("obligations", distinct=True),
            open_models=Count("obligations", filter=Q(obligations__closed_at=None), distinct=True),
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a case: steps with proofs, obligations, recipients, the receipt."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = get_object_or_404(self.get_queryset(request), pk=object_id)
        context = {**self.admin_site.each_context(request), **_page_of(case)}
        return render(request, "admin/training/case.html", context)

    @admin.display(description=_("due next"))
    def due(self, case: RevocationCase) -> SafeString:
        """When the next step is due."""
        return cells.case_due(case)

    @admin.display(description=_("what happened"))
    def what(self, case: RevocationCase) -> SafeString:
        """What set it off."""
        return cells.what_happened(case)

    @admin.display(description=_("tracks"))
    def tracks(self, case: Any) -> int:
        """How many it is about."""
        return int(case.tracks_count)

    @admin.display(description=_("steps"))
    def progress(self, case: RevocationCase) -> SafeString:
        """How far it is."""
        return cells.progress(case)

    @admin.display(description=_("models"))
    def models(self, case: RevocationCase) -> SafeString:
        """What models owe."""
        return cells.owed(case)


@admin.register(Obligation)
class ObligationAdmin(TitledAdmin):
    """What is owed for which model, the most urgent first; a row opens the form to decide."""

    list_title = _("What models owe")
    form = ObligationForm
    list_display = ("due", "version", "state", "remedy_words", "owner", "why")
    list_display_links = ("version",)
    list_filter = (OwedFilter, "remedy", "model_version__model_class")
    list_select_related = ("model_version", "case", "owner")
    search_fields = ("model_version__name", "=case__id")
    ordering = ("due_at",)
    sortable_by = ()
    list_per_page = 50
    actions = None
    change_form_template = "admin/training/obligation.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The form while it is open and the person may; otherwise what was decided."""
        told = ("version", "why", "due", "owner")
        if obj is None or obj.closed_at or not self.has_change_permission(request, obj):
            return (*told, "remedy_words", "decided_by", "evidence", "closed_at")
        return (*told, "remedy_words", "act", "remedy", "successor", "shown")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All but the form."""
        told = ("version", "why", "due", "owner", "remedy_words", "decided_by", "evidence")
        return (*told, "closed_at")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form of this person."""
        kwargs["fields"] = ()
        return type("ObligationForm", (ObligationForm,), {"by": cast(User, request.user)})

    def save_model(self, request: HttpRequest, obj: Obligation, form: Any, change: bool) -> None:
        """The verb has written it already."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit trail has it."""
        return None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: a case makes them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may decide, until it is met."""
        may = super().has_change_permission(request, obj)
        return may and not (obj is not None and obj.closed_at)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    @admin.display(description=_("due"))
    def due(self, row: Obligation) -> SafeString:
        """When, in words and colour."""
        return cells.done(str(_("met")), row.closed_at) if row.closed_at else cells.due(row.due_at)

    @admin.display(description=_("model"))
    def version(self, row: Obligation) -> str:
        """Which version."""
        return str(row.model_version)

    @admin.display(description=_("its state"))
    def state(self, row: Obligation) -> SafeString:
        """Blocked and retired stand out."""
        model = row.model_version
        return cells.state_chip(model.state, model.get_state_display())

    @admin.display(description=_("decided"))
    def remedy_words(self, row: Obligation) -> str:
        """How it will be met, or was."""
        return str(row.get_remedy_display() or _("nobody decided yet"))

    @admin.display(description=_("because of"))
    def why(self, row: Obligation) -> SafeString:
        """The case, as a link."""
        link = reverse("admin:training_revocationcase_change", args=[row.case_id])
        return format_html('<a href="{}">{}</a>', link, row.case)


@admin.register(Recipient)
class RecipientAdmin(TitledAdmin):
    """Who receives tracks or datasets, and where they are told."""

    list_title = _("Recipients")
    list_display = ("name", "country", "email", "contract", "received")
    search_fields = ("name", "email")
    fields = ("name", "email", "country", "contract")
    ordering = ("name",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recipient]:
        """With how often they received something."""
        rows: QuerySet[Recipient] = super().get_queryset(request)
        return rows.annotate(times=Count("disclosures"))

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: what they received stays known."""
        return False

    @admin.display(description=_("received"))
    def received(self, row: Any) -> int:
        """How often."""
        return int(row.times)


@admin.register(Disclosure)
class DisclosureAdmin(TitledAdmin, AddOnlyAdmin):
    """What was handed over: added once, never changed."""

    list_title = _("What was handed over")
    form = DisclosureForm
    list_display = ("at", "recipient", "what", "snapshot", "track_id")
    list_select_related = ("recipient", "snapshot")
    list_filter = ("recipient",)
    search_fields = ("what", "=track_id", "recipient__name")
    ordering = ("-at",)
    actions = None

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """The form of a new one; everything about an old one."""
        if obj is None:
            return ("recipient", "what", "snapshot", "track")
        return ("at", "recipient", "what", "snapshot", "track_id")

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """All of an old one."""
        return () if obj is None else self.get_fields(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form of this person."""
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return type("DisclosureForm", (DisclosureForm,), {"by": cast(User, request.user)})

    def save_model(self, request: HttpRequest, obj: Disclosure, form: Any, change: bool) -> None:
        """The verb has written it already."""
        obj.pk = form.made.pk


@admin.register(Notification)
class NotificationAdmin(TitledAdmin, ReadOnlyAdmin):
    """Who was told of which case, who confirmed, and whom somebody has to call."""

    list_title = _("Who was told")
    list_display = ("due", "recipient", "case", "sent_at", "reminded_at", "escalated_at")
    list_select_related = ("recipient", "case")
    list_filter = (ToldFilter, "recipient")
    fields = ("due", "recipient", "case", "sent_at", "reminded_at", "escalated_at")
    readonly_fields = ("due",)
    ordering = ("due_at",)
    sortable_by = ()

    @admin.display(description=_("answer due"))
    def due(self, row: Notification) -> SafeString:
        """Until when they are to confirm, or that they did."""
        if row.acknowledged_at:
            return cells.done(str(_("confirmed")), row.acknowledged_at)
        return cells.due(row.due_at)


def _page_of(case: RevocationCase) -> dict[str, Any]:
    """What the page of a case shows."""
    obligations = case.obligations.select_related("model_version", "owner", "decided_by")
    steps = [
        (step, cells.due(step.due_at), json.dumps(step.proof, indent=1, ensure_ascii=False))
        for step in case.steps.order_by("pk")
    ]
    return {
        "title": _("Taken back"),
        "case": case,
        "what": cells.what_happened(case),
        "due": cells.case_due(case),
        "steps": steps,
        "obligations": [(one, cells.due(one.due_at)) for one in obligations],
        "told": [
            (one, cells.due(one.due_at)) for one in case.notifications.select_related("recipient")
        ],
        "tracks": case.tracks.order_by("pk")[:TRACKS_SHOWN],
        "undone": cannot_be_undone(case),
    }
