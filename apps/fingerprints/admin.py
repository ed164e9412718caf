"""References from outside at the desk: looked at, their words mended, forgotten.

They are handed in on a page of their own, by the API or `references add`; a worker decodes them.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ModelAdmin
from apps.accounts.models import User
from apps.fingerprints import licence_admin
from apps.fingerprints.errors import ReferenceRefusal
from apps.fingerprints.models import Reference, RetroFind, RetroSearch
from apps.fingerprints.references import change_reference, checked_words, remove_reference
from apps.fingerprints.retro_telling import finds_of, in_words

__all__ = ["licence_admin"]  # licences have pages of their own

WORDS = ("title", "artist", "isrc", "rights_note")
MOST_TRACKS = 100  # that hold one reference and are listed


class ReferenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people say of a reference; what was heard of it is not in their hands."""

    isrc = forms.CharField(label="ISRC", required=False, max_length=20)  # with its hyphens, too

    class Meta:
        model = Reference
        fields = WORDS

    def clean(self) -> dict[str, str]:
        """The same rules as on the command line."""
        given = {name: self.cleaned_data.get(name) or "" for name in WORDS}
        try:
            return checked_words(given)
        except ReferenceRefusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


@admin.register(Reference)
class ReferenceAdmin(ModelAdmin):
    """Recordings from outside that uploads are compared with."""

    form = ReferenceForm
    list_display = ("title", "artist", "owner", "isrc", "source", "length", "added_at", "found")
    list_filter = ("source",)
    search_fields = ("title", "artist", "owner", "=isrc")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/fingerprints/references.html"
    readonly_fields = (
        "source", "owner", "length", "kept", "sha256", "added_at", "changed_at", "found",
        "tracks",
    )  # fmt: skip
    fields = (*WORDS, *readonly_fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reference]:
        """Without their prints, which no page shows; with where each was found."""
        rows: QuerySet[Any] = super().get_queryset(request).defer("items", "marks")
        rows = rows.select_related("retro")
        rows = rows.annotate(found_count=Count("retro__finds__track", distinct=True))
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never here: a recording is handed in, and a worker hears it."""
        return False

    @admin.display(description=_("copy for reviewers"), boolean=True)
    def kept(self, reference: Reference) -> bool:
        """Whether reviewers can hear it."""
        return bool(reference.preview)

    @admin.display(description=_("length"), ordering="duration_s")
    def length(self, reference: Reference) -> str:
        """Minutes and seconds."""
        minutes, seconds = divmod(round(reference.duration_s), 60)
        return f"{minutes}:{seconds:02d}"

    @admin.display(description=_("looked for in our tracks"))
    def found(self, reference: Reference) -> str:
        """In how many tracks it was found."""
        return in_words(reference)

    @admin.display(description=_("found in"))
    def tracks(self, reference: Reference) -> str:
        """The tracks that hold it: what each is now, and what was done."""
        search = RetroSearch.objects.filter(reference=reference).first()
        rows = finds_of(search)[:MOST_TRACKS] if search else []
        lines = (
            (_url(row), row.track, row.track.get_state_display(), row.get_state_display())
            for row in rows
        )
        listed = format_html_join("", '<li><a href="{}">{}</a>: {} · {}</li>', lines)
        return format_html("<ul>{}</ul>", listed) if listed else "–"

    def save_model(
        self, request: HttpRequest, obj: Reference, form: "ModelForm[Reference]", change: bool
    ) -> None:
        """Changes the words by the verb."""
        words = {name: form.cleaned_data[name] for name in WORDS}
        change_reference(reference_id=obj.pk, by=cast(User, request.user), **words)

    def delete_model(self, request: HttpRequest, obj: Reference) -> None:
        """Forgets one by the verb."""
        remove_reference(reference_id=obj.pk, by=cast(User, request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Reference]) -> None:
        """Forgets those that were chosen, each by the verb."""
        for key in queryset.values_list("pk", flat=True):
            remove_reference(reference_id=key, by=cast(User, request.user))


def _url(find: RetroFind) -> str:
    return reverse("admin:catalogue_track_change", args=[find.track_id])
