"""The register at the desk: protected people, standings, claims and artist keys.

Forms show and check; what they change goes through the verbs of this app, with their audit events.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ModelAdmin, TabularInline
from apps.accounts.models import User
from apps.registry.admin_forms import (
    PERSON_FIELDS,
    AliasForm,
    ArtistKeyForm,
    ClaimForm,
    ImportForm,
    PersonForm,
    StandingForm,
)
from apps.registry.artist_keys import make_artist_key, revoke_artist_key
from apps.registry.claims import accept_claim, decline_claim
from apps.registry.enrolled import desk
from apps.registry.errors import RegisterError
from apps.registry.importing import Report, import_people
from apps.registry.models import Alias, ArtistKey, Claim, Person, Standing
from apps.registry.people import OtherName, add_person, change_person
from apps.registry.reading_files import COLUMNS, UnreadableList, read_csv
from apps.registry.standings import grant_standing, revoke_standing

__all__ = ["desk"]  # enrolled voices have pages of their own


class _Kept(ModelAdmin):
    """Rows that are never deleted."""

    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: rows are switched off or taken back."""
        return False

    def refuse(self, request: HttpRequest, error: RegisterError) -> None:
        """Tells why something was not done."""
        self.message_user(request, str(error), messages.ERROR)


class AliasInline(TabularInline):
    """The other names of a person."""

    model = Alias
    form = AliasForm
    extra = 1


@admin.register(Person)
class PersonAdmin(_Kept):
    """Protected people with their other names."""

    form = PersonForm
    inlines = (AliasInline,)
    fields = PERSON_FIELDS
    list_display = ("name", "kind", "is_word", "is_active", "source", "changed")
    list_filter = ("is_active", "kind", "is_word")
    search_fields = ("name", "aliases__text", "=spotify_artist_id", "=musicbrainz_id", "=isni")
    actions = None
    change_list_template = "admin/registry/people.html"

    def get_urls(self) -> list[Any]:
        """The pages of Django, and the import."""
        page = self.admin_site.admin_view(self.import_page)
        return [path("import/", page, name="registry_person_import"), *super().get_urls()]

    def save_model(
        self, request: HttpRequest, obj: Person, form: "ModelForm[Person]", change: bool
    ) -> None:
        """Adds or changes the person by the verb; other names follow in `save_related`."""
        fields = {key: form.cleaned_data[key] for key in PERSON_FIELDS if key in form.cleaned_data}
        if change:
            change_person(person=obj, by=_by(request), **fields)
            return
        person = add_person(by=_by(request), **fields)
        obj.pk, obj._state.adding = person.pk, False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Replaces the other names by what the page holds."""
        rows = [row.cleaned_data for formset in formsets for row in formset.forms]
        kept = [row for row in rows if row.get("text") and not row.get("DELETE")]
        names = [OtherName(row["text"], row["kind"]) for row in kept]
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if formsets:
            change_person(person=form.instance, by=_by(request), aliases=names)

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """Takes a CSV file, or only looks at it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        report = None
        if request.method == "POST" and form.is_valid():
            try:
                report = _import(form.cleaned_data, _by(request))
            except UnreadableList as error:
                form.add_error("file", str(error))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import protected people"),
            "form": form,
            "report": report,
            "columns": ", ".join(COLUMNS),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/registry/import.html", context)


@admin.register(Standing)
class StandingAdmin(_Kept):
    """Who is, or represents, whom. Granted here, taken back by the action of the list."""

    form = StandingForm
    list_display = ("account", "person", "relation", "proof_kind", "granted_at", "revoked_at")
    list_select_related = ("account", "person")
    list_filter = ("relation", "proof_kind", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("account__email", "account__name", "person__name")
    autocomplete_fields = ("person",)
    fields = ("email", "person", "relation", "proof_kind", "proof", "note")
    actions = ("take_back",)

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """The form of a new one; everything about an old one."""
        granted = ("granted_by", "granted_at", "revoked_by", "revoked_at")
        return self.fields if obj is None else ("account", *self.fields[1:], *granted)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """What was granted is not rewritten; the list may be acted on."""
        return obj is None and super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: Standing, form: Any, change: bool) -> None:
        """Grants it by the verb."""
        data = form.cleaned_data
        try:
            made = grant_standing(
                account=form.account,
                by=_by(request),
                **{k: data[k] for k in ("person", "relation", "proof_kind", "proof", "note")},
            )
        except RegisterError as error:
            self.refuse(request, error)
            request.registry_refused = True  # type: ignore[attr-defined]
            return
        obj.pk, obj.account = made.pk, form.account

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing to log where nothing was granted; the audit has the rest."""
        return None

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Back to the list, without praise for what was refused."""
        if getattr(request, "registry_refused", False):
            return self.response_post_save_add(request, obj)
        return super().response_add(request, obj, post_url_continue)

    @admin.action(description=_("Take back"), permissions=["change"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Standing]) -> None:
        """Takes the chosen standings back."""
        for standing in queryset.select_related("person"):
            revoke_standing(standing=standing, by=_by(request))
        self.message_user(request, _("Taken back."))


