"""What a reviewer sends: a decision, or the answer to a colleague's proposal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.policy.reasons import REVIEW_REASONS
from apps.review.closing import Words
from apps.review.models import Verb

MOST = 5_000  # characters of a note


class SeenForm(forms.Form):
    """Every form of the desk says which version of the case the person saw."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RulingForm(SeenForm):
    """A decision: one verb, reasons of the catalogue, and two notes that never mix."""

    verb = forms.ChoiceField(choices=Verb.choices, label=_("Decision"))
    reasons = forms.MultipleChoiceField(
        choices=[(code, code) for code in REVIEW_REASONS], label=_("Reasons")
    )
    note_to_artist = forms.CharField(required=False, max_length=MOST, label=_("Note to the artist"))
    note = forms.CharField(required=False, max_length=MOST, label=_("Internal note"))

    def words(self) -> Words:
        """The cleaned form as the actions take it."""
        cleaned = self.cleaned_data
        return Words(cleaned["reasons"], cleaned["note_to_artist"], cleaned["note"])


class SecondLookForm(SeenForm):
    """The answer of a second person to a proposal."""

    answer = forms.CharField(required=False, max_length=MOST, label=_("Your answer"))
    agrees = forms.ChoiceField(choices=[("yes", _("confirm")), ("no", _("return"))])


def complaints(form: forms.Form) -> str:
    """Everything wrong with a form, as sentences."""
    named = ((form.fields.get(name), list(map(str, texts))) for name, texts in form.errors.items())
    return " ".join(
        f"{field.label}: {' '.join(texts)}" if field and field.label else " ".join(texts)
        for field, texts in named
    )
