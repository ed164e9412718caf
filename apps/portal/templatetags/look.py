"""What every page shows alike: icons, times, positions in a track, sizes."""

from datetime import UTC, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

register = template.Library()

# Paths on a 16 × 16 grid, drawn with a 1.5 stroke in the colour of the text.
_ICONS = {
    "cleared": '<circle cx="8" cy="8" r="6.5"/><path d="m5 8.2 2.1 2.1L11 6"/>',
    "held": '<circle cx="8" cy="8" r="6.5"/><path d="M6.3 5.7v4.6M9.7 5.7v4.6"/>',
    "refused": '<circle cx="8" cy="8" r="6.5"/><path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8"/>',
    "waiting": '<circle cx="8" cy="8" r="6.5" stroke-dasharray="2.2 2.2"/>',
    "running": '<path d="M2 9h1.5M5 5v6M8 2.5v11M11 5v6M14 9h-1.5"/>',
    "draft": '<path d="M3 13h2.2l7-7L10 3.8l-7 7zM8.7 5.1l2.2 2.2"/>',
    "withdrawn": '<path d="M13 8H3.5M7 4 3 8l4 4"/>',
    "note": '<path d="M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.6v.1"/>',
    "info": '<circle cx="8" cy="8" r="6.5"/><path d="M8 7.3v3.6M8 5v.1"/>',
    "none": '<path d="M4 8h8"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "arrow": '<path d="M3 8h9.5M9 4l4 4-4 4"/>',
    "back": '<path d="M13 8H3.5M7 4 3 8l4 4"/>',
    "up": '<path d="M8 13V3.5M4 7l4-4 4 4"/>',
    "down": '<path d="M8 3v9.5M4 9l4 4 4-4"/>',
    "bin": '<path d="M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9"/>',
    "file": '<path d="M4 1.8h5L12 5v9.2H4zM9 1.8V5h3"/>',
    "person": '<circle cx="8" cy="5" r="2.7"/><path d="M3 14c.4-3 2.4-4.4 5-4.4s4.6 1.4 5 4.4"/>',
}
_ICONS["changes_asked"] = _ICONS["note"]
_ICONS["submitted"] = _ICONS["running"]
_ICONS["allowed"] = _ICONS["cleared"]
_ICONS["needs_review"] = _ICONS["held"]
_ICONS["not_allowed"] = _ICONS["refused"]


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon as inline SVG, hidden from screen readers: a word always stands beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false" fill="none" '
        'stroke="currentColor" stroke-width="1.5" stroke-linecap="round" '
        'stroke-linejoin="round">{}</svg>',
        mark_safe(_ICONS.get(name, _ICONS["none"])),  # noqa: S308 (our own constants)
    )


@register.filter
def moment(value: datetime | str | None) -> str:
    """A time as a `<time>` element: site time, UTC on hover; the browser makes it local."""
    at = datetime.fromisoformat(value) if isinstance(value, str) and value else value
    if not isinstance(at, datetime):
        return ""
    utc = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC" data-local>{}</time>',
        utc.isoformat(timespec="seconds"),
        utc.strftime("%Y-%m-%d %H:%M:%S"),
        localtime(at).strftime("%-d %b %Y, %H:%M"),
    )


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as a place in a track: 67.4 is "1:07", 3675 is "1:01:15"."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def sound(source: dict[str, object] | None) -> str:
    """What the file is, from `AudioFile.source`: "stereo · 24-bit · 48 kHz"."""
    if not source:
        return ""
    channels = {1: _("mono"), 2: _("stereo")}.get(
        source.get("channels"),  # type: ignore[call-overload]
        _("%(count)s channels") % {"count": source.get("channels")},
    )
    parts = [str(source.get("codec", "")).partition("_")[0].upper(), channels]
    if depth := source.get("bit_depth"):
        parts.append(_("%(bits)s-bit") % {"bits": depth})
    rate = source.get("sample_rate")
    if isinstance(rate, int):
        parts.append(f"{rate / 1000:g} kHz")
    return " · ".join(part for part in parts if part)
