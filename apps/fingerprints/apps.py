"""App configuration."""

from django.apps import AppConfig


class FingerprintsConfig(AppConfig):
    """The fingerprints app."""

    name = "apps.fingerprints"
