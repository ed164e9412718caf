"""Loudness after EBU R128: ITU-R BS.1770-4 (filters, gates, true peak), EBU Tech 3342 (range)."""

from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy.signal import sosfilt

from apps.screening.checks.base import Evidence, Finding
from apps.screening.checks.technical.blocks import Samples, blocks

Numbers = npt.NDArray[np.float64]

STEP_S = 0.1
BLOCK_STEPS = 4  # momentary: 400 ms, overlapping by three quarters
SHORT_STEPS = 30  # short-term: 3 s
PIECE_STEPS = 50  # filtered at a time
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below the mean, for the integrated loudness
RANGE_GATE = -20.0  # LU below the mean, for the loudness range
OFFSET = -0.691  # so that a 997 Hz sine of 0 dBFS on one channel reads -3.01 LKFS
SURROUND_WEIGHTS = {5: (1, 1, 1, 1.41, 1.41), 6: (1, 1, 1, 0, 1.41, 1.41)}
OVERSAMPLING = 4
HALF_TAPS = 12  # of the interpolating filter, on each side of the sample asked for
MARGIN = 2 * HALF_TAPS - 1
KAISER = 7.0
ROW = 32  # samples interpolated by one row of the matrix product


@dataclass(frozen=True)
class Loudness:
    """`integrated` in LUFS and `range_lu` in LU, None where too little sound passes the gates;
    `true_peak` in dBTP, at `true_peak_s` seconds."""

    integrated: float | None
    range_lu: float | None
    true_peak: float
    true_peak_s: float


def measure_loudness(pcm: Samples, rate: int) -> Loudness:
    """Loudness of samples of shape (frames, channels) at `rate` Hz."""
    powers = _step_powers(pcm, rate)
    peak, frame = _true_peak(pcm)
    return Loudness(
        _integrated(powers),
        _range(powers),
        20 * float(np.log10(max(peak, 1e-10))),
        frame / rate,
    )


def loudness_findings(pcm: Samples, rate: int) -> list[Finding]:
    """`loudness` for whatever can be heard, and `true_peak_over` above 0 dBTP."""
    measured = measure_loudness(pcm, rate)
    findings = []
    if measured.integrated is not None:
        detail = {
            "integrated_lufs": round(measured.integrated, 1),
            "range_lu": None if measured.range_lu is None else round(measured.range_lu, 1),
            "true_peak_dbtp": round(measured.true_peak, 1),
        }
        summary = (
            f"Integrated loudness {measured.integrated:.1f} LUFS, "
            f"true peak {measured.true_peak:.1f} dBTP."
        )
        findings.append(Finding("loudness", 1.0, summary, (Evidence("measure", detail=detail),)))
    if measured.true_peak > 0.0:
        findings.append(_over(measured))
    return findings


def _over(measured: Loudness) -> Finding:
    detail = {"true_peak_dbtp": round(measured.true_peak, 2)}
    at = max(0.0, measured.true_peak_s - 0.5)
    return Finding(
        "true_peak_over",
        min(1.0, measured.true_peak / 3.0),
        f"The highest peak is {measured.true_peak:.1f} dB above full scale.",
        (Evidence("audio", at, measured.true_peak_s + 0.5, detail),),
    )


def weighting(rate: int) -> Numbers:
    """The K-weighting filter at `rate` Hz, as two second-order sections.

    BS.1770 tabulates it for 48 kHz only; these are the analogue filters behind that table (a shelf
    of 4 dB at 1,682 Hz and a high-pass at 38 Hz), so that every rate hears the same.
    """
    k = np.tan(np.pi * 1681.974450955533 / rate)
    high, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = high**0.4996667741545416
    norm = 1 + k / q + k * k
    shelf = [
        (high + middle * k / q + k * k) / norm,
        2 * (k * k - high) / norm,
        (high - middle * k / q + k * k) / norm,
        1.0,
        2 * (k * k - 1) / norm,
        (1 - k / q + k * k) / norm,
    ]
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    norm = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm]
    return np.array([shelf, high_pass])


