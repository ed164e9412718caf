"""Forms of the desk for the register. They check what the verbs check, so that nothing is lost."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.registry.errors import InvalidPerson
from apps.registry.models import Alias, ArtistKey, Claim, Person, Standing
from apps.registry.person_fields import checked_alias, checked_fields

# Django's forms take type parameters only while types are checked.
if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

PERSON_FIELDS = (
    "name", "kind", "is_word", "is_active", "spotify_artist_id", "apple_artist_id",
    "musicbrainz_id", "isni", "contact_email", "source",
)  # fmt: skip
MAX_CSV_BYTES = 20 * 1024**2


class PersonForm(ModelForm):
    """A protected person."""

    class Meta:
        model = Person
        fields = PERSON_FIELDS

    def clean(self) -> dict[str, Any]:
        """Writes every field in its one form, or says what is wrong with it."""
        data = super().clean() or {}
        for key in [name for name in PERSON_FIELDS if name in data]:
            try:
                data |= checked_fields({key: data[key]})
            except InvalidPerson as error:
                self.add_error(key, str(error))
        return data


class AliasForm(ModelForm):
    """One other name."""

    class Meta:
        model = Alias
        fields = ("text", "kind")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "text": forms.TextInput(attrs={"aria-label": _("Other name"), "class": "vTextField"}),
            "kind": forms.Select(attrs={"aria-label": _("Kind")}),
        }

    def clean_text(self) -> str:
        """The name in its one form."""
        try:
            return checked_alias(self.cleaned_data["text"], Alias.Kind.ALIAS)
        except InvalidPerson as error:
            raise forms.ValidationError(str(error)) from error


class StandingForm(ModelForm):
    """Grants a standing; the account is found by its e-mail address."""

    email = forms.EmailField(label=_("E-mail of the account"))
    proof = forms.CharField(label=_("What proves it"), widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = Standing
        fields = ("person", "relation", "proof_kind", "proof", "note")

    def clean_email(self) -> str:
        """The address of an account that exists."""
        self.account = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if self.account is None:
            raise forms.ValidationError(_("There is no account with this address."))
        return str(self.cleaned_data["email"])


class ClaimForm(ModelForm):
    """Answers a claim."""

    verdict = forms.ChoiceField(
        label=_("Answer"), choices=[("accept", _("accept")), ("decline", _("decline"))]
    )
    answer = forms.CharField(
        label=_("Answer to the artist"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Claim
        fields = ("answer",)

    def clean(self) -> dict[str, Any]:
        """A no comes with its reason."""
        data = super().clean() or {}
        if data.get("verdict") == "decline" and not (data.get("answer") or "").strip():
            self.add_error("answer", _("Say why, so that the artist knows what is missing."))
        return data


class ArtistKeyForm(ModelForm):
    """Makes a key."""

    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=365, initial=30)

    class Meta:
        model = ArtistKey
        fields = ("person",)

    def clean_person(self) -> Person:
        """Somebody whose name is protected."""
        person: Person = self.cleaned_data["person"]
        if not person.is_active:
            raise forms.ValidationError(_("This name is not protected any more."))
        return person

    @property
    def lasts(self) -> timedelta:
        """How long the key can be used."""
        return timedelta(days=self.cleaned_data["days"])


class ImportForm(forms.Form):
    """A CSV file of people."""

    file = forms.FileField(label=_("CSV file"))
    dry_run = forms.BooleanField(label=_("Only look: write nothing"), required=False, initial=True)

    def clean_file(self) -> Any:
        """A file that is not too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_CSV_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB. Use `names import`."))
        return file
