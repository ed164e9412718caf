"""Curves that checks computed, laid out for drawing. Numbers only: the template draws them.

A check leaves a curve as evidence of kind "plot": `plot` names it, the rest are series. Workers
compute the series; nothing here looks at audio.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, isfinite, log10
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WIDTH, HEIGHT = 640.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 76.0, 32.0, 14.0, 32.0  # room for the axes
LINE = 18.0  # a line of text in the drawing
MOST_POINTS = 2_000
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # between ticks, times a power of ten
STEPS_S = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0)


class Shape(NamedTuple):
    """How one kind of curve is drawn: which series, and the words around it."""

    title: Any
    says: Any
    x: str
    y: str
    x_unit: str
    y_unit: str
    levels: tuple[tuple[str, Any], ...] = ()
    is_bars: bool = False
    from_zero: bool = True


SHAPES: dict[str, Shape] = {
    "residual": Shape(
        gettext_lazy("What stands out of the spectrum"),
        gettext_lazy("Even peaks on the marked lines come from a decoder or a renderer; music "
                     "makes peaks elsewhere, or none that stand still."),
        "x_hz", "y_db", "Hz", "dB",
    ),
    "folded": Shape(
        gettext_lazy("All lines laid over one another"),
        gettext_lazy("One narrow peak in the middle is a comb of lines; a flat curve is music."),
        "x", "y", "", "dB",
    ),
    "persistence": Shape(
        gettext_lazy("Where in the track"),
        gettext_lazy("The strength of the pattern in each stretch of the track."),
        "t_s", "score", "s", "",
        (("likely", gettext_lazy("likely")), ("inconclusive", gettext_lazy("inconclusive"))),
    ),
    "voice_similarity": Shape(
        gettext_lazy("Similarity to the enrolled voice"),
        gettext_lazy("Each stretch in which somebody is heard. Similarity is not identity."),
        "t_s", "similarity", "s", "",
        (("consistent", gettext_lazy("consistent")),
         ("inconclusive", gettext_lazy("inconclusive"))),
        from_zero=False,
    ),
    "impostors": Shape(
        gettext_lazy("Beside different people"),
        gettext_lazy("How similar different people are to this voice, and where this track lies."),
        "x", "y", "", "", is_bars=True,
    ),
}  # fmt: skip


class Tick(NamedTuple):
    """A place on an axis, in drawing units, and what stands there."""

    at: float
    text: str


class Level(NamedTuple):
    """A threshold: its height in drawing units, its word and value, and where they stand."""

    at: float
    word: str
    value: str
    text_at: float


class Bar(NamedTuple):
    """One bar, in drawing units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Curve:
    """Everything the template needs. Lengths in the units of a WIDTH x HEIGHT drawing."""

    title: str
    says: str
    points: str = ""
    bars: Sequence[Bar] = ()
    marks: Sequence[float] = ()
    levels: Sequence[Level] = ()
    at: float | None = None
    x_ticks: Sequence[Tick] = ()
    y_ticks: Sequence[Tick] = ()
    width: float = field(default=WIDTH)
    height: float = field(default=HEIGHT)

    @property
    def floor(self) -> float:
        """The height of the lower axis."""
        return self.height - BOTTOM

    @property
    def top(self) -> float:
        """Where the drawing begins above."""
        return TOP

    @property
    def left(self) -> float:
        """Where the left axis stands."""
        return LEFT

    @property
    def right(self) -> float:
        """Where the drawing ends on the right."""
        return self.width - RIGHT


