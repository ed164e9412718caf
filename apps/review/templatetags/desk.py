"""What the desk's pages show alike: icons, times, places in a track, text of strangers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.policy.models import Decision, Outcome
from apps.review.curves import Curve, lay_out
from apps.review.evidence import figure as as_figure
from apps.review.visible import SHORT
from apps.review.visible import unfolding as as_unfolding
from apps.review.visible import visible as as_visible

register = template.Library()
_CONCERNS = {
    "rights": gettext_lazy("the rights"),
    "vocals": gettext_lazy("the vocal stem"),
    "making": gettext_lazy("how the sound was made"),
    "voice": gettext_lazy("consent to the voice"),
    "likeness": gettext_lazy("likeness"),
    "borrowed": gettext_lazy("borrowed material"),
    "ai": gettext_lazy("AI tool"),
}

# Paths on a 16 x 16 grid, drawn with a 1.5 stroke in the colour of the text.
_ICONS = {
    "cleared": '<circle cx="8" cy="8" r="6.5"/><path d="m5 8.2 2.1 2.1L11 6"/>',
    "held": '<circle cx="8" cy="8" r="6.5"/><path d="M6.3 5.7v4.6M9.7 5.7v4.6"/>',
    "refused": '<circle cx="8" cy="8" r="6.5"/><path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8"/>',
    "note": '<circle cx="8" cy="8" r="6.5"/><path d="M8 7.4v3.6M8 5v.1"/>',
    "overdue": '<path d="M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.6v.1"/>',
    "today": '<circle cx="8" cy="8" r="6.5"/><path d="M8 4v4l2.6 1.6"/>',
    "later": '<rect x="2.5" y="3.5" width="11" height="10" rx="1"/><path d="M2.5 6.5h11M5.5 2v3M10.5 2v3"/>',  # noqa: E501
    "person": '<circle cx="8" cy="5" r="2.7"/><path d="M2.8 14c.5-3 2.5-4.4 5.2-4.4s4.7 1.4 5.2 4.4"/>',  # noqa: E501
    "none": '<path d="M4 8h8"/>',
}
_SAME = {
    "allowed": "cleared",
    "needs_review": "held",
    "not_allowed": "refused",
    "changes_asked": "note",
    "tomorrow": "later",
    "ok": "cleared",
    "error": "refused",
    "not_assessable": "none",
    "deliver": "cleared",
    "deliver_with_label": "cleared",
    "restricted": "held",
    "undecided": "held",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon as inline SVG, hidden from screen readers: a word always stands beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" '
        'focusable="false" fill="none" stroke="currentColor" stroke-width="1.5" '
        'stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        mark_safe(_ICONS.get(_SAME.get(name, name), _ICONS["none"])),  # noqa: S308 (constants)
    )


@register.filter
def moment(value: datetime | None) -> str:
    """A time as a `<time>` element: UTC here and on hover; the browser makes it local."""
    if value is None:
        return ""
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC" data-local>{}</time>',
        utc.isoformat(timespec="seconds"),
        f"{utc:%Y-%m-%d %H:%M:%S}",
        f"{localtime(value):%-d %b %Y, %H:%M}",
    )


@register.filter
def outcome_words(decision: Decision) -> str:
    """What a decision did: a person who holds a track asks its artist for something."""
    if decision.made_by_id and decision.outcome == Outcome.NEEDS_REVIEW:
        return _("changes asked")
    return str(Outcome(decision.outcome).label)


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as a place in a track: 67.4 is "1:07", 3675 is "1:01:15"."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def visible(value: object, short: int = SHORT) -> SafeString:
    """Text of strangers on one line, safe to read: see `review.visible`."""
    return as_visible(value, short)


@register.filter
def unfolding(value: object) -> SafeString:
    """Text of strangers where blocks may stand; long ones open on demand."""
    return as_unfolding(value)


@register.filter
def concern(concerns: str) -> str:
    """What a proof is about, in words; what has none shows as its code."""
    root, _dot, place = concerns.partition(".")
    words = str(_CONCERNS.get(root, root))
    return f"{words} {int(place) + 1}" if place.isdecimal() else words


@register.filter
def figure(value: object) -> object:
    """A value of a check in words."""
    return as_figure(value)


@register.simple_tag
def curve(detail: Mapping[str, Any]) -> Curve | None:
    """A curve that a check left as evidence, laid out; None where it cannot be drawn."""
    return lay_out(detail)


@register.simple_tag
def queue_keys() -> list[tuple[str, str]]:
    """The keys of the queue, for its legend."""
    return [
        ("j", _("next case")),
        ("k", _("previous case")),
        ("Enter", _("open it")),
        ("c", _("claim it and open it")),
    ]


@register.simple_tag
def case_keys() -> list[tuple[str, str]]:
    """The keys of the case page, for its legend."""
    return [
        (_("Space"), _("play, pause")),
        ("1–9", _("hear that piece of evidence")),
        ("s", _("spectrogram")),
        ("b", _("the upload, or what it shares audio with, at the same moment")),
        (_("m, M"), _("next, last stretch that is shared")),
        ("a", _("approve")),
        ("r", _("refuse")),
        ("q", _("ask for changes")),
        (_("Ctrl Enter"), _("record the decision")),
    ]
