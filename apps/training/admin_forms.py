"""The forms by which people decide what is owed and write down what was handed over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.refusal import Refusal
from apps.consent.finding import find_track
from apps.training.models import Disclosure, ModelVersion, Obligation
from apps.training.revocation.obligations import decide_obligation, meet_obligation
from apps.training.revocation.recipients import disclose

ACTS = (("decide", _("Decide how it will be met")), ("meet", _("It is met: here is what shows it")))


class ObligationForm(forms.ModelForm):  # type: ignore[type-arg]
    """How an obligation is met, and what shows it. `by` is set by the page."""

    by: User

    act = forms.ChoiceField(label=_("What"), choices=ACTS, widget=forms.RadioSelect)
    remedy = forms.ChoiceField(label=_("How"), choices=Obligation.Remedy.choices)
    successor = forms.ModelChoiceField(
        label=_("The newer version"),
        queryset=ModelVersion.objects.none(),
        required=False,
        help_text=_("Only where it was trained anew. We check that it did not learn from it."),
    )
    shown = forms.CharField(
        label=_("What shows it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who checked what, and when. It stands in the record and is never changed."),
    )

    class Meta:
        model = Obligation
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = self.instance.model_version
        newer = ModelVersion.objects.filter(name=mine.name, pk__gt=mine.pk).order_by("-pk")
        self.fields["successor"].queryset = newer  # type: ignore[attr-defined]
        self.fields["remedy"].initial = self.instance.remedy
        self.fields["act"].initial = "decide"

    def clean(self) -> dict[str, Any]:
        """Done by the verb once everything else is right; a refusal is shown at the form."""
        data = super().clean() or {}
        if not self.errors:
            try:
                self._write(data)
            except Refusal as error:
                raise forms.ValidationError(str(error)) from error
        return data

    def _write(self, data: dict[str, Any]) -> None:
        about = {"by": self.by, "obligation": self.instance, "remedy": data["remedy"]}
        if data["act"] == "decide":
            decide_obligation(**about)
        else:
            meet_obligation(**about, evidence=data["shown"], successor=data["successor"])


class DisclosureForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was handed over, to whom. `by` is set by the page."""

    by: User

    track = forms.CharField(
        label=_("Track"), required=False, max_length=60, help_text=_("Its id or ISRC.")
    )

    class Meta:
        model = Disclosure
        fields = ("recipient", "what", "snapshot")

    def clean(self) -> dict[str, Any]:
        """Written by the verb; a refusal is shown at the form."""
        data = super().clean() or {}
        if not self.errors:
            try:
                self.made = disclose(
                    by=self.by,
                    recipient=data["recipient"],
                    what=data["what"],
                    snapshot=data.get("snapshot"),
                    track=find_track(data["track"]) if data.get("track") else None,
                )
            except Refusal as error:
                raise forms.ValidationError(str(error)) from error
        return data

    def validate_constraints(self) -> None:
        """The empty row of the form is never saved: the verb has written another."""
