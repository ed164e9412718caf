"""Fetches the weights of the default voice encoder."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.registry.voice.backend import DEFAULT
from apps.registry.voice.chosen import models_folder
from apps.registry.voice.encoder import VoiceModelError
from apps.registry.voice.weights import LICENCE, PACKAGE, NotFetched, fetch_ge2e

LATER = "Voices cannot be compared until `manage.py fetch_voice_model` was run with a network."


class Command(BaseCommand):
    """Quick when they are there; nothing half-written when they cannot be had."""

    help = f"Fetch the voice encoder's weights from the wheel of {PACKAGE} ({LICENCE})."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--if-possible`: for set-up, which goes on without."""
        parser.add_argument(
            "--if-possible",
            action="store_true",
            help="say so and succeed when it cannot be fetched, or when VOICE_BACKEND is another",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one sentence."""
        gentle = options["if_possible"]
        if gentle and os.environ.get("VOICE_BACKEND", DEFAULT) not in (DEFAULT, ""):
            return
        try:
            fresh = fetch_ge2e(models_folder())
        except (NotFetched, VoiceModelError, OSError) as error:
            if not gentle:
                raise CommandError(str(error)) from error
            self.stderr.write(f"{error} {LATER}")
            return
        if fresh or not gentle:
            said = "was fetched" if fresh else "is there already"
            self.stdout.write(f"The voice model {said}: {PACKAGE}, {LICENCE}.")
