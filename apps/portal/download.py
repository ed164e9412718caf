"""Sends an export of decisions to a browser or a program."""

from collections.abc import Sequence
from itertools import chain

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from apps.accounts.models import User
from apps.exports.decisions import COLUMNS
from apps.exports.export import export_decisions
from apps.exports.formats import CONTENT_TYPES
from apps.exports.scope import Filters
from apps.policy.models import Decision


def send_decisions(
    *,
    by: User,
    decisions: QuerySet[Decision],
    filters: Filters,
    format: str,
    columns: Sequence[str] = COLUMNS,
    bom: bool = False,
) -> HttpResponseBase:
    """The file as a stream to be saved. Raises UnknownColumn, and TooManyRows for XLSX."""
    blocks = export_decisions(
        by=by, decisions=decisions, filters=filters, format=format, columns=columns, bom=bom
    )
    first = next(blocks)  # what goes wrong at the start still becomes an answer
    response = StreamingHttpResponse(chain([first], blocks), content_type=CONTENT_TYPES[format])
    name = f"soundcheck-decisions-{timezone.now():%Y-%m-%d}.{format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response
