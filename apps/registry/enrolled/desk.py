"""Enrolled voices in the admin: lists to look at; the pages that change something are our own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ReadOnlyAdmin
from apps.registry.enrolled import pages
from apps.registry.enrolled.forms import StartForm
from apps.registry.enrolled.steps import MANAGE
from apps.registry.models import VoiceClip, VoiceEnrolment, VoiceRegister


@admin.register(VoiceRegister)
class VoiceRegisterAdmin(ReadOnlyAdmin):
    """One page with the switch."""

    def get_urls(self) -> list[URLPattern]:
        """The page instead of a list of one row."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(pages.register_page), name="registry_voiceregister_changelist"),
            path("switch/", wrap(pages.switch), name="registry_voiceregister_switch"),
        ]


@admin.register(VoiceEnrolment)
class VoiceEnrolmentAdmin(ReadOnlyAdmin):
    """Every enrolment; a row opens its checklist."""

    list_display = ("person", "state", "expires_at", "self_consistency", "collides", "started_at")
    list_filter = ("state",)
    list_select_related = ("person",)
    search_fields = ("person__name", "person__aliases__text")
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/registry/voiceenrolment/list.html"

    def get_urls(self) -> list[URLPattern]:
        """The checklist and its steps."""
        wrap = self.admin_site.admin_view
        own = [
            path(
                f"<uuid:pk>/{name}/",
                wrap(pages.take_step),
                {"name": name},
                name=f"registry_voiceenrolment_{name}",
            )
            for name in pages.STEPS
        ]
        return [
            path("", wrap(self.changelist_view), name="registry_voiceenrolment_changelist"),
            path("start/", wrap(pages.start), name="registry_voiceenrolment_start"),
            path(
                "<uuid:pk>/change/",
                wrap(pages.enrolment_page),
                name="registry_voiceenrolment_change",
            ),
            *own,
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the form that begins an enrolment."""
        may = getattr(request.user, "has_perm", lambda _name: False)(MANAGE)
        start = StartForm() if may else None
        shown = {"title": _("Enrolled voices"), "start": start, **(extra_context or {})}
        return super().changelist_view(request, shown)

    @admin.display(description=_("like others"))
    def collides(self, row: VoiceEnrolment) -> str:
        """How many enrolled voices this one cannot be told apart from."""
        return str(len(row.collisions)) if row.collisions else "–"


@admin.register(VoiceClip)
class VoiceClipAdmin(ReadOnlyAdmin):
    """No list: a clip is heard from a case, and every hearing is audited."""

    def get_urls(self) -> list[URLPattern]:
        """Only the sound."""
        sound = self.admin_site.admin_view(pages.sound)
        return [path("<uuid:pk>/sound/", sound, name="registry_voiceclip_sound")]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """It stands in no menu."""
        return False
