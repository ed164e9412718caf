"""Terms versions: the exact words of each permission, read from data. Pure.

`notice_sha256` is what a consent event points at: the hash over version, language, permission, the
sentence, and how to stop, in canonical JSON. Change one letter and it is another notice.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from apps.audit.canonical import canonical
from apps.consent.vocabulary import vocabulary

FOLDER = Path(__file__).with_name("terms")
PUBLISHED = "published.toml"
NO_AI = "no_ai"


class UnknownTerms(ValueError):
    """There is no such version of the terms, or not in this language."""


class TermsBroken(ValueError):
    """A terms file breaks the rules for terms; the message says which."""


@dataclass(frozen=True)
class Clause:
    """What one permission says. `words`: language → the sentence."""

    words: Mapping[str, str]
    recipients: tuple[str, ...]
    keep_days: int
    lasts_days: int


@dataclass(frozen=True)
class TermsVersion:
    """One published document. `sha256` is over all that it says, in canonical JSON."""

    version: str
    epoch: int
    effective_from: datetime
    languages: tuple[str, ...]
    about: Mapping[str, Mapping[str, str]]
    clauses: Mapping[str, Clause]
    clarified: frozenset[str]
    sha256: str

    def sentence(self, code: str, language: str) -> str:
        """The words of one permission, or those of "No AI"; raises UnknownTerms."""
        try:
            if code == NO_AI:
                return self.about[language][NO_AI]
            return self.clauses[code].words[language]
        except KeyError:
            raise UnknownTerms(
                f"The terms {self.version} have no words for {code} in {language!r}."
            ) from None

    def notice(self, code: str, language: str) -> dict[str, str]:
        """All that was shown for one permission; raises UnknownTerms."""
        return {
            "terms_version": self.version,
            "terms_sha256": self.sha256,
            "language": language,
            "permission": code,
            "sentence": self.sentence(code, language),
            "stop": self.about[language]["stop"],
        }

    def notice_sha256(self, code: str, language: str) -> str:
        """The hash of that notice, in hex."""
        return sha256(canonical(self.notice(code, language))).hexdigest()


def read_terms(text: str) -> TermsVersion:
    """The terms in this TOML text; raises TermsBroken."""
    data = tomllib.loads(text)
    languages = tuple(data["languages"])
    clauses = {code: _clause(code, said, languages) for code, said in data["permissions"].items()}
    _require_all_permissions(data["version"], set(clauses))
    return TermsVersion(
        version=data["version"],
        epoch=data["epoch"],
        effective_from=datetime.fromisoformat(data["effective_from"]).replace(tzinfo=UTC),
        languages=languages,
        about={language: data["about"][language] for language in languages},
        clauses=clauses,
        clarified=frozenset(data.get("clarified", ())),
        sha256=sha256(canonical(data)).hexdigest(),
    )


def _clause(code: str, said: dict[str, Any], languages: tuple[str, ...]) -> Clause:
    missing = [language for language in languages if not said.get(language)]
    if missing:
        raise TermsBroken(f"{code} has no words in: {', '.join(missing)}.")
    return Clause(
        words={language: said[language] for language in languages},
        recipients=tuple(said["recipients"]),
        keep_days=said["keep_days"],
        lasts_days=said["lasts_days"],
    )


def _require_all_permissions(version: str, found: set[str]) -> None:
    strange = found - {one.code for one in vocabulary().permissions}
    if strange:
        raise TermsBroken(f"The terms {version} speak of {', '.join(sorted(strange))}.")


@cache
def all_terms() -> tuple[TermsVersion, ...]:
    """Every version that comes with the product, oldest first; raises TermsBroken."""
    files = [file for file in FOLDER.glob("*.toml") if file.name != PUBLISHED]
    found = [read_terms(file.read_text(encoding="utf-8")) for file in files]
    return tuple(sorted(found, key=lambda one: (one.effective_from, one.version)))


@cache
def published_hashes() -> Mapping[str, str]:
    """Version → the hash under which it was published."""
    text = (FOLDER / PUBLISHED).read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in tomllib.loads(text)["sha256"].items()}


def terms_called(version: str) -> TermsVersion:
    """The version with this name; raises UnknownTerms."""
    for one in all_terms():
        if one.version == version:
            return one
    listed = ", ".join(one.version for one in all_terms())
    raise UnknownTerms(f'There are no terms "{version}". There are: {listed}.')


def terms_at(at: datetime) -> TermsVersion | None:
    """The version in force at a time: the newest that had begun; None before the first."""
    begun = [one for one in all_terms() if one.effective_from <= at]
    return begun[-1] if begun else None
