"""What is looked for, and where it is found: by prints first, then by landmarks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from apps.fingerprints.engine.answers import covered_s
from apps.fingerprints.engine.verifying import Query, Stretch
from apps.fingerprints.following import MARKS, current_index, search
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.finding import Marked, find_marked
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.landmarks.warps import GRID

EXPLAINED = 0.8  # of the upload: whoever has that much of it by prints need not try every speed

Stretches = dict[int, list[Stretch]]  # by the number of the recording


@dataclass(frozen=True)
class Asked:
    """What a recording is known by that is looked for.

    `items`: its print, none to compare hashes only; `phases`: the same from a little later on each.
    `peaks`: all its spectral peaks, or None. `deep`: every speed and pitch is tried, whatever
    prints have found.
    """

    sha256: str
    pcm_sha256: str
    duration_s: float
    items: Items
    phases: tuple[Items, ...] = ()
    peaks: Peaks | None = None
    deep: bool = False


def by_prints(asked: Asked, hidden: Collection[int]) -> Stretches:
    """Raises IndexBusy, OSError."""
    if not len(asked.items):
        return {}
    query = Query.of([asked.items, *asked.phases], asked.duration_s)
    return {one.number: list(one.stretches) for one in search(query, hidden)}


def by_landmarks(asked: Asked, hidden: Collection[int], known: Iterable[Stretch]) -> Stretches:
    """`known`: what is shared already, with anybody. Where that is most of the upload, changes of
    speed, pitch and tempo are not looked for. Raises IndexBusy, OSError.
    """
    if asked.peaks is None or not len(asked.peaks.times):
        return {}
    spans = [(one.q_start, one.q_end) for one in known if one.accepted]
    explained = covered_s(spans) >= EXPLAINED * asked.duration_s
    index = current_index(MARKS).searched(hidden)
    found: Stretches = {}
    for one in find_marked(index, asked.peaks, () if explained and not asked.deep else GRID):
        found.setdefault(one.number, []).append(stretch_of(one))
    return found


def stretch_of(marked: Marked) -> Stretch:
    """A match of landmarks as both tiers tell theirs."""
    return Stretch(
        marked.q_start,
        marked.q_end,
        marked.r_start,
        marked.r_end,
        accepted=marked.accepted,
        speed=marked.speed,
        pitch_cents=marked.pitch_cents,
        score=marked.score,
        anchors=marked.anchors,
    )


def as_items(items: Iterable[int] | Items) -> Items:
    """A print as an array."""
    return np.asarray(items, dtype=np.uint32)
