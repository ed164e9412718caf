"""Releases, tracks and what was declared, to look at; they are changed elsewhere."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ReadOnlyAdmin, ReadOnlyInline
from apps.catalogue.models import Contributor, Declaration, Proof, Release, Track


class TrackInline(ReadOnlyInline):
    """The tracks of a release."""

    model = Track
    fields = ("position", "title", "version_title", "isrc", "state")
    show_change_link = True


class ContributorInline(ReadOnlyInline):
    """Who is credited."""

    model = Contributor
    fields = ("name", "role")


class DeclarationInline(ReadOnlyInline):
    """What was declared, and when."""

    model = Declaration
    fk_name = "track"
    fields = ("created_at", "made_by", "terms_version", "document")


class ProofInline(ReadOnlyInline):
    """What the artist sent; the case page hands the files out."""

    model = Proof
    fields = ("original_name", "concerns", "size_bytes", "created_at")


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Releases, newest first."""

    list_display = ("title", "owner", "label", "upc", "created_at")
    list_select_related = ("owner", "label")
    list_filter = ("label",)
    search_fields = ("title", "upc", "owner__email", "owner__name")
    date_hierarchy = "created_at"
    inlines = (TrackInline,)
    list_per_page = 50


@admin.register(Track)
class TrackAdmin(ReadOnlyAdmin):
    """Tracks with their state."""

    list_display = ("title", "main_artists", "release", "state", "isrc", "changed_at")
    list_filter = ("state", "release__label")
    search_fields = ("title", "isrc", "contributors__name", "release__owner__email")
    ordering = ("-changed_at",)
    exclude = ("answers", "revision")
    inlines = (ContributorInline, ProofInline, DeclarationInline)
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Track]:
        """With everything that a row shows, in three queries for the page."""
        rows = super().get_queryset(request).select_related("release", "audio")
        return rows.prefetch_related("contributors")

    @admin.display(description=_("artist"))
    def main_artists(self, track: Track) -> str:
        """Names of the main artists."""
        main = (c.name for c in track.contributors.all() if c.role == Contributor.Role.MAIN)
        return ", ".join(main)
