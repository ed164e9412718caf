"""A short name for each permission, for lists and headings. The exact words stand in the terms."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.consent.terms_reading import NO_AI
from apps.consent.vocabulary import UnknownPermission, vocabulary

_FORMS = {
    "train": gettext_lazy("%(use)s: training"),
    "infer": gettext_lazy("%(use)s: listening"),
    "share": gettext_lazy("%(use)s: sharing"),
}


def title_of(code: str) -> str:
    """ "Software that makes music: training"; a code that is none any more stays as it is."""
    if code == NO_AI:
        return _("No AI training")
    try:
        found = vocabulary().by_code(code)
    except UnknownPermission:
        return code
    return str(_FORMS[found.verb]) % {"use": _(found.title)}
