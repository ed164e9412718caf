"""What is looked for, and where it is found: by prints first, then by landmarks."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from apps.fingerprints.engine.answers import covered_s
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.questions import Hidden, Question, Stretches
from apps.fingerprints.shards import answer

EXPLAINED = 0.8  # of the upload: whoever has that much of it by prints need not try every speed


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


def by_prints(asked: Asked, hidden: Hidden) -> Stretches:
    """Raises IndexBusy, OSError."""
    if not len(asked.items):
        return {}
    return answer(Question(asked.duration_s, hidden, prints=(asked.items, *asked.phases)))


def by_landmarks(asked: Asked, hidden: Hidden, known: Iterable[Stretch]) -> Stretches:
    """`known`: what is shared already, with anybody. Where that is most of the upload, changes of
    speed, pitch and tempo are not looked for. Raises IndexBusy, OSError.
    """
    if asked.peaks is None or not len(asked.peaks.times):
        return {}
    spans = [(one.q_start, one.q_end) for one in known if one.accepted]
    explained = covered_s(spans) >= EXPLAINED * asked.duration_s
    changed = asked.deep or not explained
    return answer(Question(asked.duration_s, hidden, peaks=asked.peaks, changed=changed))


def as_items(items: Iterable[int] | Items) -> Items:
    """A print as an array."""
    return np.asarray(items, dtype=np.uint32)
