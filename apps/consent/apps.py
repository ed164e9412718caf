"""App configuration."""

from django.apps import AppConfig
from django.core.checks import register

from apps.consent.checks import check_terms


class ConsentConfig(AppConfig):
    """The consent app."""

    name = "apps.consent"

    def ready(self) -> None:
        """Terms that were changed after publication, or widen without saying so, stop the start."""
        register(check_terms)
