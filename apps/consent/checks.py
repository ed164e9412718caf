"""The system checks: published terms and envelopes stay, wider words say so, zones lie apart."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from apps.audit.sealing import LEAST_LETTERS
from apps.consent import zones
from apps.consent.envelopes_reading import (
    ZONES,
    EnvelopeBroken,
    all_envelopes,
    published_envelopes,
)
from apps.consent.terms_diff import problems_of
from apps.consent.terms_reading import all_terms, published_hashes


def check_terms(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """An error for each thing that is wrong with the terms."""
    return [Error(text, id="consent.E001") for text in _problems()]


def check_envelopes(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """An error for each envelope that is not as it was published, is gone, or never was."""
    try:
        found = {one.name: one.sha256 for one in all_envelopes()}
    except EnvelopeBroken as error:
        return [Error(str(error), id="consent.E003")]
    kept = published_envelopes()
    return [
        Error(
            f"The envelope {name} is not as it was published: {found.get(name, 'it is gone')}.",
            id="consent.E002",
        )
        for name in sorted(found.keys() | kept.keys())
        if kept.get(name) != found.get(name)
    ]


def check_zones(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """An error where two zones share a key or a place, or a key is too short to be one."""
    keys = {zone: str(getattr(settings, zones.setting_of(zone), "")) for zone in ZONES}
    given = [text for text in keys.values() if text]
    places = [zones.place_of(zone) for zone in ZONES]
    found = [
        Error(
            f"{zones.setting_of(zone)} has fewer than {LEAST_LETTERS} letters.", id="consent.E004"
        )
        for zone, text in keys.items()
        if 0 < len(text) < LEAST_LETTERS
    ]
    if len(set(given)) < len(given):
        found.append(Error("Two zones of features have the same key.", id="consent.E005"))
    if len(set(places)) < len(places):
        found.append(Error("Two zones of features have the same place.", id="consent.E006"))
    return [*found]


def _problems() -> Iterator[str]:
    kept = published_hashes()
    for terms in all_terms():
        if terms.version not in kept:
            yield f"The terms {terms.version} are not in terms/published.toml: {terms.sha256}."
        elif kept[terms.version] != terms.sha256:
            yield f"The terms {terms.version} were changed after they were published."
    yield from problems_of(all_terms())
