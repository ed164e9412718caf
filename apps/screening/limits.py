"""What an upload may be, and what its children may use. One place, so that forms can show it."""

from dataclasses import dataclass
from pathlib import Path

from apps.screening.sandbox import Bounds

MIB = 1 << 20
GIB = 1 << 30


PROBING = Bounds(wall_s=30, cpu_s=20, memory_bytes=GIB)
DECODING = Bounds(wall_s=300, cpu_s=180, memory_bytes=3 * GIB // 2, file_bytes=2 * GIB)
TAGGING = Bounds(wall_s=20, cpu_s=10, memory_bytes=512 * MIB, kept_bytes=8 * MIB)
MANIFESTS = Bounds(wall_s=30, cpu_s=20, memory_bytes=GIB, kept_bytes=2 * MIB)
PREVIEWING = Bounds(wall_s=300, cpu_s=180, memory_bytes=GIB, file_bytes=256 * MIB)


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds, rates in hertz; `peak` is linear, full scale 1.0.

    `peak` of 4.0 is +12 dBFS: float files may pass full scale honestly, but not by more.
    `scratch` is the directory for decoded samples (about 22 MB a minute); None is the system's own
    temporary directory.
    """

    max_bytes: int = 2 * GIB
    min_s: float = 1.0
    max_s: float = 3600.0
    grace_s: float = 1.0
    min_rate: int = 8_000
    max_rate: int = 384_000
    pcm_rate: int = 48_000
    peak: float = 4.0
    probing: Bounds = PROBING
    decoding: Bounds = DECODING
    tagging: Bounds = TAGGING
    manifests: Bounds = MANIFESTS
    previewing: Bounds = PREVIEWING
    scratch: Path | None = None


LIMITS = Limits()
