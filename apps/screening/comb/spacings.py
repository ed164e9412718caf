"""Which spacings are looked for, and what is known of them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).with_name("spacings.toml")

RATES = (16_000, 24_000, 32_000, 44_100, 48_000)
PERIODS = tuple(sorted(2**a * 5**c for a in range(12) for c in (0, 1) if 1 < 2**a * 5**c <= 2048))
RANGE_HZ = (20.0, 8_000.0)
# USB frames, converters and clocks make the first, and no decoder that is known. The last two are
# 44.1 and 48 kHz over 64 samples, the block in which FluidSynth and its kin render; a decoder that
# has them has others as well.
LEFT_OUT_HZ = (1_000.0, 2_000.0, 4_000.0, 8_000.0, 689.0625, 750.0)
NEAR = 2e-4  # relative: the same spacing


@dataclass(frozen=True)
class Known:
    """A spacing that has been seen: in Hz, as rate / period, who makes it, how that is known."""

    hertz: float
    ratio: str
    makers: tuple[str, ...]
    evidence: str
    source: str
    date: str


def candidate_spacings() -> tuple[float, ...]:
    """All spacings looked for, in Hz, ascending: rate / (2^a 5^c), c at most 1."""
    found = {round(rate / period, 6) for rate in RATES for period in PERIODS}
    inside = {hertz for hertz in found if RANGE_HZ[0] <= hertz <= RANGE_HZ[1]}
    return tuple(sorted(inside - set(LEFT_OUT_HZ)))


@cache
def known_spacings() -> tuple[Known, ...]:
    """The library, in its own order."""
    entries = tomllib.loads(LIBRARY.read_text())["spacing"]
    return tuple(
        Known(
            float(entry["hertz"]),
            entry["ratio"],
            tuple(entry["makers"]),
            entry["evidence"],
            entry["source"],
            entry["date"].isoformat(),
        )
        for entry in entries
    )


def makers_of(hertz: float) -> tuple[str, ...]:
    """Who is known to leave lines at this spacing, perhaps nobody."""
    return tuple(
        maker
        for known in known_spacings()
        if abs(known.hertz / hertz - 1) < NEAR
        for maker in known.makers
    )
