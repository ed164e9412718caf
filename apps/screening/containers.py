"""Which container a file is, by its first bytes and never by its name.

The answer decides the one demuxer that ffmpeg is forced to use, so a playlist in disguise can open
nothing else.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from apps.screening.audio import UnusableAudio
from apps.screening.imposters import SEND, SHORTEST, recognise_other, refuse
from apps.screening.mpeg import AAC, find_frames

WINDOW = 65_536
ID3_TAGS = 8
W64_GUID = bytes.fromhex("726966662e91cf11a5d628db04c10000")


@dataclass(frozen=True)
class Container:
    """`demuxer` is ffmpeg's name; the first of `extensions` (no dot) is the usual one."""

    name: str
    title: str
    demuxer: str
    extensions: tuple[str, ...]


WAV = Container("wav", "WAV", "wav", ("wav", "wave", "bwf", "rf64"))
W64 = Container("w64", "Wave64", "w64", ("w64",))
AIFF = Container("aiff", "AIFF", "aiff", ("aiff", "aif", "aifc"))
FLAC = Container("flac", "FLAC", "flac", ("flac", "fla"))
MP3 = Container("mp3", "MP3", "mp3", ("mp3",))
ADTS = Container("aac", "AAC", "aac", ("aac",))
MP4 = Container("mp4", "M4A/MP4", "mov", ("m4a", "mp4", "m4b", "m4r", "mov", "m4v", "aac"))
OGG = Container("ogg", "Ogg", "ogg", ("ogg", "oga", "opus"))
CAF = Container("caf", "CAF", "caf", ("caf",))

OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def check_size(path: Path, max_bytes: int) -> int:
    """The file's size in bytes; raises UnusableAudio for what is no file, empty or too large."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnusableAudio("not_audio", "This is a folder or a device, not a file. " + SEND)
    if status.st_size == 0:
        raise UnusableAudio("empty_file", "This file is empty. Export or upload it again.")
    if status.st_size > max_bytes:
        raise UnusableAudio(
            "too_large",
            "This file has %(found).1f GB; we take up to %(most).1f GB. "
            "Send the track as FLAC, or as 24-bit WAV at 48 kHz.",
            found=status.st_size / 1e9,
            most=max_bytes / 1e9,
        )
    return status.st_size


def recognise(file: IO[bytes]) -> tuple[Container, int]:
    """The container of an open file, and the byte where it begins behind any ID3v2 tags.

    Raises UnusableAudio for everything that we cannot take.
    """
    size = file.seek(0, os.SEEK_END)
    head = _read(file, 0)
    start = _skip_id3(file, head, size)
    if start:
        head = _read(file, start)
    container = _recognise_start(head) or _recognise_frames(head, whole=start + len(head) >= size)
    if container is not None:
        return container, start
    raise _refuse_unknown(head, tagged=start > 0)


def _read(file: IO[bytes], at: int) -> bytes:
    file.seek(at)
    return file.read(WINDOW)


def _skip_id3(file: IO[bytes], head: bytes, size: int) -> int:
    """Where the contents begin behind any ID3v2 tags in front."""
    at = 0
    for _ in range(ID3_TAGS):
        if head[:3] != b"ID3" or len(head) < 10 or max(head[6:10]) > 127:
            return at
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        at += 10 + length + (10 if head[5] & 0x10 else 0)
        if at >= size:
            raise UnusableAudio(
                "corrupt",
                "The tag at the front of this file claims to be longer than the file. "
                "Export or upload it again.",
            )
        head = _read(file, at)
    return at


def _recognise_start(head: bytes) -> Container | None:
    kind, form = head[:4], head[8:12]
    if kind in (b"RIFF", b"RIFX", b"RF64", b"BW64") and form == b"WAVE":
        return WAV
    if kind == b"FORM" and form in (b"AIFF", b"AIFC"):
        return AIFF
    if head[:16] == W64_GUID:
        return W64
    refusal = recognise_other(head)
    if refusal is not None and refusal.code != "corrupt":  # zeros: an MP3 may begin with some
        raise refusal
    if head[4:8] == b"ftyp" or head[4:8] in OLD_QUICKTIME:
        return MP4
    return {b"fLaC": FLAC, b"OggS": OGG, b"caff": CAF}.get(kind)


def _recognise_frames(head: bytes, *, whole: bool) -> Container | None:
    found = find_frames(head, whole=whole)
    if found is None:
        return None
    layer = found[1].layer
    if layer in (1, 2):
        raise refuse("unsupported_format", f"MP{layer} (MPEG audio layer {layer})")
    return ADTS if layer == AAC else MP3


def _refuse_unknown(head: bytes, *, tagged: bool) -> UnusableAudio:
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM") or tagged:
        return UnusableAudio(
            "corrupt",
            "This file begins like a recording, but nothing in it can be played. "
            "Export or upload it again.",
        )
    if len(head) < SHORTEST:
        return UnusableAudio(
            "empty_file",
            "This file has %(bytes)d bytes and nothing to play. Export or upload it again.",
            bytes=len(head),
        )
    refusal = recognise_other(head)
    if refusal is not None:
        return refusal
    return UnusableAudio("not_audio", "We do not recognise this file as a recording. " + SEND)
