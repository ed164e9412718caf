"""Words for what the desk shows of training: why a track was left out of a list, countries."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.consent.reasons import REASONS
from apps.portal.country_names import country
from apps.training.listed import CONTENT_UNKNOWN, NOT_CLEARED

register = template.Library()
register.filter("country", country)
_OTHERS = {
    NOT_CLEARED: gettext_lazy("The rulebook has not cleared it."),
    CONTENT_UNKNOWN: gettext_lazy("Nobody knows the hash of its sound."),
}


@register.filter
def reason_words(code: str) -> str:
    """The sentence of a reason without its full stop; the code of one that is none of ours."""
    found = str(_OTHERS[code]) if code in _OTHERS else _(REASONS[code]) if code in REASONS else code
    return found.rstrip(".")
