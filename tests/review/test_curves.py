"""Curves: what checks computed is laid out inside the drawing, and nonsense is not drawn."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.review.curves import HEIGHT, SHAPES, WIDTH, lay_out

TIMES = {"plot": "persistence", "t_s": [0, 10, 20], "score": [0.5, 6.0, 1.0], "likely": 4.4}


def test_a_curve_lies_inside_the_drawing_with_its_threshold() -> None:
    curve = lay_out({**TIMES, "inconclusive": 3.5})
    assert curve is not None
    xs, ys = zip(*(map(float, pair.split(",")) for pair in curve.points.split()), strict=True)
    assert min(xs) >= 0
    assert max(xs) <= WIDTH
    assert min(ys) >= 0
    assert max(ys) <= HEIGHT
    likely, inconclusive = curve.levels
    assert ys[1] < likely.at < inconclusive.at < ys[0]  # upwards is less
    assert (likely.word, likely.value) == ("likely", "4.4")
    assert [tick.text for tick in curve.x_ticks][:1] == ["0:00"]


def test_lines_outside_the_curve_are_left_out() -> None:
    detail = {"plot": "residual", "x_hz": [4000, 5000], "y_db": [0, 1], "lines_hz": [4200, 9000]}
    curve = lay_out(detail)
    assert curve is not None
    assert len(curve.marks) == 1


def test_bars_stand_on_the_axis_and_say_where_the_track_lies() -> None:
    detail = {"plot": "impostors", "x": [0.1, 0.2, 0.3], "y": [1, 5, 2], "at": 0.25}
    curve = lay_out({**detail, "in_words": "higher than 99 % of different people"})
    assert curve is not None
    assert curve.at is not None
    assert all(bar.y + bar.height == pytest.approx(curve.floor, abs=0.2) for bar in curve.bars)
    assert "higher than 99 %" in curve.says


@pytest.mark.parametrize(
    "change",
    [
        {"plot": "pie"},
        {"plot": None},
        {"score": [1.0]},
        {"score": None},
        {"score": [1, "2", 3]},
        {"score": [1, float("nan"), 3]},
        {"score": [True, False, True]},
        {"t_s": [], "score": []},
        {"t_s": list(range(100_000)), "score": list(range(100_000))},
    ],
)
def test_what_is_no_curve_is_not_drawn(change: dict[str, Any]) -> None:
    assert lay_out({**TIMES, **change}) is None


scalars = st.none() | st.booleans() | st.floats() | st.text(max_size=3)
junk = scalars | st.lists(scalars, max_size=4)
names = sorted({name for shape in SHAPES.values() for name in (shape.x, shape.y, "at", "likely")})


@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(st.sampled_from(names), junk))
def test_nothing_breaks_it(plot: str, detail: dict[str, Any]) -> None:
    lay_out({**detail, "plot": plot})
