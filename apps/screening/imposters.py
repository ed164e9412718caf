"""What people send that is not a recording we can take, known by its first bytes.

Every refusal says what was found and what to send. The texts are message ids: `%(name)s` is filled
in with a name from this page.
"""

import re

from apps.screening.audio import UnusableAudio

SEND = "Send WAV, FLAC, AIFF, MP3, M4A or Ogg/Opus."
BLANKS = "\t\n\r\f"
SHORTEST = 44  # bytes: a WAV header with nothing behind it

# (code, name): magics as (offset, bytes)
MAGICS: tuple[tuple[str, str, tuple[tuple[int, bytes], ...]], ...] = (
    ("not_audio", "a PNG picture", ((0, b"\x89PNG"),)),
    ("not_audio", "a JPEG picture", ((0, b"\xff\xd8\xff"),)),
    ("not_audio", "a GIF picture", ((0, b"GIF8"),)),
    ("not_audio", "a WebP picture", ((0, b"RIFF"), (8, b"WEBP"))),
    ("not_audio", "a TIFF picture", ((0, b"II*\0"),)),
    ("not_audio", "a TIFF picture", ((0, b"MM\0*"),)),
    ("not_audio", "a Photoshop picture", ((0, b"8BPS"),)),
    ("not_audio", "a HEIC picture", ((4, b"ftyphei"),)),
    ("not_audio", "a HEIF picture", ((4, b"ftypmif1"),)),
    ("not_audio", "an AVIF picture", ((4, b"ftypavif"),)),
    ("not_audio", "a Canon raw picture", ((4, b"ftypcrx "),)),
    ("not_audio", "a PDF document", ((0, b"%PDF"),)),
    ("not_audio", "a PostScript document", ((0, b"%!PS"),)),
    ("not_audio", "an RTF document", ((0, b"{\\rtf"),)),
    ("not_audio", "an Office document", ((0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),)),
    ("not_audio", "a ZIP archive", ((0, b"PK\x03\x04"),)),
    ("not_audio", "a ZIP archive", ((0, b"PK\x05\x06"),)),
    ("not_audio", "a RAR archive", ((0, b"Rar!\x1a\x07"),)),
    ("not_audio", "a 7-Zip archive", ((0, b"7z\xbc\xaf\x27\x1c"),)),
    ("not_audio", "a gzip archive", ((0, b"\x1f\x8b"),)),
    ("not_audio", "a bzip2 archive", ((0, b"BZh"),)),
    ("not_audio", "an xz archive", ((0, b"\xfd7zXZ\0"),)),
    ("not_audio", "a Zstandard archive", ((0, b"\x28\xb5\x2f\xfd"),)),
    ("not_audio", "a tar archive", ((257, b"ustar"),)),
    ("not_audio", "a program", ((0, b"\x7fELF"),)),
    ("not_audio", "a program", ((0, b"MZ"),)),
    ("not_audio", "a program", ((0, b"\xcf\xfa\xed\xfe"),)),
    ("not_audio", "a program", ((0, b"\xca\xfe\xba\xbe"),)),
    ("not_audio", "a program", ((0, b"\0asm"),)),
    ("not_audio", "a script", ((0, b"#!/"),)),
    ("not_audio", "a database", ((0, b"SQLite format 3\0"),)),
    ("not_audio", "a SoundFont", ((0, b"RIFF"), (8, b"sfbk"))),
    ("unsupported_format", "WMA or WMV (ASF)", ((0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),)),
    ("unsupported_format", "WavPack", ((0, b"wvpk"),)),
    ("unsupported_format", "MIDI", ((0, b"MThd"),)),
    ("unsupported_format", "MIDI", ((0, b"RIFF"), (8, b"RMID"))),
    ("unsupported_format", "DSD (DSF)", ((0, b"DSD "),)),
    ("unsupported_format", "DSD (DSDIFF)", ((0, b"FRM8"),)),
    ("unsupported_format", "Monkey's Audio", ((0, b"MAC "),)),
    ("unsupported_format", "True Audio", ((0, b"TTA1"),)),
    ("unsupported_format", "Musepack", ((0, b"MPCK"),)),
    ("unsupported_format", "Musepack", ((0, b"MP+"),)),
    ("unsupported_format", "OptimFROG", ((0, b"OFR "),)),
    ("unsupported_format", "TAK", ((0, b"tBaK"),)),
    ("unsupported_format", "Shorten", ((0, b"ajkg"),)),
    ("unsupported_format", "AMR", ((0, b"#!AMR"),)),
    ("unsupported_format", "Sun audio (AU)", ((0, b".snd"),)),
    ("unsupported_format", "Creative Voice", ((0, b"Creative Voice File"),)),
    ("unsupported_format", "8SVX", ((0, b"FORM"), (8, b"8SVX"))),
    ("unsupported_format", "RealMedia", ((0, b".RMF"),)),
    ("unsupported_format", "RealAudio", ((0, b".ra\xfd"),)),
    ("unsupported_format", "AC-3", ((0, b"\x0b\x77"),)),
    ("unsupported_format", "DTS", ((0, b"\x7f\xfe\x80\x01"),)),
    ("unsupported_format", "a tracker module", ((0, b"Extended Module: "),)),
    ("unsupported_format", "a tracker module", ((0, b"IMPM"),)),
    ("unsupported_format", "AVI video", ((0, b"RIFF"), (8, b"AVI "))),
    ("unsupported_format", "Matroska or WebM", ((0, b"\x1a\x45\xdf\xa3"),)),
    ("unsupported_format", "Flash video", ((0, b"FLV\x01"),)),
    ("unsupported_format", "MPEG video", ((0, b"\0\0\x01\xba"),)),
    ("unsupported_format", "MPEG video", ((0, b"\0\0\x01\xb3"),)),
    ("unsupported_format", "MPEG transport stream", ((0, b"G"), (188, b"G"), (376, b"G"))),
)

