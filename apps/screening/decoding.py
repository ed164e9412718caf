"""Decodes an upload once, in limited children, into the `Audio` that every check is handed."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from apps.screening.acceptance import (
    believable,
    check_protection,
    refuse_corrupt,
    refuse_long,
    refusing,
)
from apps.screening.audio import Audio, Source, UnusableAudio
from apps.screening.codecs import input_options, link_input
from apps.screening.containers import check_size, recognise
from apps.screening.embedded import Embedded, read_manifests, read_tags
from apps.screening.imposters import refuse
from apps.screening.limits import LIMITS, Limits
from apps.screening.probe import probe, probe_audio
from apps.screening.samples import check_samples
from apps.screening.sandbox import run
from apps.screening.scratch import private_directory

__all__ = ["LIMITS", "Limits", "UnusableAudio", "open_audio", "probe_audio"]

PCM = "pcm.f32"
BLOCK = 1 << 20
# Bytes that a C2PA manifest, or a pointer to one, always has: without them no reader is started.
MANIFEST_HINTS = (b"jumb", b"c2pa", b"C2PA", b"dcterms:provenance")
LONGEST_HINT = max(map(len, MANIFEST_HINTS))
# These state no duration, or one that ffprobe only guesses; our own reader of headers knows better.
OWN_CLAIM = frozenset({"wav", "mp3", "aac"})
# These state no bit rate; ffprobe works one out from the duration that they claim.
AVERAGED = frozenset({"flac", "ogg", "aac"})
# Said of pictures that we never decode, and of the order of our own output.
HARMLESS = re.compile(rb"attached picture|not on whitelist|^\[(f32le|hash) @")
PACKET_FAILED = re.compile(rb"Error (while decoding|submitting)")


@dataclass(frozen=True)
class Decoded:
    """Frames in the PCM file, its rate, the hash of the native samples, complaints counted."""

    frames: int
    rate: int
    pcm_sha256: str
    errors: int


@contextmanager
def open_audio(path: Path, *, filename: str, limits: Limits = LIMITS) -> Iterator[Audio]:
    """The recording in a file, decoded; temporary files are gone afterwards, whatever happens.

    `filename` is the name the artist gave it: it is only compared with the contents. Raises
    UnusableAudio(code, text) when the file cannot be screened, OSError when the disk fails us, and
    sandbox.CannotStart when ffmpeg is missing.
    """
    with refusing():
        size = check_size(path, limits.max_bytes)
    with private_directory(limits.scratch) as place:
        with refusing():
            audio = _open(path, place, size=size, filename=filename, limits=limits)
        yield audio


def _open(path: Path, place: Path, *, size: int, filename: str, limits: Limits) -> Audio:
    with path.open("rb") as file:
        container, start = recognise(file)
        check_protection(file, size, container, start)
    link_input(path, place)
    source = probe(place, container, start, size=size, filename=filename, limits=limits)
    decoded = _decode(place, input_options(container, start), source, limits)
    pcm = np.memmap(place / PCM, dtype="<f4", mode="r", shape=(decoded.frames, source.channels))
    check_samples(pcm, limits.peak)
    sha256, hinted = _read_whole(path)
    embedded = read_tags(place, container, limits)
    return Audio(
        pcm=pcm,
        rate=decoded.rate,
        duration_s=decoded.frames / decoded.rate,
        source=_complete(source, embedded, decoded),
        tags=embedded.tags,
        c2pa=read_manifests(place, container, limits) if hinted else None,
        sha256=sha256,
        pcm_sha256=decoded.pcm_sha256,
        tags_error=embedded.error,
    )


def _decode(place: Path, opening: list[str], source: Source, limits: Limits) -> Decoded:
    """One run of ffmpeg: float samples into a file, and the hash of the native ones.

    Judged by what came out: exit status 0 proves nothing, and another one only that it stopped.
    """
    rate = min(source.sample_rate, limits.pcm_rate)
    finished = run(
        _decode_command(opening, source, rate, limits), within=limits.decoding, cwd=place
    )
    if b"No space left on device" in finished.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))
    if finished.status != 0 and b"Cannot allocate memory" in finished.stderr:
        raise MemoryError
    output = place / PCM
    frames = output.stat().st_size // (4 * source.channels) if output.exists() else 0
    digest = re.search(rb"^SHA256=([0-9a-f]{64})$", finished.stdout, re.MULTILINE)
    if frames == 0 or digest is None:
        raise _refuse_silent(source, finished.stderr)
    _check_duration(frames / rate, limits)
    return Decoded(frames, rate, digest[1].decode(), _count_errors(finished.stderr))


def _refuse_silent(source: Source, stderr: bytes) -> UnusableAudio:
    """Why nothing came out: ffmpeg may be too old for the codec's variant, or the file damaged."""
    if source.codec == "flac" and (source.bit_depth or 0) > 24:
        return UnusableAudio(
            "unsupported_format",
            "We cannot read FLAC of %(bits)d bits a sample. Export it with 24 bits.",
            bits=source.bit_depth or 0,
        )
    if b"not implemented" in stderr:
        return refuse("unsupported_format", f"this kind of {source.codec}")
    return refuse_corrupt()


