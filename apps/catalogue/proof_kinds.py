"""Which files are taken as proofs, told by their first bytes and never by their name alone. Pure.

What the first bytes are stands in the formats' own texts: ISO 32000-1 7.5.2 (PDF), ITU-T T.81 B.1
(JPEG), ISO/IEC 15948 5.2 (PNG), RFC 9639 (FLAC), RFC 3533 (Ogg). An EML
file is a text of RFC 5322: header fields, then a body.
"""

import re
from pathlib import PurePosixPath

HEAD = 4096  # bytes that are looked at
KINDS = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".eml": "message/rfc822",
}
_MAGIC = {".pdf": b"%PDF-", ".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n"}
_MAGIC[".jpeg"] = _MAGIC[".jpg"]
# Sound that shows how a recording was made: the vocals alone. It is decoded like any upload later.
STEMS = {
    ".wav": ("audio/wav", rb"RIFF.{4}WAVE"),
    ".flac": ("audio/flac", rb"fLaC"),
    ".mp3": ("audio/mpeg", rb"ID3|\xff[\xe0-\xff]"),
    ".m4a": ("audio/mp4", rb".{4}ftyp"),
    ".ogg": ("audio/ogg", rb"OggS"),
}
_FIELD = re.compile(rb"[!-9;-~]{1,76}:[ \t]?[^\r\n]*\r?\n")


def kind_of(name: str, head: bytes) -> str | None:
    """The media type of a proof with this name and these first bytes; None when it is none."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _MAGIC:
        return KINDS[suffix] if head.startswith(_MAGIC[suffix]) else None
    if suffix == ".eml":
        return KINDS[suffix] if _FIELD.match(head) and _is_text(head) else None
    return KINDS[suffix] if suffix == ".txt" and _is_text(head) else None


def stem_kind_of(name: str, head: bytes) -> str | None:
    """The media type of a stem with this name and these first bytes; None when it is none."""
    kind, first = STEMS.get(PurePosixPath(name).suffix.lower(), ("", b""))
    return kind if kind and re.match(first, head, re.DOTALL) else None


def _is_text(head: bytes) -> bool:
    """Whether no control characters are in it; mails may be Latin-1, so more is not asked."""
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
