"""What is inside one ID3v2 frame, as pairs of field and text."""

from collections.abc import Iterator

from apps.screening.tags.text import decode, decode_values, split

# ID3v2.2's three-letter names and what they are called since 2.3.
VERSION_2_NAMES = {
    **{"TT1": "TIT1", "TT2": "TIT2", "TT3": "TIT3", "TP1": "TPE1", "TP2": "TPE2", "TP3": "TPE3"},
    **{"TP4": "TPE4", "TCM": "TCOM", "TXT": "TEXT", "TLA": "TLAN", "TCO": "TCON", "TAL": "TALB"},
    **{"TPA": "TPOS", "TRK": "TRCK", "TRC": "TSRC", "TYE": "TYER", "TPB": "TPUB", "TCR": "TCOP"},
    **{"TEN": "TENC", "TSS": "TSSE", "TOF": "TOFN", "TXX": "TXXX", "WAF": "WOAF", "WAR": "WOAR"},
    **{"WAS": "WOAS", "WCM": "WCOM", "WCP": "WCOP", "WPB": "WPUB", "WXX": "WXXX", "COM": "COMM"},
    **{"ULT": "USLT", "GEO": "GEOB", "PIC": "APIC", "UFI": "UFID"},
}
OTHERS = ("COMM", "USLT", "GEOB", "PRIV", "UFID")


def is_wanted(frame: str) -> bool:
    """Whether a frame holds text, or something whose presence tells."""
    return frame[0] in "TW" or frame in OTHERS


def read_frame(frame: str, data: bytes, length: int) -> Iterator[tuple[str, str]]:
    """Field and text of everything in a frame; `length` is what it measures in the file.

    A described text is `TXXX:description`; comments and lyrics are plain `COMM` and `USLT`.
    """
    if not data:
        return
    if frame in ("TXXX", "WXXX"):
        yield from _read_described(frame, data)
    elif frame in ("COMM", "USLT"):
        _, text = split(data[4:], data[0])
        yield frame, decode(text, data[0])
    elif frame == "GEOB":
        yield frame, _describe_object(data, length)
    elif frame in ("PRIV", "UFID"):
        yield from _read_owned(frame, data)
    elif frame[0] == "W":
        yield frame, decode(split(data, 0)[0], 0)
    else:
        yield from ((frame, value) for value in decode_values(data[1:], data[0]))


def _read_described(frame: str, data: bytes) -> Iterator[tuple[str, str]]:
    description, rest = split(data[1:], data[0])
    field = f"{frame}:{decode(description, data[0])}"
    if frame == "WXXX":
        yield field, decode(split(rest, 0)[0], 0)
    else:
        yield from ((field, value) for value in decode_values(rest, data[0]))


def _read_owned(frame: str, data: bytes) -> Iterator[tuple[str, str]]:
    owner, rest = split(data, 0)
    if frame == "PRIV" and owner == b"XMP":
        yield "XMP", rest.decode("utf-8", "replace")
    else:
        yield frame, decode(owner, 0)


def _describe_object(data: bytes, length: int) -> str:
    """An attached object's media type, file name and description, and the frame's size."""
    media_type, rest = split(data[1:], 0)
    name, rest = split(rest, data[0])
    description, _ = split(rest, data[0])
    texts = (decode(media_type, 0), decode(name, data[0]), decode(description, data[0]))
    return "; ".join([*texts, f"{length} bytes"])
