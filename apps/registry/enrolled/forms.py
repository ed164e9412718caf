"""What a compliance officer sends, step by step. Fields are named as the verbs name them."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.uuids import read_uuid
from apps.registry.enrolled.release_text import RELEASES, VERSION, release_text
from apps.registry.models import Person, VoiceStem
from apps.registry.models.voices import RETENTION_DAYS

KINDS = VoiceStem.Kind
SMALL = forms.Textarea(attrs={"rows": 2})


class EmptyForm(forms.Form):
    """A button."""


class StartForm(forms.Form):
    """Whose voice: typed, because the register may hold a hundred thousand people."""

    person = forms.CharField(max_length=200, label=_("Person (name, other name or id)"))

    def clean_person(self) -> Person:
        """The one protected person who is meant."""
        text = self.cleaned_data["person"]
        people = Person.objects.filter(is_active=True, kind=Person.Kind.PERSON)
        named = Q(name__iexact=text) | Q(aliases__text__iexact=text)
        found = list(people.filter(named | Q(pk=read_uuid(text))).distinct()[:2])
        if not found:
            raise forms.ValidationError(_("No protected person has this name. Add them first."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several people have this name. Give the id."))
        return found[0]


class IdentityForm(forms.Form):
    """Who checked who they are. No document is asked for or kept."""

    provider = forms.CharField(max_length=120, label=_("Checked by (provider or person)"))
    reference = forms.CharField(max_length=200, label=_("Number of the check"))
    checked_on = forms.DateField(
        label=_("Date of the check"), widget=forms.DateInput(attrs={"type": "date"})
    )


class RightsForm(forms.Form):
    """What shows that they may speak for this voice."""

    reference = forms.CharField(
        max_length=1000, widget=SMALL, label=_("The person themselves, or the mandate")
    )
    is_adult = forms.BooleanField(label=_("The person is of age"))


class ReleaseForm(forms.Form):
    """The release as it was signed."""

    text_version = forms.ChoiceField(
        choices=[(version, version) for version in RELEASES],
        initial=VERSION,
        label=_("Version of the text"),
    )
    signed_by = forms.CharField(max_length=200, label=_("Signed by"))
    signed_at = forms.DateTimeField(
        label=_("Signed at (UTC)"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    purpose = forms.CharField(max_length=1000, widget=SMALL, label=_("Purpose"))
    retention_days = forms.IntegerField(
        min_value=1, max_value=RETENTION_DAYS, initial=RETENTION_DAYS, label=_("Days kept")
    )
    training_opt_in = forms.BooleanField(
        required=False, label=_("Separate consent to train models with it (rarely given)")
    )

    def clean(self) -> dict[str, Any]:
        """Adds the exact text of the version."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["text"] = release_text(cleaned.get("text_version", ""), settings.SITE_NAME) or ""
        return cleaned


class _FileForm(forms.Form):
    file = forms.FileField(
        label=_("Recording"),
        max_length=200,
        error_messages={"required": _("Choose a file that is not too large.")},
    )

    def clean(self) -> dict[str, Any]:
        """The bytes and the name instead of the upload."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if file := cleaned.pop("file", None):
            cleaned |= {"data": file.read(), "name": file.name}
        return cleaned


class ChallengeForm(_FileForm):
    """The recording of the phrase."""

    def clean(self) -> dict[str, Any]:
        """Says what it is."""
        return {**super().clean(), "song": "", "kind": KINDS.CHALLENGE.value}


class StemForm(_FileForm):
    """One vocal stem."""

    song = forms.CharField(max_length=200, label=_("Song"))
    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in (KINDS.SINGING, KINDS.SPEECH)],
        label=_("Kind"),
    )


class FinishForm(forms.Form):
    """All stems are there."""

    speech_waived = forms.CharField(
        required=False, max_length=500, label=_("Why there is no speech (only then)")
    )


class NoteForm(forms.Form):
    """Why."""

    note = forms.CharField(max_length=500, widget=SMALL, label=_("Why"))


class RenewForm(NoteForm):
    """They agreed again."""

    signed_by = forms.CharField(max_length=200, label=_("Who agreed"))
    note = forms.CharField(max_length=500, widget=SMALL, label=_("How they agreed"))


class WithdrawForm(forms.Form):
    """The end."""

    reason = forms.CharField(max_length=500, widget=SMALL, label=_("Who withdrew, and how"))
    sure = forms.BooleanField(label=_("Delete the voice and its key now"))

    def clean(self) -> dict[str, Any]:
        """Without the tick."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned.pop("sure", None)
        return cleaned


def first_words(form: forms.Form) -> str:
    """Everything wrong with a form, as one line."""
    return " ".join(
        f"{form.fields[name].label or name}: {' '.join(map(str, texts))}"
        if name in form.fields
        else " ".join(map(str, texts))
        for name, texts in form.errors.items()
    )
