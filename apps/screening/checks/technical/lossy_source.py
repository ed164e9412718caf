"""A lossless file made from a lossy one: the spectrum ends in a wall where encoders cut.

MP3, AAC, Vorbis and Opus leave out everything above an edge that their bit rate sets, and the
decoder gives the level of rounding noise there. Music, microphones and tape roll off slowly;
converters and resamplers end close to half the sampling rate. What is looked for: the spectrum's
95th percentile falling by at least 15 dB, at 50 dB per kHz or more, below 20.25 kHz, and not
already falling before.

An edge at 16.1 kHz or below is also what a recording sampled at 32 kHz leaves (DAT, radio, some
samplers). It counts only with holes: cells of the spectrum down at the noise between loud ones, in
time and in pitch, which encoders make when bits run short.

Cannot see: encoders that keep everything up to 20 kHz and more (MP3 V0, AAC from 192 kbit/s,
Vorbis from q8), material resampled or equalised so that the edge is gone, music without treble,
sources below 44.1 kHz, a lossy sample inside a lossless mix.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import librosa
import numpy as np
import numpy.typing as npt

from apps.screening.checks.base import Evidence, Finding
from apps.screening.checks.technical.blocks import Mask, Samples

Spectra = npt.NDArray[np.float32]  # shape (frequencies, frames)

LEAST_RATE = 44_100
FRAME = 2048
HOP = FRAME // 2
SEGMENT_HOPS = 63  # 1.5 s
SEGMENTS = 64  # at most, spread evenly
LEAST_FRAMES = 40  # with sound in them: 1 s
SOUNDING_DB = -85.0  # mean level of 2-8 kHz in a frame that is looked at
PERCENTILE = 95

EDGES_HZ = (14_000, 20_250)
STEP_HZ = 100
BELOW_HZ = (-600, -100)  # from the edge: what the music still has
BEFORE_HZ = (-2_100, -1_600)
ABOVE_HZ = (400, 1_400)  # what is left
LEAST_DROP_DB = 15.0
LEAST_SLOPE = 50.0  # dB per kHz, over the middle half of the drop
SURE_DROP_DB = 40.0

AMBIGUOUS_HZ = 16_100
HOLE_BAND_HZ = (9_000, 15_000)
HOLE_CELL = 4  # frequencies in a cell
HOLE_DB, LOUD_DB = 6.0, 18.0  # above the frame's own noise
LEAST_HOLES = 0.0005  # share of the cells that have loud neighbours


@dataclass(frozen=True)
class Wall:
    """The steepest end of a spectrum: where, how far down (dB), how steeply (dB per kHz), and how
    far the level fell in the kilohertz before."""

    edge_hz: float
    drop_db: float
    slope: float
    before_db: float

    @property
    def stands(self) -> bool:
        """Whether it is a wall and not a hillside."""
        steep = self.drop_db >= LEAST_DROP_DB and self.slope >= LEAST_SLOPE
        return steep and self.edge_hz <= EDGES_HZ[1] and self.before_db < self.drop_db / 2


def lossy_source_findings(pcm: Samples, rate: int) -> list[Finding]:
    """`lossy_source` when the spectrum of samples at `rate` Hz ends in an encoder's wall.

    For lossless sources only. Score: 0.6 for a drop of 15 dB, rising to 1.0 at 40 dB; 0.6 at most
    for an edge that a recording at 32 kHz may have left.
    """
    if rate < LEAST_RATE:
        return []
    spectrum, holes = _listen(pcm, rate)
    wall = None if spectrum is None else find_wall(spectrum, rate)
    if wall is None or not wall.stands:
        return []
    score = min(1.0, 0.6 + 0.4 * (wall.drop_db - LEAST_DROP_DB) / (SURE_DROP_DB - LEAST_DROP_DB))
    if wall.edge_hz <= AMBIGUOUS_HZ:
        if holes < LEAST_HOLES:
            return []
        score = 0.6
    detail = {
        "edge_hz": round(wall.edge_hz),
        "drop_db": round(wall.drop_db),
        "slope_db_per_khz": round(wall.slope),
        "holes_percent": round(100 * holes, 3),
    }
    summary = f"The spectrum ends at {wall.edge_hz / 1000:.1f} kHz, as if cut off by an encoder."
    return [
        Finding("lossy_source", round(score, 3), summary, (Evidence("measure", detail=detail),))
    ]


def _listen(pcm: Samples, rate: int) -> tuple[Spectra | None, float]:
    """The spectrum's 95th percentile in dB (None without sound), and the share of holes."""
    frames, holes, cells = [], 0, 0
    for power in _segments(pcm, rate):
        found, looked_at = _count_holes(power, rate)
        holes, cells = holes + found, cells + looked_at
        frames.append(power[:, _sounding(power, rate)])
    heard = np.concatenate(frames, axis=1) if frames else np.empty((0, 0), dtype=np.float32)
    if heard.shape[1] < LEAST_FRAMES:
        return None, 0.0
    levels = np.percentile(heard, PERCENTILE, axis=1, overwrite_input=True)
    return _decibels(levels.astype(np.float32)), holes / max(cells, 1)


