"""Asks the release gate about one track. Exit status 1 where it is not cleared."""

import json
import sys
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from apps.accounts.command_base import OneLineCommand, WrongUsage
from apps.catalogue.models import Track
from apps.policy.gate import clearance


class Command(OneLineCommand):
    """`gate TRACK [--destination D] [--json]`."""

    help = "Says whether a track is cleared now, and under which decision."

    def add_arguments(self, parser: CommandParser) -> None:
        """The track, and where it would go."""
        parser.add_argument("track", metavar="TRACK", help="id of the track")
        parser.add_argument("--destination", metavar="D", help="a store, for example spotify")
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the answer; ends with status 1 where it is no."""
        answer = clearance(track=_track(options["track"]), destination=options["destination"])
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_dict(), ensure_ascii=False))
        else:
            self.stdout.write("cleared" if answer.cleared else "not cleared")
            self.stdout.write(f"decision: {answer.decision_id or '-'}")
            for reason in answer.reasons:
                self.stdout.write(f"- {reason}")
        if not answer.cleared:
            sys.exit(1)


def _track(text: str) -> Track:
    try:
        return Track.objects.get(pk=UUID(text))
    except (ValueError, Track.DoesNotExist):
        raise WrongUsage(f'There is no track with the id "{text}".') from None
