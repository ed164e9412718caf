"""The ledger at the desk: rows are added by saying no for somebody, never changed or deleted."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import AddOnlyAdmin, ReadOnlyAdmin
from apps.accounts.models import User
from apps.audit.models import Leaf
from apps.consent.admin_forms import RestrictionForm
from apps.consent.models import ConsentEvent, ConsentRecord
from apps.consent.permissions import agreed_words
from apps.consent.vocabulary import vocabulary

RECENT = 5000  # events whose countries the filter offers
SHOWN = ("words", "leaf", *ConsentEvent.IN_PAYLOAD, "leaf_hex", "payload", "asked")


class UseFilter(admin.SimpleListFilter):
    """By use case: from the vocabulary, without asking the table."""

    title = _("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every use case, and the events about all of them."""
        return [(code, code) for code in vocabulary().use_cases] + [("none", "No AI, disputes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The events of one."""
        if self.value() is None:
            return queryset
        return queryset.filter(use_case="" if self.value() == "none" else self.value())


class PermissionFilter(UseFilter):
    """By permission: the view writes use case and verb in one word."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every permission."""
        return [(one.code, one.code) for one in vocabulary().permissions]


class CountryFilter(admin.SimpleListFilter):
    """By jurisdiction, of those lately seen."""

    title = _("jurisdiction")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """The countries of the newest events."""
        newest = ConsentEvent.objects.order_by("-pk").values_list("jurisdiction", flat=True)
        return [(code, code) for code in sorted(set(newest[:RECENT]) - {""})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of one country."""
        return queryset.filter(jurisdiction=self.value()) if self.value() else queryset


class StatusFilter(admin.SimpleListFilter):
    """By status of the view."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The three of the source."""
        return [("granted", _("yes")), ("denied", _("no")), ("revoked", _("taken back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of one status."""
        return queryset.filter(consent_status=self.value()) if self.value() else queryset


@admin.register(ConsentEvent)
class ConsentEventAdmin(AddOnlyAdmin):
    """Everything that was ever said, newest first."""

    form = RestrictionForm
    list_display = (
        "recorded_at",
        "status",
        "what",
        "jurisdiction",
        "scope",
        "role",
        "terms",
        "leaf",
    )
    list_filter = (UseFilter, "status", CountryFilter, "grantor_role", "method")
    search_fields = ("=uid", "=record_id", "=scope_id", "=subject_ref", "=grantor_ref")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentEvent]:
        """With the number of its leaf, in the same query."""
        leaf = Leaf.objects.filter(uid=OuterRef("uid")).values("index")[:1]
        rows: QuerySet[ConsentEvent] = super().get_queryset(request)
        return rows.annotate(leaf_index=Subquery(leaf))

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """The form of a new one; everything about an old one."""
        return ("target", "act", "permission", "reason") if obj is None else SHOWN

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """All of an old one."""
        return () if obj is None else SHOWN

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form of this person."""
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return type("RestrictionForm", (RestrictionForm,), {"by": cast(User, request.user)})

    def save_model(self, request: HttpRequest, obj: ConsentEvent, form: Any, change: bool) -> None:
        """The verb has written it already."""
        obj.pk, obj.uid = form.made.pk, form.made.uid
        obj.status, obj.scope_type = form.made.status, form.made.scope_type

    @admin.display(description=_("use"))
    def what(self, event: ConsentEvent) -> str:
        """The permission; "No AI" and disputes are about all of them."""
        return event.permission or str(_("everything"))

    @admin.display(description=_("scope"))
    def scope(self, event: ConsentEvent) -> str:
        """What it is about, shortened."""
        return f"{event.scope_type} {event.scope_id[:8]}"

    @admin.display(description=_("as"), ordering="grantor_role")
    def role(self, event: ConsentEvent) -> str:
        """As what somebody spoke."""
        return str(event.get_grantor_role_display())

    @admin.display(description=_("terms"), ordering="policy_version")
    def terms(self, event: ConsentEvent) -> str:
        """Version and epoch."""
        return f"{event.policy_version} ({event.policy_epoch})" if event.policy_version else "–"

    @admin.display(description=_("leaf"))
    def leaf(self, event: Any) -> str:
        """Its number in the log."""
        return str(_("waiting")) if event.leaf_index is None else str(event.leaf_index)

    @admin.display(description=_("leaf hash"))
    def leaf_hex(self, event: ConsentEvent) -> str:
        """In hex."""
        return bytes(event.leaf_hash).hex()

    @admin.display(description=_("words shown"))
    def words(self, event: ConsentEvent) -> str:
        """The exact words that were answered."""
        return agreed_words(event) or "–"

    @admin.display(description=_("what backs it"))
    def asked(self, event: ConsentEvent) -> str:
        """The evidence, while it is kept."""
        kept = getattr(event, "evidence", None)
        told = {key: value for key, value in kept.data.items() if value} if kept else {}
        return "; ".join(f"{key}: {value}" for key, value in told.items()) or "–"


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    """The states of all tracks, in the words of the source: `consent_records`."""

    list_display = (
        "asset",
        "user",
        "use_case",
        "consent_status",
        "policy_version",
        "jurisdiction",
        "captured_at",
        "revoked_at",
    )
    list_display_links = None
    list_select_related = ("asset__audio", "user")
    list_filter = (PermissionFilter, StatusFilter, CountryFilter)
    search_fields = ("=asset__id", "=asset__isrc", "user__email")
    ordering = ("id",)
    list_per_page = 50
    show_full_result_count = False
