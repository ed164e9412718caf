"""What a container says about itself, read by ffprobe in a limited child and checked by values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.screening.acceptance import (
    believable,
    check_channels,
    check_codec,
    check_protection,
    check_rate,
    find_audio_stream,
    integer,
    number,
    refuse_long,
    refusing,
)
from apps.screening.audio import Source
from apps.screening.codecs import LOSSLESS, PICTURES, SUBTITLES, input_options, link_input
from apps.screening.containers import Container, check_size, recognise
from apps.screening.limits import LIMITS, Limits
from apps.screening.sandbox import run
from apps.screening.scratch import private_directory

ENTRIES = (
    "stream=codec_type,codec_name,codec_tag_string,sample_rate,channels,channel_layout,"
    "bits_per_sample,bits_per_raw_sample,bit_rate:format=duration,bit_rate"
)
# Above this, a claimed duration is believable enough to refuse by, before decoding.
LIKELY_BIT_RATE = 6_000.0


@dataclass(frozen=True)
class Probed:
    """A look at the header alone: nothing was decoded, `estimated_s` is only what it claims."""

    source: Source
    estimated_s: float | None


def probe_audio(path: Path, *, filename: str, limits: Limits = LIMITS) -> Probed:
    """What the file claims to be, cheaply, to be shown right after the upload.

    Raises UnusableAudio for whatever can be refused without decoding.
    """
    with refusing():
        size = check_size(path, limits.max_bytes)
        with path.open("rb") as file:
            container, start = recognise(file)
            check_protection(file, size, container, start)
        with private_directory(limits.scratch) as place:
            link_input(path, place)
            source = probe(place, container, start, size=size, filename=filename, limits=limits)
    _refuse_likely_long(source, limits)
    return Probed(source, source.claimed_s)


def probe(
    place: Path, container: Container, start: int, *, size: int, filename: str, limits: Limits
) -> Source:
    """The header of the input in `place`, whose contents begin at byte `start`.

    Raises UnusableAudio when a value is not acceptable.
    """
    argv = [
        *("ffprobe", "-v", "error", "-hide_banner", "-of", "json", "-show_entries", ENTRIES),
        *input_options(container, start),
        *("-codec_whitelist:v", PICTURES, "-codec_whitelist:s", SUBTITLES),
    ]
    finished = run(argv, within=limits.probing, cwd=place)
    report = _parse(finished.stdout)
    stream = find_audio_stream(report, container, finished.stderr)
    check_codec(stream, container)
    check_rate(stream, limits)
    check_channels(stream)
    return _describe(stream, report, container, size, filename)


def _parse(stdout: bytes) -> Mapping[str, Any]:
    try:
        report = json.loads(stdout)
    except ValueError:  # ffprobe prints a bare "{" on some failures
        return {}
    return report if isinstance(report, dict) else {}


def _describe(
    stream: Mapping[str, Any],
    report: Mapping[str, Any],
    container: Container,
    size: int,
    filename: str,
) -> Source:
    codec, whole = str(stream["codec_name"]), report.get("format") or {}
    lossless = codec in LOSSLESS
    depth = integer(stream.get("bits_per_raw_sample")) or integer(stream.get("bits_per_sample"))
    return Source(
        container=container.name,
        codec=codec,
        sample_rate=int(stream["sample_rate"]),
        channels=int(stream["channels"]),
        bit_depth=depth or None if lossless else None,
        bit_rate=integer(stream.get("bit_rate")) or integer(whole.get("bit_rate")),
        claimed_s=believable(number(whole.get("duration")), size),
        lossless=lossless,
        size_bytes=size,
        decode_errors=0,
        trailing_bytes=0,
        extension_expected=_expected_extension(container, codec, filename),
    )


def _expected_extension(container: Container, codec: str, filename: str) -> str:
    own = Path(filename).suffix.lower().removeprefix(".")
    if own in container.extensions:
        return own
    return "opus" if codec == "opus" and container.name == "ogg" else container.extensions[0]


def _refuse_likely_long(source: Source, limits: Limits) -> None:
    claimed = source.claimed_s or 0.0
    if claimed <= limits.max_s + limits.grace_s:
        return
    if source.size_bytes * 8 / claimed >= LIKELY_BIT_RATE:
        raise refuse_long(limits)