@dataclass(frozen=True)
class _Scale:
    """From values to drawing units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low or 1.0
        return round(self.start + (value - self.low) / span * (self.end - self.start), 1)


def lay_out(detail: Mapping[str, Any]) -> Curve | None:
    """The curve in this evidence; None where it is of an unknown kind or cannot be drawn."""
    shape = SHAPES.get(str(detail.get("plot")))
    if shape is None:
        return None
    xs, ys = numbers(detail.get(shape.x)), numbers(detail.get(shape.y))
    if len(xs) < 2 or len(xs) != len(ys):
        return None
    limits = [(value, word) for key, word in shape.levels if (value := number(detail.get(key)))]
    heights = _heights([*ys, *(value for value, _word in limits)], shape)
    across = _Scale(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    up = _Scale(min(heights), max(heights), HEIGHT - BOTTOM, TOP)
    at = number(detail.get("at"))
    return Curve(
        title=str(shape.title),
        says=_with_words(shape, detail),
        points="" if shape.is_bars else " ".join(_pairs(xs, ys, across, up)),
        bars=_bars(xs, ys, across, up) if shape.is_bars else (),
        marks=[across(x) for x in numbers(detail.get("lines_hz")) if min(xs) <= x <= max(xs)],
        levels=_levels(limits, up),
        at=None if at is None else across(min(max(at, min(xs)), max(xs))),
        x_ticks=_ticks(across, shape.x_unit),
        y_ticks=[Tick(up(v), f"{_shown(v)} {shape.y_unit}".strip()) for v in (up.low, up.high)],
    )


def _heights(values: list[float], shape: Shape) -> tuple[float, float]:
    """The lowest and the highest of the axis: from zero, or with room for words at the foot."""
    low, high = min(values), max(values)
    return (min(low, 0.0), max(high, 0.0)) if shape.from_zero else (low - (high - low) / 5, high)


def numbers(value: object) -> list[float]:
    """A series as finite numbers; [] where it is anything else."""
    if not isinstance(value, list) or len(value) > MOST_POINTS:
        return []
    found = [number(one) for one in value]
    return [one for one in found if one is not None] if None not in found else []


def number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


def _with_words(shape: Shape, detail: Mapping[str, Any]) -> str:
    words = detail.get("in_words")
    return f"{words[:200]} {shape.says}" if isinstance(words, str) else str(shape.says)


def _pairs(xs: list[float], ys: list[float], across: _Scale, up: _Scale) -> list[str]:
    return [f"{across(x)},{up(y)}" for x, y in zip(xs, ys, strict=True)]


def _bars(xs: list[float], ys: list[float], across: _Scale, up: _Scale) -> list[Bar]:
    width = round((WIDTH - LEFT - RIGHT) / len(xs) * 0.8, 1)
    floor = up(0.0)
    return [
        Bar(round(across(x) - width / 2, 1), up(y), width, round(max(floor - up(y), 0.0), 1))
        for x, y in zip(xs, ys, strict=True)
    ]


def _levels(limits: list[tuple[float, Any]], up: _Scale) -> list[Level]:
    """The word of the highest stands above its line, the others below theirs: they may be near."""
    heights = sorted(up(value) for value, _word in limits)
    return [
        Level(at, str(word), _shown(value), at - 5 if at == heights[0] else at + LINE - 4)
        for value, word in limits
        for at in (up(value),)
    ]


def _ticks(scale: _Scale, unit: str, count: int = 6) -> list[Tick]:
    """At most `count` round values of the axis, or its two ends where there is nothing round."""
    values = _round_values(scale.low, scale.high, STEPS_S if unit == "s" else (), count)
    if unit == "s":
        return [Tick(scale(value), _clock(value)) for value in values]
    if unit == "Hz" and scale.high >= 1000:
        return [Tick(scale(value), f"{value / 1000:g} kHz") for value in values]
    return [Tick(scale(value), f"{_shown(value)} {unit}".strip()) for value in values]


def _round_values(low: float, high: float, steps: Sequence[float], count: int) -> list[float]:
    """Multiples of a round step between two values; the two where that cannot be."""
    least = (high - low) / count
    if not isfinite(least) or least <= max(abs(low), abs(high)) * 1e-9:
        return [low, high]
    power = 10.0 ** floor(log10(least))
    step = next((s for s in (*steps, *(s * power for s in STEPS)) if s >= least), least)
    found = [n * step for n in range(ceil(low / step), floor(high / step) + 1)]
    return found if len(found) > 1 else [low, high]


def _shown(value: float) -> str:
    if not value:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return _("%(minutes)d:%(seconds)02d") % {"minutes": minutes, "seconds": rest}
