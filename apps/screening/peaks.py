"""What a recording is known by: its print, and its peaks, within bounded memory."""

from dataclasses import dataclass

import numpy as np

from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.marks import keep
from apps.fingerprints.landmarks.packed import Words, pack
from apps.fingerprints.landmarks.peaks import (
    FRAME,
    FRAMES_AROUND,
    HOP,
    RATE,
    Peaks,
    find_peaks,
    to_rate,
)
from apps.screening.audio import Audio
from apps.screening.prints import Print, mono_reader, print_of

BLOCK = 10_240  # frames that are looked at together: four minutes, in 150 MB of memory
MARGIN = 2 * FRAMES_AROUND  # frames beside a block, so that its edges are judged like its middle


@dataclass(frozen=True)
class Taken:
    """Print and peaks of one recording. `peaks`: None where they could not tell it from others."""

    print: Print
    peaks: Peaks | None

    @property
    def items(self) -> Items:
        """The print as it is kept: none where it says nothing."""
        return self.print.items if self.print.speaks else np.empty(0, dtype=np.uint32)

    @property
    def marks(self) -> Words:
        """The landmarks as they are kept."""
        return pack(keep(self.peaks)) if self.peaks else np.empty(0, dtype=np.uint32)


def peaks_of(audio: Audio) -> Peaks:
    """All peaks of it, mixed to mono. Costs 0.2 CPU-s for 3 minutes.

    What is longer than four minutes is looked at in blocks: each has a loudest peak, 60 dB below
    which nothing counts, and a median of each bin, of its own.
    """
    read, hop = mono_reader(audio), HOP * audio.rate / RATE
    reach = round(FRAME * audio.rate / RATE)
    found: list[Peaks] = []
    frames = 0
    for first in range(0, max(1, round(len(audio.pcm) / hop)), BLOCK):
        begin, end = max(0, first - MARGIN), first + BLOCK + MARGIN
        sound = read(round(begin * hop), min(len(audio.pcm), round(end * hop) + reach))
        part = find_peaks(to_rate(sound, audio.rate))
        found.append(part.between(first - begin, first - begin + BLOCK).later(first))
        frames = max(frames, min(begin + part.frames, first + BLOCK))
    columns = [[one.times, one.bins, one.salience] for one in found]
    joined = [np.concatenate(column) for column in zip(*columns, strict=True)]
    lesser = np.concatenate([one.lesser for one in found], axis=1)
    return Peaks(joined[0], joined[1], joined[2], frames, lesser)


def take(audio: Audio) -> Taken:
    """All that a recording is known by, but for its hashes. Raises FingerprintError."""
    taken = print_of(audio)
    return Taken(taken, peaks_of(audio) if taken.lets_peaks_speak else None)


def samples_of(audio: Audio, taken: Taken) -> str:
    """The hash by which its samples are looked for; "" for silence, which is alike everywhere."""
    return audio.pcm_sha256 if taken.print.speaks or audio.pcm.any() else ""
