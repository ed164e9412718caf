"""Fields of drafts: text as people paste it, and the places where its problems appear."""

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from apps.catalogue.countries import COUNTRIES
from apps.catalogue.text import clean, find_unsafe


class DraftText(forms.CharField):
    """Text as people paste it: cleaned of what nobody sees; refused when it could mislead."""

    def to_python(self, value: Any) -> str:
        """One line of NFC text."""
        text = str(value or "")
        if unsafe := find_unsafe(text):
            raise forms.ValidationError(now(unsafe))
        return clean(text)


class DraftForm(forms.Form):
    """A form whose fields name the place where their problems appear while somebody types."""

    def describe_fields(self) -> None:
        """Ties every input to its help and its problems, for screen readers."""
        for bound in self:
            parts = [f"{bound.auto_id}_helptext"] if bound.help_text else []
            described = " ".join([*parts, f"{bound.auto_id}_problems"])
            if not bound.use_fieldset and not bound.is_hidden:
                bound.field.widget.attrs["aria-describedby"] = described


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


def read_revision(data: QueryDict) -> int:
    """The revision that the page was made from; -1 when it is missing, so that nothing matches."""
    text = data.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1