def _step_powers(pcm: Samples, rate: int) -> Numbers:
    """Weighted power, summed over channels, of each whole step of 100 ms."""
    step, channels = round(rate * STEP_S), pcm.shape[1]
    sections = weighting(rate)
    state = np.zeros((len(sections), 2, channels))
    gains = np.array(SURROUND_WEIGHTS.get(channels, (1,) * channels), dtype=np.float64)
    powers = []
    for _, piece in blocks(pcm, step * PIECE_STEPS):
        weighted, state = sosfilt(sections, piece, axis=0, zi=state)
        steps = weighted[: len(weighted) // step * step].reshape(-1, step, channels)
        powers.append(np.einsum("ijk,ijk,k->i", steps, steps, gains) / step)
    return np.concatenate(powers) if powers else np.empty(0)


def _windows(powers: Numbers, steps: int) -> Numbers:
    """Mean power of every window of so many steps that starts on a step."""
    if len(powers) < steps:
        return np.empty(0)
    running = np.concatenate([[0.0], np.cumsum(powers)])
    means: Numbers = (running[steps:] - running[:-steps]) / steps
    return means


def _gated(windows: Numbers, gate: float) -> Numbers:
    """Windows above the absolute gate and above the gate relative to the mean of those."""
    loud = windows[windows > _power(ABSOLUTE_GATE)]
    if len(loud) == 0:
        return loud
    kept: Numbers = loud[loud > loud.mean() * 10 ** (gate / 10)]
    return kept


def _integrated(powers: Numbers) -> float | None:
    kept = _gated(_windows(powers, BLOCK_STEPS), RELATIVE_GATE)
    return float(_lufs(kept.mean())) if len(kept) else None


def _range(powers: Numbers) -> float | None:
    kept = _gated(_windows(powers, SHORT_STEPS), RANGE_GATE)
    if len(kept) == 0:
        return None
    low, high = np.percentile(_lufs(kept), [10, 95])
    return float(high - low)


def _lufs(power: Numbers) -> Numbers:
    loudness: Numbers = OFFSET + 10 * np.log10(power)
    return loudness


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))


def _interpolator() -> Samples:
    """A matrix that turns a row of samples and its neighbours into three values after each.

    Band-limited interpolation at a quarter, a half and three quarters of the way to the next
    sample: a sinc of 24 taps under a Kaiser window, longer than the 12 of BS.1770 annex 2 so that
    treble is not read too low.
    """
    reach = np.arange(1 - HALF_TAPS, HALF_TAPS + 1)
    phases = OVERSAMPLING - 1
    matrix = np.zeros((ROW + MARGIN, ROW * phases), dtype=np.float32)
    for phase in range(phases):
        distance = reach - (phase + 1) / OVERSAMPLING
        taps = np.sinc(distance) * np.i0(KAISER * np.sqrt(1 - (distance / HALF_TAPS) ** 2))
        for row in range(ROW):
            matrix[row : row + len(taps), row * phases + phase] = taps / taps.sum()
    return matrix


_INTERPOLATOR = _interpolator()
_MOST_GAIN = float(np.abs(_INTERPOLATOR).sum(axis=0).max())  # of a value over its neighbours


def _true_peak(pcm: Samples) -> tuple[float, int]:
    """Highest value on and between the samples (four-fold oversampling), and its frame."""
    best, at = _sample_peak(pcm)
    silence = np.zeros((MARGIN, pcm.shape[1]), dtype=np.float32)
    before = silence
    for start, piece in chain(blocks(pcm), [(len(pcm), silence)]):
        joined = np.concatenate([before, piece])
        before = joined[-MARGIN:]
        for channel in range(pcm.shape[1]):
            peak, frame = _peak_between(np.ascontiguousarray(joined[:, channel]), best)
            if peak > best:
                best, at = peak, max(0, start - MARGIN + frame)
    return best, at


def _sample_peak(pcm: Samples) -> tuple[float, int]:
    best, at = 0.0, 0
    for start, piece in blocks(pcm):
        peak = float(np.abs(piece).max())
        if peak > best:
            best, at = peak, start + int(np.abs(piece).max(axis=1).argmax())
    return best, at


def _peak_between(samples: Samples, best: float) -> tuple[float, int]:
    """Highest absolute value between the samples of one channel, and where; 0 where none can
    exceed `best`."""
    rows = -(-(len(samples) - MARGIN) // ROW)
    padded = np.pad(samples, (0, (rows + 1) * ROW - len(samples)))
    loudest = np.abs(padded).reshape(-1, ROW).max(axis=1)
    # A window is a row and, as MARGIN < ROW, a part of the next one.
    worth = np.flatnonzero(np.maximum(loudest[:-1], loudest[1:]) * _MOST_GAIN > best)
    if len(worth) == 0:
        return 0.0, 0
    windows = np.lib.stride_tricks.sliding_window_view(padded, ROW + MARGIN)[::ROW]
    between = np.abs(windows[worth] @ _INTERPOLATOR)
    row, column = divmod(int(between.argmax()), between.shape[1])
    frame = int(worth[row]) * ROW + column // (OVERSAMPLING - 1) + HALF_TAPS - 1
    return float(between.max()), frame
