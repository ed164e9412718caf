"""Where a match lies, and how it was changed there: told by its longest stretch."""

from collections.abc import Sequence
from dataclasses import replace

from apps.fingerprints.engine.answers import longest_of, tier_of
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.matching import Match


def placed(match: Match, pieces: Sequence[Stretch]) -> Match:
    """The same match with the stretches that are shared; there is at least one."""
    longest, scores = longest_of(pieces), [one.score or 0.0 for one in pieces]
    return replace(
        match,
        query_start_s=longest.q_start,
        query_end_s=longest.q_end,
        reference_start_s=longest.r_start,
        reference_end_s=longest.r_end,
        pieces=tuple(pieces),
        tier=tier_of(longest),
        speed=longest.speed,
        pitch_cents=longest.pitch_cents,
        anchors=longest.anchors,
        score=max(scores) or None,
    )
