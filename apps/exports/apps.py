"""App configuration."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """The exports app."""

    name = "apps.exports"
