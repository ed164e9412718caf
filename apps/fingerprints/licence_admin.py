"""Licences for material at the desk: registered, looked at, taken back; where each was used."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.admin_base import AddOnlyAdmin, ReadOnlyInline
from apps.accounts.models import User
from apps.fingerprints.licence_errors import LicenceNotEnded, LicenceRefusal
from apps.fingerprints.licence_rows import LicenceUse, MaterialLicence
from apps.fingerprints.licence_standing import (
    ENDED,
    IS_OUT,
    WORDS,
    standing_of,
    with_standing,
)
from apps.fingerprints.licences import (
    Covered,
    Terms,
    check_licence,
    doubt_ended,
    register_licence,
    revoke_licence,
)

# Django's forms take type parameters only while types are checked.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

ENDED_OUT = "ended_out"  # and tracks that rest on it are out
COVERS = ("reference", "track", "owner", "part_start_s", "part_end_s")
TERMS = ("exclusive", "territories", "starts_on", "ends_on")


class LicenceForm(ModelForm):
    """A licence that somebody here has read."""

    email = forms.EmailField(
        label=_("E-mail of the account that holds it"),
        required=False,
        help_text=_("Empty: everybody may use the material, as with a free pack."),
    )
    territories = forms.CharField(
        label=_("Territories"),
        initial="worldwide",
        help_text=_("worldwide, or country codes with commas: DE, IN, US."),
    )

    class Meta:
        model = MaterialLicence
        fields = ("licensor", *COVERS, *TERMS, "note")
        help_texts: ClassVar[dict[str, Any]] = {
            "owner": _("As it stands in the references: it covers all of them, as with a pack."),
            "part_start_s": _("Of the reference or track. Empty: all of it."),
            "note": _("The document, its date and number, who has seen it."),
        }

    def clean_email(self) -> str:
        """The address of an account that exists, or nothing."""
        given = self.cleaned_data["email"]
        self.account = User.objects.filter(email__iexact=given).first() if given else None
        if given and self.account is None:
            raise forms.ValidationError(_("There is no account with this address."))
        return str(given)

    def clean(self) -> dict[str, Any]:
        """The same rules as the verb's, so that nothing typed is lost."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            check_licence(
                data["licensor"], self.covers, self.terms, data["note"],
                account=self.account, by=self.by,
            )  # fmt: skip
        except LicenceRefusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return data

    by: User  # set by the page

    @property
    def covers(self) -> Covered:
        """What it covers."""
        data = self.cleaned_data
        ends = data["part_start_s"], data["part_end_s"]
        part = None
        if ends != (None, None):
            part = ends[0] or 0.0, ends[1] or 0.0
        return Covered(data["reference"], data["track"], data["owner"], part)

    @property
    def terms(self) -> Terms:
        """Where and when."""
        data = self.cleaned_data
        places = data["territories"].replace(";", ",").split(",")
        return Terms(data["starts_on"], data["ends_on"], data["exclusive"], places)


