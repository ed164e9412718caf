"""The system check of the ledger: every guard stands, as it was written."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from apps.audit.errors import GuardsDown
from apps.audit.guards import require_guards


def check_guards(
    app_configs: object, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """An error for each database in which a guard is missing or changed."""
    return [error for alias in databases or () for error in _errors(alias)]


def _errors(alias: str) -> list[CheckMessage]:
    try:
        require_guards(connections[alias])
    except GuardsDown as down:
        return [Error(f"{alias}: {down}", id="audit.E001")]
    return []
