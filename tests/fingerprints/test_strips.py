"""Strips of errors: one character for an item, bounded, and honest about what was not compared."""

import numpy as np

from apps.fingerprints.strips import MOST, read_strip, strip_of


def test_a_strip_reads_as_it_was_written() -> None:
    assert strip_of(bytes([0, 9, 10, 32, 255, 5])) == "09aw-5"
    assert read_strip("09aw-5") == [0, 9, 10, 32, None, 5]
    assert strip_of(b"") == strip_of(bytes([255, 255])) == ""


def test_a_long_strip_is_bounded_and_keeps_means() -> None:
    errors = np.repeat(np.arange(20, dtype=np.uint8), 300).tobytes()
    strip = strip_of(errors)
    assert len(strip) == MOST
    assert read_strip(strip) == list(np.repeat(np.arange(20), 30))
