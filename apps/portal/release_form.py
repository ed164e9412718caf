"""The form of what all tracks of a release share. A field that fails keeps its old value."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Label, User
from apps.catalogue.drafts import WORLDWIDE
from apps.catalogue.models import Release
from apps.portal.draft_fields import Countries, DraftForm, DraftText

# The word of the declaration, what people read, and what it means for the release.
ARTWORK = (
    ("none", _("Without AI"), _("Nothing more is asked.")),
    (
        "assisted",
        _("By a person, with the help of AI"),
        _("Fine. Stores that ask for it are told that AI helped."),
    ),
    (
        "generated",
        _("By an AI model"),
        _("Possible, if it shows no real person and copies nobody. Stores that ask are told."),
    ),
)


class ReleaseForm(DraftForm):
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
        label=_("Countries"),
        max_length=1000,
        required=False,
        help_text=_("For example IN, US, DE."),
    )
    destinations = forms.MultipleChoiceField(
        label=_("Where it should go"), widget=forms.CheckboxSelectMultiple, required=False
    )

    artwork_ai = forms.ChoiceField(
        label=_("How the artwork was made"),
        choices=[(value, name) for value, name, _means in ARTWORK],
        widget=forms.RadioSelect,
        required=False,
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
        labels = cast("forms.ModelChoiceField[Label]", self.fields["label"])
        labels.queryset = user.labels.all()
        if not user.labels.exists():
            del self.fields["label"]
        cast(Any, self.fields["destinations"]).choices = list(stores.items())
        self.describe_fields()

    def artwork_choices(self) -> list[dict[str, Any]]:
        """The radio buttons of `artwork_ai`, each with what it means."""
        means = {value: text for value, _name, text in ARTWORK}
        return [
            {"radio": radio, "means": means[str(radio.data["value"])]}
            for radio in self["artwork_ai"].subwidgets
        ]

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


def _release_values(release: Release) -> dict[str, Any]:
    everywhere = WORLDWIDE in release.territories
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
        "artwork_ai": release.artwork_ai,
    }