def _segments(pcm: Samples, rate: int) -> Iterator[Spectra]:
    """Power spectra of stretches spread over the recording, of its louder channel."""
    length = FRAME + (SEGMENT_HOPS - 1) * HOP
    if len(pcm) < FRAME:
        return
    count = min(SEGMENTS, max(1, len(pcm) // length))
    starts = np.linspace(0, max(0, len(pcm) - length), count).astype(int)
    stretches = [pcm[start : start + length] for start in starts]
    energies = [np.einsum("ij,ij->j", stretch, stretch) for stretch in stretches]
    channel = int(np.sum(energies, axis=0).argmax())
    for stretch in stretches:
        samples = np.ascontiguousarray(stretch[:, channel])
        transform = librosa.stft(samples, n_fft=FRAME, hop_length=HOP, center=False)
        yield (np.abs(transform) ** 2 / (FRAME * 0.375)).astype(np.float32)


def _sounding(power: Spectra, rate: int) -> Mask:
    middle = power[_place(2_000, rate) : _place(8_000, rate)].mean(axis=0)
    sounding: Mask = _decibels(middle) > SOUNDING_DB
    return sounding


def find_wall(spectrum: Spectra, rate: int) -> Wall | None:
    """The steepest drop of a spectrum in dB (FRAME / 2 + 1 values), None when it never falls."""
    smooth = np.convolve(spectrum, np.ones(3) / 3, "same")
    top = 0.4966 * rate

    def level(edge: int, span: tuple[int, int]) -> float:
        first, last = edge + span[0], min(edge + span[1], top)
        return float(np.median(smooth[_place(first, rate) : _place(last, rate) + 1]))

    edges = range(*EDGES_HZ, STEP_HZ)
    drops = [level(edge, BELOW_HZ) - level(edge, ABOVE_HZ) for edge in edges]
    best = int(np.argmax(drops))
    edge, drop = edges[best], drops[best]
    if drop <= 0:
        return None
    below, above = level(edge, BELOW_HZ), level(edge, ABOVE_HZ)
    first = _place(edge + BELOW_HZ[0], rate)
    stretch = smooth[first : _place(min(edge + ABOVE_HZ[1], top), rate)]
    high = int(np.flatnonzero(stretch > below - drop / 4)[-1])
    low = np.flatnonzero(stretch[high:] < above + drop / 4)
    width = (int(low[0]) if len(low) else len(stretch)) * rate / FRAME
    slope = drop / 2 / max(width, 2 * rate / FRAME) * 1000
    return Wall((first + high) * rate / FRAME, drop, slope, level(edge, BEFORE_HZ) - below)


def _count_holes(power: Spectra, rate: int) -> tuple[int, int]:
    """Cells at the noise floor with loud neighbours on all four sides, and all that have those."""
    first, last = (_place(hertz, rate) for hertz in HOLE_BAND_HZ)
    rows = (last - first) // HOLE_CELL
    band = power[first : first + rows * HOLE_CELL]
    cells = _decibels(band.reshape(rows, HOLE_CELL, -1).mean(axis=1))
    top = power[_place(21_000, rate) : _place(21_900, rate)]
    noise = np.maximum(_decibels(np.median(top, axis=0)), -100.0)
    low, loud = cells < noise + HOLE_DB, cells > noise + LOUD_DB
    between = _near(loud, 2, 1) & _near(loud, -2, 1) & _near(loud, 3, 0) & _near(loud, -3, 0)
    return int((low & between).sum()), int(between.sum())


def _near(loud: Mask, reach: int, axis: int) -> Mask:
    """Where one of the next `reach` cells along an axis is loud (of those before, if negative)."""
    found = np.zeros_like(loud)
    sign = 1 if reach > 0 else -1
    for distance in range(1, abs(reach) + 1):
        moved = np.roll(loud, -sign * distance, axis=axis)
        edge = slice(-distance, None) if sign > 0 else slice(None, distance)
        moved[(edge, slice(None)) if axis == 0 else (slice(None), edge)] = False
        found |= moved
    return found


def _place(hertz: float, rate: int) -> int:
    return int(hertz * FRAME / rate)


def _decibels(power: Spectra) -> Spectra:
    levels: Spectra = 10 * np.log10(power + 1e-14)
    return levels
