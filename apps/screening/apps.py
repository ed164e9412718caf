"""App configuration."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The screening app."""

    name = "apps.screening"