def _decode_command(opening: list[str], source: Source, rate: int, limits: Limits) -> list[str]:
    seconds = limits.max_s + limits.grace_s + 1
    only_sound = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", str(source.channels)]
    # Counted in samples, not timestamps: a file may lie about those, and many honest ones err.
    trim = ["-af", f"asetpts=N/SR/TB,atrim=end_sample={int(seconds * source.sample_rate)}"]
    native = ["-ar", str(source.sample_rate), "-c:a", "pcm_s32le", "-f", "hash", "-hash", "sha256"]
    return [
        *("ffmpeg", "-nostdin", "-hide_banner", "-v", "repeat+level+error", "-threads", "1"),
        *("-filter_threads", "1", "-err_detect", "crccheck"),
        *opening,
        *(*only_sound, *trim, "-ar", str(rate), "-f", "f32le", f"file:{PCM}"),
        *(*only_sound, *trim, *native, "pipe:1"),
    ]


def _check_duration(seconds: float, limits: Limits) -> None:
    if seconds > limits.max_s + limits.grace_s:
        raise refuse_long(limits)
    if seconds < limits.min_s:
        raise UnusableAudio(
            "too_short",
            "Only %(found).2f seconds of this file can be played; a recording has at least "
            "%(least)g. Export or upload it again.",
            found=seconds,
            least=limits.min_s,
        )


def _count_errors(stderr: bytes) -> int:
    """Complaints of the decoder; a lost packet is reported twice and counted once."""
    lines = [line for line in stderr.splitlines() if not HARMLESS.search(line)]
    packets = sum(1 for line in lines if PACKET_FAILED.search(line))
    return max(packets, len(lines) - packets)


def _read_whole(path: Path) -> tuple[str, bool]:
    """SHA-256 of the file, and whether its bytes hint at a C2PA manifest."""
    digest, hinted, tail = hashlib.sha256(), False, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            window = tail + block
            hinted = hinted or any(hint in window for hint in MANIFEST_HINTS)
            tail = block[1 - LONGEST_HINT :]
    return digest.hexdigest(), hinted


def _complete(source: Source, embedded: Embedded, decoded: Decoded) -> Source:
    claimed, bit_rate = source.claimed_s, source.bit_rate
    if source.container in OWN_CLAIM:
        claimed = believable(embedded.claimed_s, source.size_bytes)
    if source.container in AVERAGED or bit_rate is None:
        bit_rate = round(source.size_bytes * 8 * decoded.rate / decoded.frames)
    return replace(
        source,
        claimed_s=claimed,
        bit_rate=bit_rate,
        trailing_bytes=embedded.trailing_bytes,
        decode_errors=decoded.errors,
    )
