"""The system check of the terms: published words stay, and wider words raise the epoch."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error

from apps.consent.terms_diff import problems_of
from apps.consent.terms_reading import all_terms, published_hashes


def check_terms(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """An error for each thing that is wrong with the terms."""
    return [Error(text, id="consent.E001") for text in _problems()]


def _problems() -> Iterator[str]:
    kept = published_hashes()
    for terms in all_terms():
        if terms.version not in kept:
            yield f"The terms {terms.version} are not in terms/published.toml: {terms.sha256}."
        elif kept[terms.version] != terms.sha256:
            yield f"The terms {terms.version} were changed after they were published."
    yield from problems_of(all_terms())
