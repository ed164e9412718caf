"""What sign-up asks besides e-mail and password."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User


class NameForm(forms.Form):
    """The name by which we write to a person."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by the sign-up view once the account is made."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
