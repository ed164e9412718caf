"""Compiles at set-up what would otherwise be compiled while somebody waits."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.pipeline.warming import CannotWarm, warm


class Command(BaseCommand):
    """Quick when it was done before with the same libraries."""

    help = "Screen a few seconds of our own sound, so that every cache is warm."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only whether to insist."""
        parser.add_argument("--again", action="store_true", help="even if it was done before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says whether there was anything to do."""
        try:
            done = warm(again=options["again"])
        except CannotWarm as error:
            raise CommandError(f"This machine cannot screen audio yet: {error}") from error
        self.stdout.write("Caches are warm." if done else "Caches were warm already.")
