"""The form by which our staff say no for somebody. There is none by which they say yes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.consent.choices import object_to_use, revoke_consent
from apps.consent.disputes import open_dispute
from apps.consent.errors import ConsentError
from apps.consent.finding import find_target
from apps.consent.models import ConsentEvent, Method
from apps.consent.reservations import reserve_no_ai
from apps.consent.scopes import Target
from apps.consent.vocabulary import vocabulary
from apps.consent.writing import How

ACTS = (
    ("revoke", _("Take a permission back")),
    ("object", _("Object to a use")),
    ("no_ai", _("Turn “No AI” on")),
    ("dispute", _("Open a dispute")),
)
WITH_PERMISSION = ("revoke", "object")
Verb = Callable[..., ConsentEvent]
VERBS: dict[str, Verb] = {
    "revoke": revoke_consent,
    "object": object_to_use,
    "no_ai": reserve_no_ai,
    "dispute": open_dispute,
}


def _permissions() -> list[tuple[str, str]]:
    return [("", "–"), *((one.code, one.code) for one in vocabulary().permissions)]


class RestrictionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is taken away, from what, and what asks for it. `by` is set by the page."""

    by: User

    target = forms.CharField(
        label=_("For"),
        max_length=330,
        help_text=_("A track's id or ISRC, release:ID or account:EMAIL."),
    )
    act = forms.ChoiceField(label=_("What"), choices=ACTS)
    permission = forms.ChoiceField(label=_("Permission"), choices=_permissions, required=False)
    reason = forms.CharField(
        label=_("Who asks for it, and how"), max_length=500, widget=forms.Textarea
    )

    class Meta:
        model = ConsentEvent
        fields: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Writes it by the verb once everything else is right; a refusal is shown at the form."""
        data = super().clean() or {}
        if not self.errors:
            try:
                self.made = self._write(data)
            except ConsentError as error:
                raise forms.ValidationError(str(error), code=error.code) from error
        return data

    def validate_constraints(self) -> None:
        """The empty row of the form is never saved: the verb has written another."""

    def _write(self, data: dict[str, Any]) -> ConsentEvent:
        use_case, _dot, verb = data["permission"].partition(".")
        target: Target = find_target(data["target"])
        about = {"use_case": use_case, "verb": verb} if data["act"] in WITH_PERMISSION else {}
        how = How(method=Method.SUPPORT, component="admin", evidence={"asked": data["reason"]})
        return VERBS[data["act"]](by=self.by, of=target, how=how, **about)
