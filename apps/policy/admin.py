"""Rulesets and decisions in the admin: to look at, never to change."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ReadOnlyAdmin
from apps.policy.models import Decision, Ruleset


@admin.register(Ruleset)
class RulesetAdmin(ReadOnlyAdmin):
    """Every version of the law."""

    list_display = ("id", "state", "effective_from", "activated_at", "activated_by", "sha256")
    list_filter = ("state",)
    list_select_related = ("activated_by",)
    fields = (*list_display, "text", "created_at")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Every decision, newest first."""

    list_display = ("created_at", "track", "outcome", "codes", "made_by", "ruleset")
    list_select_related = ("track", "track__audio", "made_by", "ruleset")
    list_filter = ("outcome", "automated_decision", "ruleset")
    search_fields = ("=id", "=track__id", "track__title")
    ordering = ("-created_at",)
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=_("reasons"))
    def codes(self, decision: Decision) -> str:
        """The rules that decided, strictest first."""
        return ", ".join(reason["rule"] for reason in decision.reasons)
