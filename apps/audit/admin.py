"""The audit trail in the admin, and the account pages whose changes it records."""

import json
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseModelFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin import UserAdmin
from apps.accounts.admin_base import ReadOnlyAdmin
from apps.accounts.models import User
from apps.audit.errors import LedgerError
from apps.audit.models import Checkpoint, Event, Leaf
from apps.audit.proofs import proof_of
from apps.audit.record import record

WATCHED = ("name", "email", "role", "is_active")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, newest first, and whether it is proven."""

    list_display = ("at", "kind", "who", "subject", "particulars")
    list_select_related = ("detail__actor",)
    list_filter = ("kind", "subject_type")
    search_fields = ("=subject_id", "detail__actor__email")
    ordering = ("-id",)
    list_per_page = 100
    show_full_result_count = False
    fields = ("at", "kind", "who", "subject", "particulars", "uid", "payload", "proof")

    def get_urls(self) -> list[URLPattern]:
        """The page of a proof, before those of Django."""
        proof = self.admin_site.admin_view(self.proof_text)
        return [path("<uuid:uid>/proof/", proof, name="audit_event_proof"), *super().get_urls()]

    def proof_text(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        """The proof as a text to keep: whoever has our key can verify it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return HttpResponse(proof_of(uid), content_type="text/plain; charset=utf-8")
        except LedgerError as error:
            raise Http404(str(error)) from error

    @admin.display(description=_("who"), ordering="detail__actor")
    def who(self, event: Event) -> str:
        """The account; a dash for a worker, or once it was erased."""
        return str(event.actor or "–")

    @admin.display(description=_("subject"))
    def subject(self, event: Event) -> str:
        """The kind of row and its id."""
        return f"{event.subject_type} {event.subject_id}"

    @admin.display(description=_("data"))
    def particulars(self, event: Event) -> str:
        """What else was recorded, while it is kept."""
        detail = event.known_detail
        return json.dumps(detail.data, ensure_ascii=False) if detail else str(_("erased"))

    @admin.display(description=_("proof"))
    def proof(self, event: Event) -> str:
        """In which leaf of the log the event stands, with a link to its proof."""
        leaf = Leaf.objects.filter(uid=event.uid).first()
        if leaf is None:
            return str(_("waiting: it is proven within seconds"))
        said = _("proven in leaf %(index)s") % {"index": leaf.index}
        address = reverse("admin:audit_event_proof", args=[event.uid])
        return format_html('{} · <a href="{}">{}</a>', said, address, _("proof"))


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    """What the log signed, newest first."""

    list_display = ("at", "size", "origin", "top")
    ordering = ("-id",)
    list_per_page = 100
    show_full_result_count = False
    fields = ("at", "origin", "size", "top", "note", "vkey")

    @admin.display(description=_("root"))
    def top(self, checkpoint: Checkpoint) -> str:
        """The root in hex."""
        return bytes(checkpoint.root).hex()


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
