"""The Chromaprint print of a whole recording, from samples that we decoded ourselves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import chromaprint
import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from apps.fingerprints.keys import ITEM_S, MIN_ITEMS, Items, usable
from apps.screening.audio import Audio
from apps.screening.lanes import BLOCK, mixed

Samples = npt.NDArray[np.float32]

PHASES = 4  # prints of a query, each a quarter of an item later
LOW_RATE = 11_025  # Hz that Chromaprint works at
MARGIN = 256  # frames on each side that a resampled block depends on
PEAK = 0.9  # what the loudest sample is brought to: a print must not depend on the level ...
MOST_GAIN = 100.0  # ... but 40 dB is enough; beyond it there is only noise to print

TONE_FRAME = 1024
TONE_EVERY = 4096
TONE_POWER = 0.97  # of a frame, within ...
TONE_WIDTH = 0.1  # ... 10 % of the strongest frequency, or ...
TONE_BINS = 4  # ... so many bins, whichever is more
TONE_FRAMES = 0.9  # share of the sounding frames


@dataclass(frozen=True)
class Print:
    """A Chromaprint print (algorithm 2, the default) of a whole recording.

    `items`: uint32, one for each 0.124 s; none for less than about 3 s of audio. `is_tone`: whether
    there is but one tone at a time, as in a test signal or a sweep; those look alike in a print.
    """

    items: Items
    duration_s: float
    is_tone: bool = False

    @property
    def speaks(self) -> bool:
        """Whether it can tell one recording from another."""
        return not self.is_tone and int(usable(self.items).sum()) >= MIN_ITEMS

    @property
    def lets_peaks_speak(self) -> bool:
        """Whether spectral peaks of the recording are worth looking at: it has variety, or is too
        short for its print to tell.
        """
        return self.speaks or (not self.is_tone and len(self.items) < MIN_ITEMS)


def print_of(audio: Audio) -> Print:
    """The print of all of it, mixed to mono. Costs 0.2 CPU-s for 3½ minutes of stereo.

    Only the compressed form that the library has just made itself is unpacked: versions before
    1.6.1 overflow on foreign ones, and those are never read. Raises chromaprint.FingerprintError.
    """
    tones = frames = 0
    printer = _printer(audio.rate)
    for mono in _leveled(audio):
        _feed(printer, mono)
        one, heard = _count_tones(mono)
        tones, frames = tones + one, frames + heard
    is_tone = frames > 0 and tones >= TONE_FRAMES * frames
    return Print(_finish(printer), audio.duration_s, is_tone)


def phases_of(audio: Audio, count: int = PHASES) -> list[Items]:
    """Prints of the same recording, each begun a `count`-th of an item later than the one before.

    The first of them would be `print_of`, and is left out. Of one recording cut at another place
    one of them falls into step with the other's items. The sound is brought once to the rate that
    Chromaprint works at: 0.12 CPU-s for 3 minutes, and 0.02 for each print instead of 0.13; two in
    ten thousand bits come out otherwise.
    """
    printers = [_printer(LOW_RATE) for _ in range(1, count)]
    skips = [round(place * ITEM_S / count * LOW_RATE) for place in range(1, count)]
    for mono in _lowered(audio):
        for place, printer in enumerate(printers):
            _feed(printer, mono[skips[place] :])
            skips[place] = max(0, skips[place] - len(mono))
    return [_finish(printer) for printer in printers]


def mono_reader(audio: Audio) -> Callable[[int, int], Samples]:
    """What gives frames from one to another as one channel, at the level that is printed.

    That is the mean of all channels, or the loudest where they cancel each other out.
    """
    lane = audio.lane
    gain = np.float32(min(PEAK / max(lane.peak, 1e-9), MOST_GAIN))
    return lambda start, stop: mixed(audio.pcm[start:stop], lane.channel) * gain


def _lowered(audio: Audio) -> Iterator[Samples]:
    """All of it in blocks, as one channel at the level that is printed, at LOW_RATE."""
    read = mono_reader(audio)
    common = int(np.gcd(audio.rate, LOW_RATE))
    up, down = LOW_RATE // common, audio.rate // common
    step, margin = down * max(1, BLOCK // down), down * -(-MARGIN // down)
    for start in range(0, len(audio.pcm), step):
        before = min(start, margin)
        low = resample_poly(read(start - before, start + step + margin), up, down)[
            before * up // down :
        ]
        yield np.clip(low[: step * up // down], -1, 1).astype(np.float32)


def _leveled(audio: Audio) -> Iterator[Samples]:
    read = mono_reader(audio)
    for start in range(0, len(audio.pcm), BLOCK):
        yield read(start, start + BLOCK)


def _printer(rate: int) -> chromaprint.Fingerprinter:
    printer = chromaprint.Fingerprinter()
    printer.start(rate, 1)
    return printer


def _feed(printer: chromaprint.Fingerprinter, mono: Samples) -> None:
    printer.feed((mono * 32767).round().astype("<i2").tobytes())


def _finish(printer: chromaprint.Fingerprinter) -> Items:
    items, _algorithm = chromaprint.decode_fingerprint(printer.finish())
    return np.array(items, dtype=np.uint32)


def _count_tones(mono: Samples) -> tuple[int, int]:
    """How many frames hold one tone only, and how many hold any sound; a few of all frames."""
    if len(mono) < TONE_FRAME:
        return 0, 0
    frames = np.lib.stride_tricks.sliding_window_view(mono, TONE_FRAME)[::TONE_EVERY]
    power = np.abs(np.fft.rfft(frames * np.hanning(TONE_FRAME).astype(np.float32))) ** 2
    running = np.cumsum(power, axis=1)
    total, top = running[:, -1], power.argmax(axis=1)
    reach = np.maximum(TONE_BINS, (top * TONE_WIDTH).astype(int))
    rows, last = np.arange(len(top)), power.shape[1] - 1
    high = running[rows, np.minimum(top + reach, last)]
    low = np.where(top > reach, running[rows, np.maximum(top - reach - 1, 0)], 0)
    heard = total > 1e-3
    return int((heard & (high - low >= TONE_POWER * total)).sum()), int(heard.sum())
