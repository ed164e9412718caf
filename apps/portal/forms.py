"""The forms of the release page. A field that fails keeps its old value; the others are saved."""

import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Label, User
from apps.catalogue.countries import COUNTRIES
from apps.catalogue.drafts import Credit
from apps.catalogue.models import Advisory, Contributor, Release, Track
from apps.catalogue.text import clean, find_unsafe
from apps.portal.languages import language_choices

WORLDWIDE = "worldwide"
MAX_NAME = 200
MAX_CREDITS = 100


class DraftText(forms.CharField):
    """Text as people paste it: cleaned of what nobody sees; refused when it could mislead."""

    def to_python(self, value: Any) -> str:
        """One line of NFC text."""
        text = str(value or "")
        if unsafe := find_unsafe(text):
            raise forms.ValidationError(now(unsafe))
        return clean(text)


class Countries(DraftText):
    """Two-letter country codes between commas or spaces, as a sorted list."""

    def to_python(self, value: Any) -> Any:
        """`["DE", "IN"]`; an unknown code is an error that names it."""
        codes = {code.upper() for code in re.split(r"[,;\s]+", super().to_python(value)) if code}
        if unknown := sorted(codes - COUNTRIES):
            raise forms.ValidationError(
                _("No country has the code %(codes)s. Use two letters, such as IN, US or DE."),
                params={"codes": ", ".join(unknown)[:100]},
            )
        return sorted(codes)

    def prepare_value(self, value: Any) -> Any:
        """What stands in the input."""
        return ", ".join(value) if isinstance(value, list) else value


class ReleaseForm(forms.Form):
    """What all tracks of a release share."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = DraftText(label=_("Title of the release"), max_length=500, required=False)
    version_title = DraftText(
        label=_("Version"),
        max_length=200,
        required=False,
        help_text=_("Only if it is one, such as Live or Deluxe."),
    )
    label = forms.ModelChoiceField(
        label=_("Label"), queryset=Label.objects.none(), required=False, empty_label=_("none")
    )
    label_name = DraftText(
        label=_("Label name as it should appear"), max_length=200, required=False
    )
    upc = DraftText(
        label=_("UPC or EAN"),
        max_length=20,
        required=False,
        help_text=_("Leave it empty if you have none."),
    )
    where = forms.ChoiceField(
        label=_("Where it may be sold"),
        choices=[(WORLDWIDE, _("Everywhere")), ("some", _("Only in these countries"))],
        widget=forms.RadioSelect,
        required=False,
    )
    countries = Countries(
        label=_("Countries"), max_length=1000, required=False, help_text=_("For example IN, US, DE.")
    )
    destinations = forms.MultipleChoiceField(
        label=_("Where it should go"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        release: Release,
        user: User,
        stores: Mapping[str, str],
    ) -> None:
        super().__init__(data, initial=_release_values(release), auto_id="release_%s")
        labels = cast(forms.ModelChoiceField, self.fields["label"])
        labels.queryset = user.labels.all()
        if not user.labels.exists():
            del self.fields["label"]
        cast(Any, self.fields["destinations"]).choices = list(stores.items())

    def values(self) -> dict[str, Any]:
        """What can be saved, in the words of the model; fields with errors are left out."""
        self.full_clean()
        found = dict(self.cleaned_data)
        found.pop("revision", None)
        where, countries = found.pop("where", None), found.pop("countries", None)
        if where == WORLDWIDE:
            found["territories"] = [WORLDWIDE]
        elif where and countries is not None:
            found["territories"] = countries
        return found


class TrackForm(forms.Form):
    """What names one track. Its artists are `read_credits`."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = DraftText(
        label=_("Title"),
        max_length=500,
        required=False,
        help_text=_("Without version and without featured artists: they have their own fields."),
    )
    version_title = DraftText(
        label=_("Version"),
        max_length=200,
        required=False,
        help_text=_("Such as Live, Acoustic or Remix."),
    )
    language = forms.ChoiceField(label=_("Language of the words"), required=False)
    isrc = DraftText(
        label=_("ISRC"),
        max_length=20,
        required=False,
        help_text=_("Leave it empty if the recording never had one."),
    )
    parental_advisory = forms.ChoiceField(
        label=_("Explicit words"),
        required=False,
        choices=[("", _("choose")), *Advisory.choices],
    )
    original_release_year = forms.IntegerField(
        label=_("Year of first release"),
        required=False,
        min_value=1850,
        max_value=2100,
        help_text=_("Only if this recording came out before."),
    )

    def __init__(self, data: Any = None, *, track: Track) -> None:
        names = [name for name in self.base_fields if name != "revision"]
        initial = {name: getattr(track, name) for name in ("revision", *names)}
        super().__init__(data, initial=initial, auto_id="track_%s")
        language = cast(forms.ChoiceField, self.fields["language"])
        language.choices = language_choices(track.language)

    def values(self) -> dict[str, Any]:
        """What can be saved; fields with errors are left out."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


def read_revision(data: QueryDict) -> int:
    """The revision that the page was made from; -1 when it is missing, so that nothing matches."""
    text = data.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def read_credits(data: QueryDict) -> tuple[list[Credit], list[str]]:
    """The rows of names and roles in order, and what is wrong with them. Empty names fall out."""
    rows = list(zip(data.getlist("credit_name"), data.getlist("credit_role"), strict=False))
    kept = [row for place, row in enumerate(rows) if str(place) != data.get("drop_credit", "")]
    cleaned = [(clean(name), role) for name, role in kept if clean(name)]
    problems = [problem for name, role in kept if (problem := _wrong_credit(name, role))]
    if len(cleaned) > MAX_CREDITS:
        problems.append(now("At most %(most)s people can be named.") % {"most": MAX_CREDITS})
    return cleaned, problems


def _wrong_credit(name: str, role: str) -> str | None:
    if unsafe := find_unsafe(name):
        return now(unsafe)
    if len(clean(name)) > MAX_NAME:
        return now("A name has at most %(most)s characters.") % {"most": MAX_NAME}
    if clean(name) and role not in Contributor.Role.values:
        return now("Choose what %(name)s did.") % {"name": clean(name)}
    return None


def _release_values(release: Release) -> dict[str, Any]:
    everywhere = release.territories in ([], [WORLDWIDE])
    return {
        "revision": release.revision,
        "title": release.title,
        "version_title": release.version_title,
        "label": release.label_id,
        "label_name": release.label_name,
        "upc": release.upc,
        "where": WORLDWIDE if everywhere else "some",
        "countries": [] if everywhere else release.territories,
        "destinations": release.destinations,
    }
