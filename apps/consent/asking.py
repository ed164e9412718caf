"""What is asked and what was shown: the parts of a choice, and whether they can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.catalogue.countries import COUNTRIES
from apps.consent.errors import (
    JurisdictionMissing,
    NoChoice,
    TermsNotInForce,
    UnknownJurisdiction,
    UnknownUse,
    UnknownValue,
)
from apps.consent.terms_reading import TermsVersion, all_terms, terms_at
from apps.consent.vocabulary import Permission, UnknownPermission, vocabulary

POLICY = "soundcheck-ai-terms"


@dataclass(frozen=True)
class Words:
    """What was shown: which terms, in which language."""

    terms_version: str
    language: str = "en"


@dataclass(frozen=True)
class Place:
    """For which country a yes counts, and within which it is limited."""

    jurisdiction: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Which use, of which rights, from when; no time means now. `said`: columns about a no."""

    permission: Permission
    layer: str
    effective_from: datetime | None
    said: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """Its columns in the ledger."""
        return {
            **self.said,
            "use_case": self.permission.use_case,
            "verb": self.permission.verb,
            "rights_layer": self.layer,
            "basis": self.permission.basis,
        }


def find_permission(use_case: str, verb: str) -> Permission:
    """The permission; raises UnknownUse with the list of those there are."""
    try:
        return vocabulary().permission(use_case, verb)
    except UnknownPermission as error:
        raise UnknownUse(why=error) from error


def terms_in_force(words: Words, now: datetime) -> TermsVersion:
    """The terms that were shown; raises TermsNotInForce unless they are those that count now."""
    terms = terms_at(now)
    if terms is None or terms.version != words.terms_version:
        current = terms.version if terms else "-"
        raise TermsNotInForce(given=words.terms_version or "-", current=current)
    if words.language not in terms.languages:
        allowed = ", ".join(terms.languages)
        raise UnknownValue(field="language", given=words.language, allowed=allowed)
    return terms


def shown(terms: TermsVersion, code: str, language: str) -> dict[str, Any]:
    """The columns that say which words were shown."""
    return {
        "policy_id": POLICY,
        "policy_version": terms.version,
        "policy_epoch": terms.epoch,
        "notice_sha256": terms.notice_sha256(code, language),
        "notice_language": language,
    }


def said_no(asked: Asked, words: Words, place: Place) -> dict[str, Any]:
    """What was shown to whoever said no, where we know it. A no counts everywhere all the same."""
    if place.jurisdiction:
        require_place(place)
    terms = next((one for one in all_terms() if one.version == words.terms_version), None)
    known = terms is not None and words.language in terms.languages
    told = shown(terms, asked.permission.code, words.language) if terms and known else {}
    return {"jurisdiction": place.jurisdiction, **told}


def require_place(place: Place) -> None:
    """Raises JurisdictionMissing or UnknownJurisdiction."""
    if not place.jurisdiction:
        raise JurisdictionMissing
    for code in (place.jurisdiction, *place.include, *place.exclude):
        if code not in COUNTRIES:
            raise UnknownJurisdiction(given=code)


def require_choice(permission: Permission) -> None:
    """Raises NoChoice for what the service or the law needs."""
    if not permission.can_be_refused:
        raise NoChoice(permission=permission.code)
