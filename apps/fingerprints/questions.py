"""One question to an index, answered here or, as bytes, on another host."""

import io
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from apps.fingerprints.engine.parts import IsHidden
from apps.fingerprints.engine.segment import Places
from apps.fingerprints.engine.verifying import Query, Stretch
from apps.fingerprints.following import MARKS, PRINTS, current_index
from apps.fingerprints.keys import Items, Mask
from apps.fingerprints.landmarks.finding import Marked, find_marked
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.log import are_references

Stretches = dict[int, list[Stretch]]  # by the number of the recording


@dataclass(frozen=True)
class Hidden:
    """What is not for whoever asks: these numbers, and perhaps all references from outside."""

    numbers: Collection[int] = ()
    references: bool = False

    @property
    def test(self) -> IsHidden | None:
        """What tells which prints those are; None where all are for everybody."""
        if not len(self.numbers) and not self.references:
            return None
        own = np.fromiter(self.numbers, np.int64, len(self.numbers))

        def among(numbers: Places) -> Mask:
            hidden: Mask = np.isin(numbers, own)
            return hidden | are_references(numbers) if self.references else hidden

        return among


@dataclass(frozen=True)
class Question:
    """What is looked for, by `prints` or by `peaks`. `duration_s`: of the recording.

    `prints`: its print, and the same from a little later on each. `changed`: whether other speeds,
    pitches and tempos are tried. `hidden`: what is not for whoever asks.
    """

    duration_s: float
    hidden: Hidden
    prints: tuple[Items, ...] = ()
    peaks: Peaks | None = None
    changed: bool = False


def answer_here(asked: Question) -> Stretches:
    """What this host's index has. Raises IndexBusy, OSError."""
    if asked.peaks is None:
        found = current_index(PRINTS).search(
            Query.of(asked.prints, asked.duration_s), asked.hidden.test
        )
        return {one.number: list(one.stretches) for one in found}
    index = current_index(MARKS).searched(asked.hidden.test)
    stretches: Stretches = {}
    for one in find_marked(index, asked.peaks, asked.changed):
        stretches.setdefault(one.number, []).append(stretch_of(one))
    return stretches


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


def question_bytes(asked: Question) -> bytes:
    """A question for `question_of`; 0.2 MB for three minutes."""
    arrays: dict[str, Any] = {f"print{n}": one for n, one in enumerate(asked.prints)}
    arrays["hidden"] = np.array(sorted(asked.hidden.numbers), dtype=np.int64)
    told = [asked.duration_s, asked.changed, asked.hidden.references]
    arrays["told"] = np.array(told, dtype=np.float64)
    if asked.peaks is not None:
        parts = (asked.peaks.times, asked.peaks.bins, asked.peaks.salience)
        arrays |= {"peaks": np.stack(parts), "frames": np.array(asked.peaks.frames)}
        arrays["lesser"] = asked.peaks.lesser
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def question_of(data: bytes) -> Question:
    """The question that `question_bytes` wrote down."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = dict(file)
    names = [name for name in arrays if name.startswith("print")]
    prints = tuple(arrays[f"print{place}"] for place in range(len(names)))
    peaks = None
    if "peaks" in arrays:
        times, bins, salience = arrays["peaks"]
        peaks = Peaks(times, bins, salience, int(arrays["frames"]), arrays["lesser"])
    duration_s, changed, references = arrays["told"].tolist()
    hidden = Hidden(arrays["hidden"].tolist(), bool(references))
    return Question(duration_s, hidden, prints, peaks, bool(changed))


def plain(found: Stretches) -> dict[str, list[dict[str, Any]]]:
    """Stretches as JSON takes them; every number comes back as it was."""
    return {
        str(number): [asdict(one) | {"errors": one.errors.hex()} for one in pieces]
        for number, pieces in found.items()
    }


def stretches_of(told: dict[str, list[dict[str, Any]]]) -> Stretches:
    """The stretches that `plain` wrote down."""
    return {
        int(number): [Stretch(**{**one, "errors": bytes.fromhex(one["errors"])}) for one in pieces]
        for number, pieces in told.items()
    }
