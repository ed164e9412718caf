"""References from outside at the desk: looked at, their words mended, forgotten.

They are added by `references add`: a file is decoded within limits, which no web page does.
"""

from typing import cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ModelAdmin
from apps.accounts.models import User
from apps.fingerprints import licence_admin
from apps.fingerprints.errors import ReferenceRefusal
from apps.fingerprints.models import Reference
from apps.fingerprints.references import change_reference, checked_words, remove_reference

__all__ = ["licence_admin"]  # licences have pages of their own

WORDS = ("title", "artist", "isrc", "rights_note")


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
    list_display = ("title", "artist", "owner", "isrc", "source", "length", "added_at")
    list_filter = ("source",)
    search_fields = ("title", "artist", "owner", "=isrc")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    fields = (*WORDS, "source", "owner", "length", "sha256", "added_at", "changed_at")
    readonly_fields = ("source", "owner", "length", "sha256", "added_at", "changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reference]:
        """Without their prints, which no page shows."""
        return super().get_queryset(request).defer("items", "marks")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: `references add` decodes files."""
        return False

    @admin.display(description=_("length"), ordering="duration_s")
    def length(self, reference: Reference) -> str:
        """Minutes and seconds."""
        minutes, seconds = divmod(round(reference.duration_s), 60)
        return f"{minutes}:{seconds:02d}"

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
