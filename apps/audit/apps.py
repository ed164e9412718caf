"""App configuration."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

from apps.audit.checks import check_guards
from apps.audit.guards import rearm


class AuditConfig(AppConfig):
    """The audit app."""

    name = "apps.audit"

    def ready(self) -> None:
        """Guards are asked for whenever a database is checked, and put up after every migration.

        The house has no other signal. This one is needed because SQLite drops triggers silently
        when it rebuilds a table, in a migration of whichever app, and nothing else is sure to run.
        """
        register(check_guards, Tags.database)
        post_migrate.connect(rearm, sender=self)