@admin.register(Claim)
class ClaimAdmin(_Kept):
    """What artists say about names; open ones first."""

    form = ClaimForm
    list_display = ("account", "person", "relation", "proof_kind", "state", "made_at")
    list_select_related = ("account", "person")
    list_filter = ("state", "proof_kind")
    search_fields = ("account__email", "person__name")
    ordering = ("-made_at",)
    fields = ("account", "person", "relation", "proof_kind", "proof", "made_at", "state")
    readonly_fields = fields
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: artists make them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Open ones are answered once."""
        is_open = obj is None or obj.state == Claim.State.OPEN
        return is_open and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """With the answer, or the place for it."""
        if self.has_change_permission(request, obj):
            return (*self.fields, "verdict", "answer")
        return (*self.fields, "answer", "answered_by", "answered_at")

    def save_model(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        """Answers it by the verb."""
        claim = Claim.objects.select_related("account", "person").get(pk=obj.pk)
        data = form.cleaned_data
        try:
            if data["verdict"] == "accept":
                accept_claim(claim=claim, by=_by(request), answer=data["answer"])
            else:
                decline_claim(claim=claim, by=_by(request), answer=data["answer"])
        except RegisterError as error:
            self.refuse(request, error)


@admin.register(ArtistKey)
class ArtistKeyAdmin(_Kept):
    """Keys that protected artists hand on; the text of one is shown once, when it is made."""

    form = ArtistKeyForm
    list_display = ("person", "prefix", "made_by", "made_at", "expires_at", "used_by", "state")
    list_select_related = ("person", "made_by", "used_by")
    search_fields = ("person__name", "=prefix")
    autocomplete_fields = ("person",)
    fields = ("person", "days")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """The form of a new one; what is known of an old one."""
        used = ("used_by", "used_at", "revoked_by", "revoked_at")
        made = ("person", "prefix", "made_by", "made_at", "expires_at")
        return self.fields if obj is None else (*made, *used)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """A key is not changed; the list may be acted on."""
        return obj is None and super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: ArtistKey, form: Any, change: bool) -> None:
        """Makes the key by the verb and keeps its text for the answer."""
        made, text = make_artist_key(
            person=form.cleaned_data["person"], by=_by(request), lasts=form.lasts
        )
        obj.pk, obj.prefix, obj.expires_at = made.pk, made.prefix, made.expires_at
        request.artist_key = text  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit has it."""
        return None

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """The page that shows the key, once."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The artist key"),
            "text": request.artist_key,  # type: ignore[attr-defined]
            "key": obj,
            "opts": self.opts,
        }
        answer = TemplateResponse(request, "admin/registry/artist_key.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    @admin.display(description=_("state"))
    def state(self, key: ArtistKey) -> str:
        """Whether it can still be used."""
        if key.used_at:
            return str(_("used"))
        if key.revoked_at:
            return str(_("taken back"))
        return str(_("expired") if key.expires_at <= timezone.now() else _("waiting"))

    @admin.action(description=_("Take back unused keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ArtistKey]) -> None:
        """Makes the chosen keys useless."""
        for key in queryset:
            revoke_artist_key(key=key, by=_by(request))
        self.message_user(request, _("Taken back."))


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)


def _import(data: dict[str, Any], by: User) -> Report:
    with TemporaryDirectory() as folder:
        file = Path(folder) / (Path(data["file"].name or "list.csv").name[:80] or "list.csv")
        file.write_bytes(data["file"].read())
        source = f"import of {file.name}"
        rows = read_csv(file)
        return import_people(rows=rows, by=by, source=source, dry_run=data["dry_run"])
