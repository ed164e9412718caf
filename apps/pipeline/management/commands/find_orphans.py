"""Shows files without rows and rows without files."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from apps.pipeline.orphans import find_orphans


class Command(BaseCommand):
    """Exit status 1 when something was found."""

    help = "Show files that no row names, and rows whose file is gone. Removes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only the form of the answer."""
        parser.add_argument("--json", action="store_true", help="one JSON object per line")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per orphan."""
        found = 0
        for orphan in find_orphans():
            found += 1
            if options["json"]:
                self.stdout.write(json.dumps(asdict(orphan)))
            elif orphan.kind == "row":
                self.stdout.write(
                    f"row {orphan.row}: its file {orphan.place}/{orphan.name} is gone"
                )
            else:
                self.stdout.write(f"file {orphan.place}/{orphan.name}: no row names it")
        if not options["json"]:
            self.stderr.write(f"{found} found")
        if found:
            sys.exit(1)
