"""What we refuse by the values that a container states, and in which words."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from apps.screening.audio import UnusableAudio
from apps.screening.codecs import ENCRYPTED, LOSSLESS, LOSSY
from apps.screening.containers import MP4, Container
from apps.screening.imposters import SEND
from apps.screening.limits import Limits
from apps.screening.sandbox import Crashed, OutOfMemory, TimedOut
from apps.screening.tags.listing import Full, Listing, Octets
from apps.screening.tags.mp4 import sample_entries

NOT_DECODED = re.compile(rb"Codec \((\w+)\) not on whitelist")
# Fewer bits per second than this no codec reaches: the claimed duration is absurd.
LEAST_BIT_RATE = 64.0


@contextmanager
def refusing() -> Iterator[None]:
    """Turns what a hostile file does to a child, or to us, into UnusableAudio.

    A child that could not even start is no fault of the file: that error passes.
    """
    try:
        yield
    except TimedOut as problem:
        raise UnusableAudio(
            "timed_out", "Reading this file took too long. Export it again. " + SEND
        ) from problem
    except (OutOfMemory, MemoryError) as problem:
        raise UnusableAudio(
            "too_large_to_process",
            "Reading this file took more memory than we allow. Export it again, as 24-bit WAV or "
            "FLAC at 48 kHz.",
        ) from problem
    except Crashed as problem:
        raise refuse_corrupt() from problem


def refuse_corrupt() -> UnusableAudio:
    """The refusal of a file out of which nothing came."""
    return UnusableAudio(
        "corrupt", "Nothing in this file can be played: it is damaged. Export or upload it again."
    )


def refuse_long(limits: Limits) -> UnusableAudio:
    """The refusal of a recording beyond `limits.max_s`."""
    return UnusableAudio(
        "too_long",
        "This recording is longer than %(most)d minutes. Send it in parts, one track per file.",
        most=round(limits.max_s / 60),
    )


def find_audio_stream(
    report: Mapping[str, Any], container: Container, stderr: bytes
) -> Mapping[str, Any]:
    """The one audio stream in ffprobe's report, or a refusal that says what is there instead."""
    streams = report.get("streams") or []
    audio = [stream for stream in streams if stream.get("codec_type") == "audio"]
    if len(audio) == 1:
        return dict(audio[0])
    if audio:
        raise UnusableAudio(
            "several_streams",
            "This file holds %(streams)d recordings side by side. Send one recording per file.",
            streams=len(audio),
        )
    if streams:
        raise UnusableAudio("no_audio_stream", "This file holds video but no sound. " + SEND)
    if b"Cannot allocate memory" in stderr:
        raise MemoryError
    refused = NOT_DECODED.search(stderr)
    if refused is not None:
        raise _refuse_codec(refused[1].decode(), container)
    raise UnusableAudio(
        "corrupt",
        "This file begins like %(title)s, but its header cannot be read. "
        "Export or upload it again.",
        title=container.title,
    )


def check_protection(file: IO[bytes], size: int, container: Container, start: int) -> None:
    """Raises UnusableAudio for an MP4 file that is encrypted."""
    if container is not MP4:
        return
    try:
        entries = set(sample_entries(Octets(file, size), Listing(), start))
    except Full:
        return  # too many parts to look through: the decoder will tell
    if entries & ENCRYPTED:
        raise UnusableAudio(
            "protected", "This file is copy-protected (DRM). Send your own master. " + SEND
        )


def check_codec(stream: Mapping[str, Any], container: Container) -> None:
    """Raises UnusableAudio unless this is a codec that we decode."""
    codec = str(stream.get("codec_name", "unknown"))
    if codec not in LOSSY | LOSSLESS:
        raise _refuse_codec(codec, container)


def _refuse_codec(codec: str, container: Container) -> UnusableAudio:
    return UnusableAudio(
        "unsupported_format",
        "This %(title)s file holds %(codec)s, which we cannot take. " + SEND,
        title=container.title,
        codec=codec,
    )


def check_rate(stream: Mapping[str, Any], limits: Limits) -> None:
    """Raises UnusableAudio for a sample rate beyond the limits."""
    rate = integer(stream.get("sample_rate")) or 0
    if not limits.min_rate <= rate <= limits.max_rate:
        raise UnusableAudio(
            "sample_rate",
            "This file has a sample rate of %(rate)d Hz; it must be between %(least)d and "
            "%(most)d. Export it again at 44,100 or 48,000 Hz.",
            rate=rate,
            least=limits.min_rate,
            most=limits.max_rate,
        )


def check_channels(stream: Mapping[str, Any]) -> None:
    """Raises UnusableAudio unless this is mono or stereo."""
    channels = integer(stream.get("channels")) or 0
    if channels in (1, 2):
        return
    if channels == 0:
        raise refuse_corrupt()
    layout = str(stream.get("channel_layout") or "")
    named = f" ({layout})" if layout[:1].isdigit() else ""
    raise UnusableAudio(
        "channels",
        "This is not stereo: it has %(channels)d channels%(named)s. Send a stereo or mono mix.",
        channels=channels,
        named=named,
    )


def believable(seconds: float | None, size: int) -> float | None:
    """The claimed duration, or None when a file of `size` bytes cannot possibly hold it."""
    if seconds is None or seconds <= 0 or size * 8 / seconds < LEAST_BIT_RATE:
        return None
    return seconds


def integer(value: object) -> int | None:
    """A number as ffprobe prints it, cut to an integer; None where it prints none."""
    found = number(value)
    return None if found is None else int(found)


def number(value: object) -> float | None:
    """A number as ffprobe prints it; None for "N/A", nonsense and the absurdly large."""
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if abs(found) < 1e15 else None
