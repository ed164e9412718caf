"""What the commands of every app share: wrong usage is one line and exit status 2."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

# What a subcommand found: JSON values, lines for people, and whether all that was asked for holds.
Answer = tuple[Any, Iterable[str], bool]


class WrongUsage(CommandError):
    """The command was called wrongly; the message says how to call it."""

    def __init__(self, text: str) -> None:
        super().__init__(text, returncode=2)


class OneLineCommand(BaseCommand):
    """A command whose complaints about its arguments are one line."""

    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser, without the usage text before an error."""
        return briefly(super().create_parser(prog_name, subcommand, **kwargs))


def briefly(parser: CommandParser) -> CommandParser:
    """The same parser, of a command or a subcommand, without the usage text before an error."""
    parser.print_usage = lambda file=None: None  # type: ignore[method-assign]
    return parser


def add_subcommand(
    parts: Any, name: str, run: Callable[..., Answer], help_text: str
) -> CommandParser:
    """A subcommand with `--json`; `run` takes the options and is called as `options["run"]`."""
    part = briefly(parts.add_parser(name, help=help_text, description=help_text))
    part.add_argument("--json", action="store_true", help="print JSON and nothing else")
    part.set_defaults(run=run)
    return part
