"""What kind of field a tag stands in. Marks are looked for only where programs write them.

Titles, artists, albums, genres and lyrics are never looked at: there people write what they like.
"""

from typing import Any

from apps.screening.audio import Tag
from apps.screening.checks.base import Evidence

MAX_VALUE = 300

COMMENT_KEYS = frozenset(
    {
        "COMM",
        "COMMENT",
        "COMMENTS",
        "DESCRIPTION",
        "ICMT",
        "\N{COPYRIGHT SIGN}CMT",
        "DESC",
        "ANNO",
        "COMT",
        "COM.APPLE.QUICKTIME.COMMENT",
        "COM.APPLE.QUICKTIME.DESCRIPTION",
    }
)
# Where the audio itself, or its file, is to be found; and other addresses.
SOURCE_KEYS = frozenset({"WOAS", "WOAF", "PURL", "SOURCE", "SOURCE_URL"})
URL_KEYS = SOURCE_KEYS | {
    "WOAR",
    "WPUB",
    "WCOM",
    "URL",
    "WEBSITE",
    "WWW",
    "CONTACT",
    "\N{COPYRIGHT SIGN}URL",
}
GRAPH_KEYS = frozenset({"PROMPT", "WORKFLOW"})


def key_of(tag: Tag) -> str:
    """The name that says what is in it: SUNO_ID for `TXXX:SUNO_ID` or `----:…:SUNO_ID`."""
    name = tag.field.rpartition(":")[2] or tag.field
    return name.strip().upper()


def is_comment(tag: Tag) -> bool:
    """A free remark on the file."""
    return key_of(tag) in COMMENT_KEYS


def is_url(tag: Tag) -> bool:
    """An address of any kind."""
    return key_of(tag) in URL_KEYS or tag.field.startswith("WXXX")


def is_source_url(tag: Tag) -> bool:
    """The address of this very recording."""
    return key_of(tag) in SOURCE_KEYS


def is_custom(tag: Tag) -> bool:
    """A field whose name a program chose itself: TXXX, free-form MP4, Vorbis, APE, CAF."""
    named = tag.field.startswith(("TXXX:", "----:"))
    return named or tag.origin in {"vorbis", "ape", "caf", "mp4"}


def as_evidence(tag: Tag, **detail: Any) -> Evidence:
    """The tag as evidence: field, origin, offset, and at most 300 characters of its value."""
    value = tag.value if len(tag.value) <= MAX_VALUE else f"{tag.value[:MAX_VALUE]}…"
    told = {name: item for name, item in detail.items() if item is not None}
    place = {"field": tag.field, "origin": tag.origin, "offset": tag.offset}
    return Evidence("tag", detail={**place, "value": value, **told})
