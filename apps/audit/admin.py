"""The audit trail in the admin, and the account pages whose changes it records."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin import UserAdmin
from apps.accounts.admin_base import ReadOnlyAdmin
from apps.accounts.models import User
from apps.audit.models import Event
from apps.audit.record import record

WATCHED = ("name", "email", "role", "is_active")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, newest first."""

    list_display = ("at", "kind", "actor", "subject", "data")
    list_select_related = ("actor",)
    list_filter = ("kind", "subject_type")
    search_fields = ("=subject_id", "actor__email")
    ordering = ("-id",)
    list_per_page = 100
    show_full_result_count = False

    @admin.display(description=_("subject"))
    def subject(self, event: Event) -> str:
        """The kind of row and its id."""
        return f"{event.subject_type} {event.subject_id}"


@admin.register(User)
class AuditedUserAdmin(UserAdmin):
    """Accounts; every change of a person's name, role, access or labels becomes an event."""

    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool
    ) -> None:
        """Saves and records what changed, from what to what."""
        super().save_model(request, obj, form, change)
        changed = [name for name in WATCHED if name in form.changed_data]
        told = {name: [form.initial.get(name), getattr(obj, name)] for name in changed}
        if changed:
            kind = "user.changed" if change else "user.added"
            record(kind=kind, subject=obj, actor=acting(request), **told)

    @transaction.atomic
    def save_formset(
        self,
        request: HttpRequest,
        form: Any,
        formset: "BaseModelFormSet[Any, Any]",
        change: bool,
    ) -> None:
        """Saves the memberships and records which labels the person now belongs to."""
        super().save_formset(request, form, formset, change)
        if formset.has_changed():
            labels = list(form.instance.labels.values_list("name", flat=True))
            record(kind="user.labels", subject=form.instance, actor=acting(request), labels=labels)


def acting(request: HttpRequest) -> User | None:
    """The account behind the request."""
    return request.user if isinstance(request.user, User) else None
