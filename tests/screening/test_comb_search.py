"""The search: which views a score asks for, at the speed it was made at, at another, and alone."""

import numpy as np
import pytest

from apps.screening.comb.maps import Surface
from apps.screening.comb.scaled import search_scaled
from apps.screening.comb.search import Comb, Views, measure
from apps.screening.comb.spacings import candidate_spacings
from apps.screening.comb.veto import Strength

BAND = (4_000.0, 16_000.0)
SPACING, SCALE = 43.06640625, 1.0313
STRIDE = SPACING / 2  # 44100 / 2048
LIKELY = 2.2


def lines_on(step_hz: float, height: float, apart: float) -> Surface:
    """A map of noise with lines of that height, `apart` Hz apart."""
    first, last = int(3_000 / step_hz), int(16_100 / step_hz)
    values = np.random.default_rng(1).normal(size=last - first).astype(np.float32)
    lines = np.arange(np.ceil(3_000 / apart), 16_000 / apart) * apart
    values[np.rint(lines / step_hz).astype(int) - first] += np.float32(height)
    return Surface(values, first, step_hz)


def views(short: float, long: float, locked: float, apart: float = SPACING * SCALE) -> Views:
    """Maps as fine as those of sound at 44.1 kHz, with lines of these heights."""
    return Views(
        lines_on(1.346, short, apart),
        lines_on(0.3365, long, apart),
        lines_on(0.1, locked, apart),
        BAND,
        (3_000.0, 16_000.0),
    )


@pytest.mark.parametrize("short", [1.0, 0.12], ids=["plain", "too weak for short frames"])
def test_lines_at_another_speed_are_found_by_short_or_by_long_frames(short: float) -> None:
    best = search_scaled(views(short, 1.5, 2.0), (86.1328125, SPACING, 50.0))[0]
    assert best.actual_hz == pytest.approx(SPACING * SCALE, rel=1e-5)
    assert best.long > 15
    assert (best.short < 3) == (short < 1)


def test_noise_alone_has_no_score_to_speak_of() -> None:
    assert all(c.score < LIKELY for c in search_scaled(views(0, 0, 0), (86.1328125, SPACING, 50.0)))


def test_quiet_passages_limit_a_score_at_the_speed_it_was_made_at_only() -> None:
    plain = Comb(SPACING, 280, short=1.0, long=16.0, locked=30.0)
    assert (plain.score, plain.moved) == (1.0, False)
    moved = Comb(SPACING, 280, short=1.0, long=16.0, locked=30.0, scale=SCALE)
    assert (moved.score, moved.moved) == (8.0, True)


def test_quiet_passages_that_speak_against_the_lines_count_at_any_speed() -> None:
    assert Comb(SPACING, 280, short=-1.0, long=16.0, locked=30.0, scale=SCALE).of_views == -1.0


def test_a_stride_longer_than_any_block_needs_no_quiet_passages() -> None:
    comb = measure(views(0.0, 0.7, 1.0, STRIDE), STRIDE)
    assert comb is not None
    assert comb.of_views < LIKELY < comb.score


def test_blocks_have_no_lines_at_odd_multiples_of_the_stride() -> None:
    made = views(0.0, 0.7, 1.0, SPACING)
    stride, block = measure(made, STRIDE), measure(made, SPACING)
    assert stride is not None
    assert block is not None
    assert min(stride.long, stride.locked) > 6
    assert stride.odd < 3
    assert max(stride.score, block.score) < LIKELY


@pytest.mark.parametrize(
    ("between", "short", "own"), [(0.3, 0.0, False), (0.6, 0.0, True), (0.6, 3.0, False)]
)
def test_a_beat_between_the_lines_of_a_stride_alone_is_the_musics_own(
    between: float, short: float, own: bool
) -> None:
    comb = Comb(STRIDE, 600, short=short, long=16.0, locked=30.0, odd=10.0)
    assert Strength(0.0, 0.0, 0.0, between, 5.0).musical(comb) is own


def test_the_block_of_software_synthesizers_is_not_looked_for() -> None:
    spacings = candidate_spacings()
    assert not {44_100 / 64, 48_000 / 64} & set(spacings)
    assert {44_100 / 128, 44_100 / 32, 48_000 / 128} <= set(spacings)
