"""The contract of a check: what it is given and what it gives back. No Django, no thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.matching import Match
from apps.registry.names.contract import Names
from apps.registry.voice.contract import Voices
from apps.screening.audio import Audio
from apps.screening.peaks import Taken


class NotAssessable(Exception):
    """This check cannot say anything about this audio; the message says why, for a person."""


class Unfinished(Exception):
    """This check could not look at everything; the message says at what, for a person.

    The result is an error, like that of any other exception, and the track is held.
    """


@dataclass(frozen=True)
class Evidence:
    """One thing to look at or listen to.

    `kind`: "audio" (a span), "tag", "field" (of the declaration), "c2pa", "match", "measure",
    "plot" (a curve to draw), "name" (a name beside a protected one), "voice" (a stretch beside one
    of an enrolled voice).
    `start_s`, `end_s`: seconds into the track, or None. `detail`: JSON values only.
    """

    kind: str
    start_s: float | None = None
    end_s: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """Something a check found. `code` is in `screening/codes.py`; `score` in 0..1 is how sure."""

    code: str
    score: float
    summary: str
    evidence: tuple[Evidence, ...] = ()


class Catalogue(Protocol):
    """Where the fingerprint check looks for the same recording."""

    def find(
        self,
        *,
        sha256: str,
        pcm_sha256: str,
        items: Sequence[int],
        duration_s: float,
        phases: Sequence[Sequence[int]] = (),
        peaks: Peaks | None = None,
    ) -> list[Match]:
        """All recordings sharing this file, these samples or some audio, strongest first.

        `phases`: prints of the same recording from a fraction of an item later on each. `peaks`:
        its spectral peaks.
        """


@dataclass(frozen=True)
class Submission:
    """What the artist said, and what earlier checks found. `declaration` None: nothing was said.

    `catalogue`, `names`, `voices`: what the recording and its texts are compared with, or None.
    `stem`: the vocals alone, where the artist sent them. `taken`: the recording's print and peaks,
    where somebody needed them before.
    """

    declaration: Mapping[str, Any] | None
    filename: str
    catalogue: Catalogue | None = None
    names: Names | None = None
    voices: Voices | None = None
    stem: Audio | None = None
    found: tuple[Finding, ...] = ()
    taken: Taken | None = None


class Check:
    """One thing to look for. Subclasses set the class attributes and `run`.

    `needs` names inputs without which the check cannot run: "audio", "declaration", "catalogue",
    "names", "voices".
    """

    slug: ClassVar[str]
    version: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[frozenset[str]]

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """Findings with evidence; raises NotAssessable when this audio cannot be judged."""
        raise NotImplementedError
