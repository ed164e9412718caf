"""The form of one track: what names it, and who made it. A field that fails keeps its old value."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from apps.catalogue.drafts import Credit
from apps.catalogue.models import Advisory, Contributor, Track
from apps.catalogue.text import clean, find_unsafe
from apps.portal.draft_fields import DraftForm, DraftText
from apps.portal.languages import language_choices

MAX_NAME = 200
MAX_CREDITS = 100


class TrackForm(DraftForm):
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
        self.describe_fields()

    def values(self) -> dict[str, Any]:
        """What can be saved; fields with errors are left out."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


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
