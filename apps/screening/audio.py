"""What a decoded upload looks like to every check; `decoding.py` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from apps.screening.lanes import Lane, choose_lane


class UnusableAudio(Exception):
    """The file cannot be screened.

    `code` is stable and scriptable; `text` is one sentence or two that say what was found and what
    to send instead. `template` and `values` are what `text` was made of (`template % values`), for
    whoever translates it.
    """

    def __init__(self, code: str, template: str, **values: str | int | float) -> None:
        self.code = code
        self.template = template
        self.values: Mapping[str, str | int | float] = values
        self.text = template % values if values else template
        super().__init__(self.text)


@dataclass(frozen=True)
class Source:
    """What the container claims, after validation by values.

    `claimed_s` is the header's duration in seconds (None when it states none, or an absurd one);
    the decoded duration is the only one believed. `bit_depth` is in bits (None for lossy codecs),
    `bit_rate` in bits per second. `decode_errors` counts what the decoder complained of,
    `trailing_bytes` what stands after the end of the container, where that end is known.
    `extension_expected` has no dot: the file's own, in lower case, when it fits the contents ("aif"
    and "aiff" both fit AIFF), otherwise the usual one.
    """

    container: str
    codec: str
    sample_rate: int
    channels: int
    bit_depth: int | None
    bit_rate: int | None
    claimed_s: float | None
    lossless: bool
    size_bytes: int
    decode_errors: int
    trailing_bytes: int
    extension_expected: str


@dataclass(frozen=True)
class Tag:
    """One text field found in the file. `offset` is its byte position, where one is known.

    `origin` is the kind of block it stood in: id3, id3v1, ape, riff_info, bext, riff, vorbis, mp4,
    aiff or caf. `value` is at most 4,096 characters; 65,536 for XMP, iXML and workflow graphs.
    """

    field: str
    value: str
    offset: int | None
    origin: str


@dataclass(frozen=True)
class Audio:
    """One decoded recording, shared by every check.

    `pcm` is float32 of shape (frames, channels), memory-mapped and read-only, full scale 1.0, at
    `rate` Hz: the source's own rate up to 48 kHz, otherwise 48 kHz. `pcm_sha256` is of the decoded
    samples at the source's own rate, as little-endian 32-bit integers, so that two lossless files
    of the same recording agree whatever their container. `c2pa` is the parsed manifest store,
    None when there is none, or {"error": text} when one is present but cannot be read.
    `tags_error` says why the list of tags may be incomplete (the reader failed, ran into a limit or
    found damage); then the absence of a tag proves nothing.
    """

    pcm: npt.NDArray[np.float32]
    rate: int
    duration_s: float
    source: Source
    tags: tuple[Tag, ...]
    c2pa: Mapping[str, Any] | None
    sha256: str
    pcm_sha256: str
    tags_error: str | None = None

    @cached_property
    def lane(self) -> Lane:
        """What stands for all channels. Looked for once, whoever asks."""
        return choose_lane(self.pcm)