class UseInline(ReadOnlyInline):
    """Where a licence explained a match."""

    model = LicenceUse
    fields = ("track", "state", "used_at", "asked_at", "rerun")
    verbose_name_plural = _("used by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LicenceUse]:
        """With the tracks' names."""
        return super().get_queryset(request).select_related("track__audio")

    @admin.display(description=_("the track is"))
    def state(self, use: LicenceUse) -> str:
        """What the track is now."""
        return str(use.track.get_state_display())


class StandingFilter(admin.SimpleListFilter):
    """Valid, ending soon, ended, taken back; and what somebody may want to look at."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All of them."""
        return [*WORDS.items(), (ENDED_OUT, _("ended, and tracks are out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that were chosen."""
        chosen, today = self.value(), timezone.localdate()
        if chosen == ENDED_OUT:
            return queryset.filter(with_standing(ENDED, today), out_count__gt=0)
        return queryset.filter(with_standing(chosen, today)) if chosen in WORDS else queryset


@admin.register(MaterialLicence)
class MaterialLicenceAdmin(AddOnlyAdmin):
    """Who may use what of others: beats, samples, packs."""

    form = LicenceForm
    inlines = (UseInline,)
    list_display = (
        "licensor", "material", "account", "exclusive", "starts_on", "ends_on", "state", "used",
        "out",
    )  # fmt: skip
    list_select_related = ("account", "reference", "track__audio")
    list_filter = (StandingFilter, "exclusive")
    search_fields = ("licensor", "owner", "account__email", "reference__title", "track__title")
    raw_id_fields = ("reference", "track")
    list_per_page = 50
    show_full_result_count = False
    fields = ("licensor", "email", *COVERS, *TERMS, "note")
    actions = ("take_back", "doubt")  # type: ignore[assignment]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With in how many tracks each was used, and how many of those are out."""
        rows: QuerySet[Any] = (
            super().get_queryset(request).defer("reference__items", "reference__marks")
        )
        rows = rows.annotate(
            uses_count=Count("uses__track", distinct=True),
            out_count=Count("uses__track", distinct=True, filter=IS_OUT),
        )
        return rows

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        """The form of a new one; everything about an old one."""
        made = ("proof", "made_by", "made_at", "revoked_by", "revoked_at")
        shown = tuple("account" if name == "email" else name for name in self.fields)
        return self.fields if obj is None else (*shown, *made)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """A new one was used nowhere."""
        return [UseInline] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form knows who fills it in."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.by = cast(User, request.user)
        return form

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """What was registered is not rewritten; the list may be acted on."""
        return obj is None and request.user.has_perm("fingerprints.change_materiallicence")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Registers it by the verb."""
        made = register_licence(
            licensor=form.cleaned_data["licensor"],
            account=form.account,
            covers=form.covers,
            terms=form.terms,
            note=form.cleaned_data["note"],
            by=cast(User, request.user),
        )
        obj.pk = made.pk

    @admin.display(description=_("material"))
    def material(self, licence: MaterialLicence) -> str:
        """What it covers, in words."""
        named = [licence.reference or licence.track, licence.owner]
        return ", ".join(str(one) for one in named if one)

    @admin.display(description=_("state"))
    def state(self, licence: MaterialLicence) -> str:
        """Whether it explains anything today."""
        return str(standing_of(licence))

    @admin.display(description=_("used by tracks"))
    def used(self, licence: Any) -> int:
        """In how many tracks it explained something."""
        return int(licence.uses_count)

    @admin.display(description=_("of which are cleared"))
    def out(self, licence: Any) -> int:
        """How many tracks are out that a match was explained of."""
        return int(licence.out_count)

    @admin.action(description=_("Take back"), permissions=["change"])
    def take_back(
        self, request: HttpRequest, queryset: QuerySet[MaterialLicence]
    ) -> HttpResponse | None:
        """From now on they explain nothing; asks first, since cleared tracks are put on hold."""
        open_ones = queryset.filter(revoked_at=None)
        if "sure" not in request.POST:
            return self._ask(request, open_ones)
        for licence in open_ones:
            revoke_licence(licence=licence, by=cast(User, request.user))
        words = _("Taken back. They explain nothing any more; what rests on them is checked.")
        self.message_user(request, words)
        return None

    def _ask(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        if not chosen:
            self.message_user(request, _("They were taken back before."), messages.WARNING)
            return None
        shown = {
            **self.admin_site.each_context(request),
            "title": _("Take back licences?"),
            "licences": [(one, standing_of(one), one.out_count) for one in chosen],
            "opts": self.model._meta,
        }
        return render(request, "admin/fingerprints/take_back.html", shown)

    @admin.action(description=_("Check tracks again (term is over)"), permissions=["change"])
    def doubt(self, request: HttpRequest, queryset: QuerySet[MaterialLicence]) -> None:
        """Tracks that rest on licences whose term is over are checked again."""
        asked = 0
        for licence in queryset:
            try:
                asked += doubt_ended(licence=licence, by=cast(User, request.user))
            except LicenceNotEnded as refusal:
                self.message_user(request, f"{licence}: {refusal}", messages.ERROR)
        words = ngettext("%(n)s use is looked at again.", "%(n)s uses are looked at again.", asked)
        self.message_user(request, words % {"n": asked})
