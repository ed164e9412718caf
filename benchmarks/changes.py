"""Recordings changed by ffmpeg, for measuring: decoded, filtered, encoded and decoded again."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tests.sounds import Samples, tune

RATE = 44_100
SUFFIXES = {".wav", ".flac", ".aif", ".aiff", ".mp3", ".ogg", ".opus", ".m4a"}
RAW = ["-f", "s16le", "-ac", "2", "-ar", str(RATE)]


def ffmpeg(*options: str, sent: bytes | None = None) -> bytes:
    """What ffmpeg writes to its standard output; raises CalledProcessError."""
    command = ["ffmpeg", "-nostdin" if sent is None else "-hide_banner", "-v", "error", *options]
    return subprocess.run(command, input=sent, capture_output=True, check=True).stdout


def decode(path: Path | str, *options: str) -> Samples:
    """A file as 16-bit stereo at 44.1 kHz, in -1..1."""
    raw = ffmpeg("-i", str(path), "-map", "0:a:0", *options, *RAW, "-")
    pcm: Samples = np.frombuffer(raw, "<i2").reshape(-1, 2).astype(np.float32) / np.float32(32768)
    return pcm


def to_bytes(pcm: Samples) -> bytes:
    """16-bit samples, as `decode` makes them."""
    return (np.clip(pcm, -1, 1) * 32767).round().astype("<i2").tobytes()


def change(pcm: Samples, suffix: str, options: Sequence[str]) -> Samples:
    """The recording written as a file with this suffix and options, and decoded again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"changed.{suffix}"
        ffmpeg(*RAW, "-i", "-", *options, "-y", str(path), sent=to_bytes(pcm))
        return decode(path)


def recordings(folders: Sequence[str], seconds: float) -> Iterator[tuple[str, Samples]]:
    """The audio files in these folders, at most so many seconds of each; our own tunes for none."""
    if not folders:
        for seed in range(8):
            yield f"tune {seed}", tune(min(seconds, 20.0), seed=seed)
    paths = sorted(p for f in folders for p in Path(f).rglob("*") if p.suffix.lower() in SUFFIXES)
    for path in paths:
        pcm = decode(path, "-t", str(seconds))
        if len(pcm) > 2 * RATE:
            yield path.name, pcm


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
