"""The terms: every version, in plain words, with what each one changed. Anybody may read them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from apps.consent.clock import ledger_now
from apps.consent.terms_reading import terms_at
from apps.consent.titles import title_of
from apps.consent.vocabulary import vocabulary
from apps.portal.terms_news import News, read_versions


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Every version, newest first: the one in force, those that come, those that were."""
    language = get_language() or "en"
    current = terms_at(ledger_now())
    versions = [(item, _sentences(item, language)) for item in read_versions(language)]
    context = {"versions": versions, "current": current, "now": ledger_now()}
    return render(request, "portal/terms.html", context)


def _sentences(item: News, language: str) -> list[tuple[str, str]]:
    """Title and sentence of each permission, in the order of the vocabulary."""
    found = item.terms
    shown = language if language in found.languages else found.languages[0]
    return [
        (title_of(one.code), found.sentence(one.code, shown))
        for one in vocabulary().permissions
        if one.code in found.clauses
    ]
