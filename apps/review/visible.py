"""Showing text that strangers wrote: escaped, isolated, with everything hidden made visible."""

import unicodedata
from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

SHORT = 300  # characters shown at once; the rest opens on demand
LONG = 20_000  # never more than this on a page
# Letters that carry no ink but are needed to spell: joiners of Indic and Persian, in emoji too.
_SPELLING = frozenset("\u200c\u200d\ufe0f")


def visible(value: object, short: int = SHORT) -> SafeString:
    """The text as one line of HTML: `<bdi>`, hidden characters as their code, long texts cut."""
    text = "" if value is None else str(value)
    if len(text) <= short:
        return format_html("<bdi>{}</bdi>", _spelled(text))
    cut = _("%(count)s characters") % {"count": f"{len(text):,}"}
    return format_html(
        '<bdi>{}…</bdi> <span class="quiet">({})</span>', _spelled(text[:short]), cut
    )


def unfolding(value: object, short: int = SHORT) -> SafeString:
    """The same for places that take blocks: long texts open on demand."""
    text = "" if value is None else str(value)
    if len(text) <= short:
        return visible(text)
    return format_html(
        '<details class="long"><summary>{}</summary><bdi>{}</bdi></details>',
        visible(text, short),
        _spelled(text[:LONG]),
    )


def plain(value: object, short: int = SHORT) -> str:
    """The same for places that take no markup: hidden characters as their code, long texts cut."""
    text = "" if value is None else str(value)
    shown = "".join(part if not hidden else f"[{part}]" for part, hidden in _runs(text[:short]))
    return f"{shown}…" if len(text) > short else shown


def _spelled(text: str) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="unseen">{}</span>', part) if hidden else part,)
            for part, hidden in _runs(text)
        ),
    )


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Stretches of ordinary text, and hidden characters by their code point."""
    start = 0
    for place, char in enumerate(text):
        if is_hidden(char):
            if place > start:
                yield text[start:place], False
            yield f"U+{ord(char):04X}", True
            start = place + 1
    if start < len(text):
        yield text[start:], False


def is_hidden(char: str) -> bool:
    """Whether a character draws nothing of its own: controls, formats, unpaired halves, unknowns.

    Line breaks and tabs are ordinary. By Unicode general category: Cc, Cf, Cs, Co, Cn, Zl, Zp.
    """
    if char in "\n\t" or char in _SPELLING:
        return False
    category = unicodedata.category(char)
    return category.startswith("C") or category in {"Zl", "Zp"}