# Matched against the first characters of a text, in lower case, without blanks, XML declaration and
# comments in front. Every repetition is bounded or cannot overlap: the text is hostile too.
TEXTS: tuple[tuple[str, str, str], ...] = (
    ("playlist", "an M3U or HLS playlist", r"#ext(m3u|inf|-x-)"),
    ("playlist", "an ffmpeg playlist", r"ffconcat version"),
    ("playlist", "an ffmpeg playlist", r"(file|stream)\s[^\n]*\n\s*(file|duration|inpoint)\s"),
    ("playlist", "a DASH playlist", r"<mpd\b"),
    ("playlist", "a session description (SDP)", r"v=0\s"),
    ("playlist", "a PLS playlist", r"\[playlist\]"),
    ("playlist", "an ASX playlist", r"<asx\b"),
    ("playlist", "an XSPF playlist", r"<playlist\b"),
    ("playlist", "a SMIL playlist", r"<smil\b"),
    ("playlist", "a cue sheet", r"(rem|title|performer|file)\s.*\btrack \d{1,2} audio"),
    ("playlist", "an internet shortcut", r"\[internetshortcut\]"),
    ("not_audio", "an SVG picture", r"<(!doctype )?svg\b"),
    ("not_audio", "a web page", r"<(!doctype )?(html|head|body)\b"),
    ("not_audio", "an XML document", r"<[a-z!]"),
    ("not_audio", "a JSON document", r"[\[{]\s*[\"\[{]"),
)


def refuse(code: str, name: str) -> UnusableAudio:
    """The refusal of a file that is something else; `name` has its article."""
    sentences = {
        "not_audio": "This is %(name)s, not a recording. " + SEND,
        "playlist": "This is %(name)s: it points at recordings and holds none. " + SEND,
        "unsupported_format": "We cannot take %(name)s. " + SEND,
    }
    return UnusableAudio(code, sentences[code], name=name)


def recognise_other(head: bytes) -> UnusableAudio | None:
    """The refusal for a file whose first bytes (a few KB) are known not to be our formats."""
    for code, name, magics in MAGICS:
        if all(head[at : at + len(magic)] == magic for at, magic in magics):
            return refuse(code, name)
    if not head.strip(b"\0"):
        return UnusableAudio(
            "corrupt", "This file begins with nothing but zeros. Export or upload it again."
        )
    return _recognise_text(head)


def _recognise_text(head: bytes) -> UnusableAudio | None:
    text = _decode(head[:8192])
    if text is None:
        return None
    start = _without_prologue(text.lower())
    for code, name, pattern in TEXTS:
        if re.match(pattern, start, re.DOTALL):
            return refuse(code, name)
    return refuse("not_audio", "a text") if len(head) >= SHORTEST else None


def _decode(head: bytes) -> str | None:
    """The beginning as text; None when it does not look like one."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
        odd = sum(1 for letter in text if not (" " <= letter <= "~" or letter in BLANKS))
        return text if odd <= len(text) // 4 else None
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    odd = sum(1 for letter in text if letter < " " and letter not in BLANKS)
    # One stray byte does not make a playlist a recording.
    return text if odd <= len(text) // 64 else None


def _without_prologue(text: str) -> str:
    """The text behind blanks, XML declarations and comments."""
    for opening, closing in [("<?xml", "?>"), *[("<!--", "-->")] * 16]:
        text = text.lstrip()
        if text.startswith(opening):
            text = text.partition(closing)[2]
    return text.lstrip()
