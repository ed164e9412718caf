"""New terms that are announced and not in force yet, in plain words."""

from dataclasses import dataclass

from apps.consent import terms_reading
from apps.consent.clock import ledger_now
from apps.consent.terms_diff import Change, find_changes
from apps.consent.terms_reading import TermsVersion
from apps.consent.titles import title_of


@dataclass(frozen=True)
class News:
    """One change of the terms. `before` is None for the first version."""

    terms: TermsVersion
    before: TermsVersion | None
    changes: tuple[Change, ...]

    @property
    def told(self) -> list[tuple[str, Change]]:
        """Each change with the name of the permission that it is about."""
        return [(title_of(change.permission), change) for change in self.changes]

    @property
    def widens(self) -> bool:
        """Whether anything becomes possible that was not: then everybody is asked again."""
        return self.before is not None and self.terms.epoch > self.before.epoch


def read_versions(language: str) -> list[News]:
    """Every version with what it changed, newest first."""
    found = terms_reading.all_terms()
    befores: list[TermsVersion | None] = [None, *found]
    news = [_news(before, terms, language) for before, terms in zip(befores, found, strict=False)]
    return news[::-1]


def read_news(language: str) -> list[News]:
    """The versions that have not begun, the next one first."""
    now = ledger_now()
    return [one for one in read_versions(language)[::-1] if one.terms.effective_from > now]


def _news(before: TermsVersion | None, terms: TermsVersion, language: str) -> News:
    shown = language if language in terms.languages else terms.languages[0]
    changes = find_changes(before, terms, shown) if before else []
    return News(terms, before, tuple(changes))
