"""What reviewers hear and see: a preview that we encoded ourselves, peaks, and a spectrogram.

All are made from our own decoded samples, never from the upload, and none needs more memory for a
longer recording.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from apps.screening.audio import Audio
from apps.screening.colours import COLOURS, SHADES
from apps.screening.limits import LIMITS, Limits
from apps.screening.samples import blocks, release
from apps.screening.sandbox import SandboxError, run
from apps.screening.scratch import private_directory

PREVIEW_TYPE = "audio/mpeg"
PEAKS_PER_S = 20
MOST_PEAKS = 4_000
WIDTH, HEIGHT = 1_600, 320
WINDOW = 4_096
MOST_WINDOWS = 4
COLUMNS_AT_ONCE = 16
LOWEST_HZ, HIGHEST_HZ = 30.0, 22_050.0
FLOOR_DB, CEILING_DB = -96.0, -12.0


Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


class RenditionFailed(Exception):
    """A rendition could not be made. The recording itself is still fine; try again."""


def make_preview(audio: Audio, out: Path, limits: Limits = LIMITS, kbit: int = 128) -> None:
    """Writes an MP3 (`kbit` kbit/s, constant) of the whole recording without any metadata.

    MP3 because every browser plays it, also those built without AAC, and Ogg/Opus is missing from
    older Safaris; constant because a seek is then a multiplication, exact to a frame (26 ms). The
    file appears at `out` whole or not at all. Raises RenditionFailed.
    """
    with private_directory(limits.scratch) as place, _appearing(out) as partial:
        try:
            finished = run(
                _preview_command(audio, kbit),
                within=limits.previewing,
                cwd=place,
                feed=(np.ascontiguousarray(block).data for block in blocks(audio.pcm)),
            )
        except SandboxError as problem:
            raise RenditionFailed(f"The preview could not be made: {problem}.") from problem
        made = place / "preview.mp3"
        if finished.status != 0 or not made.exists() or made.stat().st_size == 0:
            last = finished.stderr.decode("utf-8", "replace").strip()[-300:]
            raise RenditionFailed(f"The preview could not be made: {last or 'no sound came out'}.")
        _copy(made, partial)


def _preview_command(audio: Audio, kbit: int) -> list[str]:
    return [
        *("ffmpeg", "-nostdin", "-hide_banner", "-v", "error", "-threads", "1"),
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", "f32le"),
        *("-f", "f32le", "-ar", str(audio.rate), "-ac", str(audio.pcm.shape[1]), "-i", "pipe:0"),
        *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
        *("-c:a", "libmp3lame", "-b:a", f"{kbit}k", "-compression_level", "7"),
        *("-id3v2_version", "0", "-write_id3v1", "0", "-f", "mp3", "file:preview.mp3"),
    ]


def _copy(made: Path, partial: Path) -> None:
    with made.open("rb") as source, partial.open("wb") as target:
        while block := source.read(1 << 20):
            target.write(block)


@contextmanager
def _appearing(out: Path) -> Iterator[Path]:
    """A neighbour of `out` to write to; it takes the name only when all went well."""
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield partial
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def make_peaks(audio: Audio) -> dict[str, Any]:
    """Lowest and highest sample of each stretch, for the waveform: JSON values only.

    `low` and `high` are integers of -127..127 (full scale), at most 4,000 of each, over all
    channels; `seconds` is the length of a stretch, 1/20 s for all but long recordings.
    """
    frames = len(audio.pcm)
    step = max(audio.rate // PEAKS_PER_S, -(-frames // MOST_PEAKS))
    low: list[int] = []
    high: list[int] = []
    for block in blocks(audio.pcm, step * max(1, (1 << 18) // step)):
        whole = len(block) // step * step
        for part in (block[:whole].reshape(whole // step, -1), block[whole:].reshape(1, -1)):
            if part.size:
                low += _to_int8(part.min(axis=1))
                high += _to_int8(part.max(axis=1))
    return {"seconds": step / audio.rate, "duration_s": audio.duration_s, "low": low, "high": high}


def _to_int8(values: Floats) -> list[int]:
    return [int(value) for value in np.rint(np.clip(values, -1.0, 1.0) * 127)]


def make_spectrogram(audio: Audio, out: Path) -> None:
    """Writes a PNG of 1600 x 320 points without axes: time across, mel-spaced pitch upwards.

    From 30 Hz to 22,050 Hz or half the sample rate, whichever is less (`spectrogram_range` tells).
    Each column is the mean power of up to four windows of 4,096 samples (Hann) in its stretch, over
    all channels; brightness is level, from -96 dBFS to -12 dBFS. Raises RenditionFailed.
    """
    pcm = np.asarray(audio.pcm)  # a plain array is quicker to cut than a memory-mapped one
    picture = np.empty((WIDTH, HEIGHT), dtype=np.uint8)
    edges = _row_edges(audio.rate)
    for first in range(0, WIDTH, COLUMNS_AT_ONCE):
        power = _measure(pcm, range(first, first + COLUMNS_AT_ONCE))
        picture[first : first + COLUMNS_AT_ONCE] = _shade(_gather(power, edges))
        release(pcm)
    image = Image.fromarray(np.ascontiguousarray(picture.T[::-1]))
    image.putpalette(COLOURS.tobytes())
    try:
        with _appearing(out) as partial:
            image.save(partial, format="PNG")
    except OSError as problem:
        raise RenditionFailed(f"The spectrogram could not be written: {problem}.") from problem


def spectrogram_range(rate: int) -> tuple[float, float]:
    """The lowest and highest frequency of the picture in hertz, for a sample rate."""
    return LOWEST_HZ, min(HIGHEST_HZ, rate / 2)


def _measure(pcm: Floats, columns: range) -> Floats:
    """Mean power per FFT bin, one row for each of some columns; a full-scale sine is 1.0."""
    window = np.hanning(WINDOW).astype(np.float32)
    window *= 2.0 / window.sum()
    hop = len(pcm) / WIDTH
    windows = int(np.clip(np.ceil(hop / WINDOW), 1, MOST_WINDOWS))
    middles = hop * (np.array(columns)[:, None] + (np.arange(windows) + 0.5) / windows)
    stretches = np.stack([_cut(pcm, int(middle) - WINDOW // 2) for middle in middles.flat])
    spectra = np.fft.rfft(np.ascontiguousarray(stretches.swapaxes(1, 2)) * window, axis=2)
    power = spectra.real**2 + spectra.imag**2
    return np.asarray(power.reshape(len(columns), -1, power.shape[-1]).mean(axis=1))


def _cut(pcm: Floats, start: int) -> Floats:
    """WINDOW frames from a position, silence where the recording does not reach."""
    inside = pcm[max(start, 0) : max(start + WINDOW, 0)]
    before = max(-start, 0)
    after = WINDOW - before - len(inside)
    return np.pad(inside, ((before, after), (0, 0))) if before or after else np.asarray(inside)


def _row_edges(rate: int) -> Doubles:
    """The edges of the picture's rows in FFT bins, equally spaced in mel; HEIGHT + 1 of them."""
    lowest, highest = (2595 * np.log10(1 + hertz / 700) for hertz in spectrogram_range(rate))
    hertz = 700 * (10 ** (np.linspace(lowest, highest, HEIGHT + 1) / 2595) - 1)
    return np.asarray(hertz * WINDOW / rate)


def _gather(power: Floats, edges: Doubles) -> Doubles:
    """Mean power between each two edges, by the differences of the running sum over bins."""
    total = np.pad(np.cumsum(power, axis=1, dtype=np.float64), ((0, 0), (1, 1)), mode="edge")
    total[:, 0] = 0.0
    places = edges + 0.5  # bin k reaches from k - 1/2 to k + 1/2
    below = np.minimum(places.astype(np.intp), power.shape[1])
    part = places - below
    sums = total[:, below] * (1 - part) + total[:, below + 1] * part
    return np.asarray(np.diff(sums, axis=1) / np.diff(edges))


def _shade(power: Doubles) -> npt.NDArray[np.uint8]:
    decibels = 10 * np.log10(np.maximum(power, 1e-12))
    level = (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)
    return np.asarray((np.clip(level, 0, 1) * (SHADES - 1)).round().astype(np.uint8))
