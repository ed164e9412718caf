"""What a container says about itself, read by ffprobe in a limited child and checked by values."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.screening.audio import Source, UnusableAudio
from apps.screening.containers import Container, check_size, recognise
from apps.screening.imposters import SEND
from apps.screening.limits import LIMITS, Limits
from apps.screening.sandbox import Crashed, OutOfMemory, TimedOut, run
from apps.screening.scratch import private_directory

INPUT = "input"
# Every demuxer that we ever force; nothing else may be opened, whatever a file refers to.
DEMUXERS = "wav,w64,aiff,flac,mp3,aac,mov,ogg,caf"
ENTRIES = (
    "stream=codec_type,codec_name,codec_tag_string,sample_rate,channels,channel_layout,"
    "bits_per_sample,bits_per_raw_sample,bit_rate:format=duration,bit_rate"
)
LOSSY = frozenset(
    {
        *("aac", "mp3", "vorbis", "opus", "pcm_alaw", "pcm_mulaw"),
        *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt"),
    }
)
LOSSLESS = frozenset(
    {
        *("flac", "alac", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"),
        *("pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
    }
)
ENCRYPTED = frozenset({"drms", "drmi", "enca", "encv"})
# Fewer bits per second than this no codec reaches: the claimed duration is absurd.
LEAST_BIT_RATE = 64.0
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
            container = recognise(file)
        with private_directory(limits.scratch) as place:
            link_input(path, place)
            source = probe(place, container, size=size, filename=filename, limits=limits)
    _refuse_likely_long(source, limits)
    return Probed(source, source.claimed_s)


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
    return UnusableAudio(
        "corrupt", "Nothing in this file can be played: it is damaged. Export or upload it again."
    )


def link_input(path: Path, place: Path) -> None:
    """Gives the upload a name of ours, so that its own can never be an option or a protocol."""
    (place / INPUT).symlink_to(path.resolve(strict=True))


def input_options(container: Container) -> list[str]:
    """ffmpeg's options that pin the one demuxer and open nothing but the upload."""
    return [
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", DEMUXERS),
        *("-f", container.demuxer, "-i", f"file:{INPUT}"),
    ]


def probe(place: Path, container: Container, *, size: int, filename: str, limits: Limits) -> Source:
    """The header of the input in `place`. Raises UnusableAudio when a value is not acceptable."""
    argv = ["ffprobe", "-v", "error", "-hide_banner", "-of", "json", "-show_entries", ENTRIES]
    finished = run([*argv, *input_options(container)], within=limits.probing, cwd=place)
    report = _parse(finished.stdout)
    stream = _audio_stream(report, container, finished.stderr)
    _check_codec(stream, container)
    _check_rate(stream, limits)
    _check_channels(stream)
    return _describe(stream, report, container, size, filename)


def _parse(stdout: bytes) -> Mapping[str, Any]:
    try:
        report = json.loads(stdout)
    except ValueError:  # ffprobe prints a bare "{" on some failures
        return {}
    return report if isinstance(report, dict) else {}


def _audio_stream(
    report: Mapping[str, Any], container: Container, stderr: bytes
) -> Mapping[str, Any]:
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
    raise UnusableAudio(
        "corrupt",
        "This file begins like %(title)s, but its header cannot be read. "
        "Export or upload it again.",
        title=container.title,
    )


def _check_codec(stream: Mapping[str, Any], container: Container) -> None:
    if stream.get("codec_tag_string") in ENCRYPTED:
        raise UnusableAudio(
            "protected", "This file is copy-protected (DRM). Send your own master. " + SEND
        )
    codec = str(stream.get("codec_name", "unknown"))
    if codec not in LOSSY | LOSSLESS:
        raise UnusableAudio(
            "unsupported_format",
            "This %(title)s file holds %(codec)s, which we cannot take. " + SEND,
            title=container.title,
            codec=codec,
        )


def _check_rate(stream: Mapping[str, Any], limits: Limits) -> None:
    rate = _integer(stream.get("sample_rate")) or 0
    if not limits.min_rate <= rate <= limits.max_rate:
        raise UnusableAudio(
            "sample_rate",
            "This file has a sample rate of %(rate)d Hz; it must be between %(least)d and "
            "%(most)d. Export it again at 44,100 or 48,000 Hz.",
            rate=rate,
            least=limits.min_rate,
            most=limits.max_rate,
        )


def _check_channels(stream: Mapping[str, Any]) -> None:
    channels = _integer(stream.get("channels")) or 0
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


def _describe(
    stream: Mapping[str, Any],
    report: Mapping[str, Any],
    container: Container,
    size: int,
    filename: str,
) -> Source:
    codec, whole = str(stream["codec_name"]), report.get("format") or {}
    lossless = codec in LOSSLESS
    depth = _integer(stream.get("bits_per_raw_sample")) or _integer(stream.get("bits_per_sample"))
    return Source(
        container=container.name,
        codec=codec,
        sample_rate=int(stream["sample_rate"]),
        channels=int(stream["channels"]),
        bit_depth=depth or None if lossless else None,
        bit_rate=_integer(stream.get("bit_rate")) or _integer(whole.get("bit_rate")),
        claimed_s=believable(_number(whole.get("duration")), size),
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


def believable(seconds: float | None, size: int) -> float | None:
    """The claimed duration, or None when a file of `size` bytes cannot possibly hold it."""
    if seconds is None or seconds <= 0 or size * 8 / seconds < LEAST_BIT_RATE:
        return None
    return seconds


def _refuse_likely_long(source: Source, limits: Limits) -> None:
    claimed = source.claimed_s or 0.0
    if claimed <= limits.max_s + limits.grace_s:
        return
    if source.size_bytes * 8 / claimed >= LIKELY_BIT_RATE:
        raise refuse_long(limits)


def refuse_long(limits: Limits) -> UnusableAudio:
    """The refusal of a recording beyond `limits.max_s`."""
    return UnusableAudio(
        "too_long",
        "This recording is longer than %(most)d minutes. Send it in parts, one track per file.",
        most=round(limits.max_s / 60),
    )


def _integer(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None
