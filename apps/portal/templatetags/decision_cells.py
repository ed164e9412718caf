"""One cell of the decisions table: what the export writes, shaped for reading."""

from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.roles import Role
from apps.policy.models import Outcome
from apps.policy.reasons import UnknownReason, reason_text
from apps.portal.stores import VERDICT_STATES, VERDICT_WORDS
from apps.portal.templatetags.look import icon, moment

register = template.Library()
_CODES = ("decision_id", "track_id", "isrc", "upc", "ruleset_id", "ruleset_sha256", "supersedes")
MOST_REASONS = 4  # shown at once in one cell


@register.simple_tag(takes_context=True)
def cell(context: template.Context, name: str, value: Any) -> str:
    """The value of this column as HTML; a dash where there is none. Reads `stores` of the page."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not value:
        return format_html('<span class="quiet">{}</span>', "–")
    if name in _CODES:
        return format_html('<code class="code">{}</code>', value)
    if name == "cawg_training_mining":
        return _list((format_html("<code>{}</code> {}", *pair),) for pair in value.items())
    if name == "destinations":
        return _destinations(value, context["stores"])
    return _SHAPES.get(name, _text)(value)


def _text(value: Any) -> SafeString:
    if isinstance(value, list):
        return _list((_text(each),) for each in value)
    return format_html("<bdi>{}</bdi>", value)


def _outcome(value: str) -> SafeString:
    word = Outcome(value).label
    return format_html('<span class="state pill is-{}">{}{}</span>', value, icon(value), word)


def _destinations(value: dict[str, str], names: Mapping[str, str]) -> SafeString:
    return _list(
        (
            format_html(
                '<span class="state is-{}">{}{}: {}</span>',
                VERDICT_STATES.get(verdict, "waiting"),
                icon(VERDICT_STATES.get(verdict, "waiting")),
                names.get(slug, slug),
                VERDICT_WORDS.get(verdict, verdict),
            ),
        )
        for slug, verdict in value.items()
    )


def _reasons(codes: list[str]) -> SafeString:
    """Each title once; a cleared track met every rule, which is said in one line that unfolds."""
    titles = list(dict.fromkeys(_title(code) for code in codes))
    told = _list((title,) for title in titles)
    if len(titles) <= MOST_REASONS:
        return told
    line = ngettext("%(count)s reason", "%(count)s reasons", len(titles)) % {"count": len(titles)}
    return format_html("<details><summary>{}</summary>{}</details>", line, told)


def _title(code: str) -> str:
    try:
        return _(reason_text(code).title)
    except UnknownReason:
        return code


def _made_by(value: str) -> str:
    return str(Role(value).label) if value in Role.values else _("machine")


def _list(items: Any) -> SafeString:
    return format_html('<ul class="cell-list">{}</ul>', format_html_join("", "<li>{}</li>", items))


_SHAPES: dict[str, Callable[[Any], str]] = {
    "made_at": moment,
    "outcome": _outcome,
    "reason_codes": _reasons,
    "made_by": _made_by,
}
