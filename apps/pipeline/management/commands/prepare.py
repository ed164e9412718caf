"""Brings a checkout up to date: database, rulebook, names, static files, voice model, caches."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.audit import keys
from apps.policy.publish import publish_shipped_ruleset
from apps.registry.starter import load_starter_list
from apps.training.errors import TrainingError
from apps.training.own import register_own


class Command(BaseCommand):
    """Run at every start; does little when nothing changed."""

    help = "Bring database, rulebook, static files, voice model and caches up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step is idempotent."""
        for folder in (settings.DATA_DIR, settings.UPLOAD_DIR, settings.QUEUE_DIR):
            folder.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        keys.make_key()
        publish_shipped_ruleset()
        load_starter_list()
        self._register_own()
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("fetch_voice_model", if_possible=True)
        call_command("warm_caches")

    def _register_own(self) -> None:
        """Our own detector among the models. A log that cannot vouch for it stops no start."""
        try:
            register_own()
        except TrainingError as error:
            self.stderr.write(str(error))
