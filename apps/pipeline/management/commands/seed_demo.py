"""Makes demo accounts and a demo release, for looking around on one's own machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.roles import Role
from apps.pipeline import demo
from apps.pipeline.demo_release import make_release


class Command(BaseCommand):
    """Doing it again changes nothing."""

    help = "Make one demo account per role, and a demo release that is cleared, held and refused."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the accounts and what became of the release."""
        try:
            accounts = demo.make_accounts()
        except demo.NotHere as error:
            raise CommandError(str(error)) from error
        release = make_release(accounts[Role.ARTIST])
        for line in demo.account_lines():
            self.stdout.write(line)
        self.stdout.write(f"Demo release “{release}”:")
        for track in release.tracks.all():
            self.stdout.write(f"  {track.title:<18}{track.get_state_display()}")
