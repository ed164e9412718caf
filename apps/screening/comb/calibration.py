"""What was measured and then frozen: thresholds, how people's music scores, likelihood ratios."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True)
class Band:
    """Scores from `least` to the next band: `ratio` times as frequent in generated music."""

    least: float
    ratio: float
    words: str


@dataclass(frozen=True)
class Calibration:
    """Thresholds on the score, by what was searched; `bands` ascending.

    `own` is for what looks like the music's own lines: from there on it is worth a question.
    """

    version: str
    likely: float
    inconclusive: float
    own: float
    part: float
    scaled: float
    shifted: float
    bands: tuple[Band, ...]

    def band(self, score: float) -> Band:
        """The band that a score falls into."""
        return [band for band in self.bands if band.least <= score][-1]

    def surety(self, score: float) -> float:
        """The chance at even odds: ratio / (1 + ratio), in 0..1."""
        ratio = self.band(score).ratio
        return round(ratio / (1 + ratio), 3)


@cache
def calibration() -> Calibration:
    """The calibration that ships."""
    return read_calibration(json.loads(FILE.read_text()))


def read_calibration(data: dict[str, Any]) -> Calibration:
    """A calibration file: thresholds set by hand, the rest by `evaluate_synthetic --freeze`."""
    limits = data["thresholds"]
    bands = (Band(b["least"], b["ratio"], b["words"]) for b in data["bands"])
    return Calibration(
        data["version"],
        limits["likely"],
        limits["inconclusive"],
        limits["own"],
        limits["part"],
        limits["scaled"],
        limits["shifted"],
        tuple(sorted(bands, key=lambda band: band.least)),
    )
