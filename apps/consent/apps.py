"""App configuration."""

from django.apps import AppConfig
from django.core.checks import register

from apps.consent.checks import check_envelopes, check_terms, check_zones


class ConsentConfig(AppConfig):
    """The consent app."""

    name = "apps.consent"

    def ready(self) -> None:
        """What was changed after publication, or widens without saying so, stops the start."""
        register(check_terms)
        register(check_envelopes)
        register(check_zones)
