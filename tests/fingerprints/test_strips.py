"""Strips of errors: one character for an item, bounded, and honest about what was not compared."""

import numpy as np

from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.strips import MOST, read_strip, strip_of, strip_over


def stretch(start: float, errors: list[int]) -> Stretch:
    span = (start, start + 0.1238 * len(errors), 0.0, 1.0)
    return Stretch(*span, 0.1, 0.1, len(errors), 1, errors=bytes(errors))


def test_a_strip_reads_as_it_was_written() -> None:
    assert strip_of(bytes([0, 9, 10, 32, 255, 5])) == "09aw-5"
    assert read_strip("09aw-5") == [0, 9, 10, 32, None, 5]
    assert strip_of(b"") == strip_of(bytes([255, 255])) == ""


def test_a_long_strip_is_bounded_and_keeps_means() -> None:
    errors = np.repeat(np.arange(20, dtype=np.uint8), 300).tobytes()
    strip = strip_of(errors)
    assert len(strip) == MOST
    assert read_strip(strip) == list(np.repeat(np.arange(20), 30))


def test_several_stretches_are_laid_where_they_belong() -> None:
    strip = strip_over(
        0.0, 0.1238 * 20, [stretch(0.1238 * 3, [4, 5]), stretch(0.1238 * 18, [7] * 9)]
    )
    assert strip == "---45-------------77"
    assert strip_over(10.0, 12.0, []) == ""
    assert strip_over(0.1238, 0.1238 * 4, [stretch(0.0, [1, 2, 3, 4])]) == "234"
