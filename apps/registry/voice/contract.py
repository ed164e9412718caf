"""What a register of protected voices answers. Types only."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Segments:
    """A voice in stretches of equal length.

    `vectors`: float32, shape (segments, dimensions), each of length 1. `starts_s`: float64, shape
    (segments,), seconds into the recording. `length_s`: seconds of one stretch. `voiced`: float32,
    shape (segments,), the share of each stretch in which somebody is heard, 0..1.
    """

    vectors: npt.NDArray[np.float32] = field(repr=False)  # in no log, in no traceback
    starts_s: npt.NDArray[np.float64]
    length_s: float
    voiced: npt.NDArray[np.float32]


@dataclass(frozen=True)
class EnrolledVoice:
    """The voice of somebody who agreed to be protected.

    `person`: the id in the register; `name`: to be shown; `model`: id of the backend that made the
    vectors, which compare with those of the same backend only; `clips`: for each segment, the id
    of what a reviewer may listen to ("" where nothing was kept).
    """

    person: str
    name: str
    model: str
    segments: Segments
    clips: tuple[str, ...]


class Voices(Protocol):
    """The register of enrolled voices. Every answer with a voice in it is written to the audit."""

    @property
    def is_on(self) -> bool:
        """Whether a compliance officer has turned the register on."""

    def targets(self, *, people: Collection[str], names: Collection[str]) -> list[EnrolledVoice]:
        """The enrolled voices to compare this track with: people found in its texts (ids), those
        it names (as written), and those that somebody asked about. At most three; complaints
        first, then `people`, then `names`."""

    def everyone(self) -> list[EnrolledVoice]:
        """All enrolled voices, for the ranking that a reviewer may ask for; [] unless asked."""
