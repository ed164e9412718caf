"""Recordings as checks are handed them, made from samples without a file."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np

from apps.screening.audio import Audio, Source
from tests.sounds import Samples

WAV = Source(
    container="wav",
    codec="pcm_s16le",
    sample_rate=44_100,
    channels=2,
    bit_depth=16,
    bit_rate=1_411_200,
    claimed_s=None,
    lossless=True,
    size_bytes=1000,
    decode_errors=0,
    trailing_bytes=0,
    extension_expected="wav",
)


def recording(pcm: Samples, rate: int = 44_100, **source: Any) -> Audio:
    """Samples of shape (frames, channels) or (frames,) as an `Audio` that claims to be a WAV."""
    samples = np.ascontiguousarray(pcm.reshape(len(pcm), -1), dtype=np.float32)
    facts = {"sample_rate": rate, "channels": samples.shape[1], **source}
    digest = hashlib.sha256(samples.tobytes()).hexdigest()
    return Audio(
        pcm=samples,
        rate=rate,
        duration_s=len(samples) / rate,
        source=replace(WAV, **facts),
        tags=(),
        c2pa=None,
        sha256=hashlib.sha256(digest.encode()).hexdigest(),
        pcm_sha256=digest,
    )
