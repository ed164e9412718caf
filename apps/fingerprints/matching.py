"""Comparing Chromaprint prints: pure arithmetic, no Django."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """A recording of the catalogue that shares audio with this one, as the catalogue reports it.

    `relation`: "same_file", "same_samples" or "same_recording". `same_owner`: whether it belongs
    to the account that uploads. `bit_error` in 0..1 over the aligned part; spans in seconds.
    """

    reference: str
    title: str
    artist: str
    isrc: str | None
    same_owner: bool
    relation: str
    bit_error: float
    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
