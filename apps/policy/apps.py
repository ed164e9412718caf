"""App configuration."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from apps.policy.guards import check_guards


class PolicyConfig(AppConfig):
    """The policy app."""

    name = "apps.policy"

    def ready(self) -> None:
        """Asks for the guards whenever a database is checked, as `migrate` does."""
        register(check_guards, Tags.database)
