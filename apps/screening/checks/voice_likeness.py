"""The voices check: is the voice like that of somebody protected whom this track names?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from apps.registry.voice.activity import RATE, resample
from apps.registry.voice.chosen import chosen_backend, chosen_cohort, chosen_separator
from apps.registry.voice.cohort import Cohort
from apps.registry.voice.compare import OtherModel, compare, rank
from apps.registry.voice.contract import EnrolledVoice, Segments, Voices
from apps.registry.voice.encoder import VoiceBackend, VoiceModelError
from apps.registry.voice.gate import STEM, Assessability, assess
from apps.registry.voice.separation import Separator
from apps.registry.voice.stretches import Heard, take
from apps.registry.voice.thresholds import Calibration, load_calibration
from apps.screening.audio import Audio
from apps.screening.checks.base import (
    Check,
    Evidence,
    Finding,
    NotAssessable,
    Submission,
    Unfinished,
)
from apps.screening.checks.voice_evidence import evidence_of, summary_of

NAME_CODES = frozenset({
    "protected_name", "near_name", "protected_name_cued", "protected_name_featured",
    "protected_name_in_title", "name_confirmed",
})  # fmt: skip
ENROL_AGAIN = "{names} must be enrolled again: the enrolled voice was made with another model."
NOBODY = "No voice is heard that could be compared. If there is one: " + STEM[0].lower() + STEM[1:]


class VoiceLikenessCheck(Check):
    """One to three enrolled people whom the texts, the declaration or a complaint name.

    Sees: how alike the voice and the enrolled one are, on a clean vocal. A mix is compared after
    taking out its stereo centre, and never judged more than inconclusive; a buried voice is not
    judged at all.
    Cannot see: clones of people who are not named; about 4 in 10 clones of people who are; the
    difference between a clone, the person and somebody who sounds alike. In singing it confuses
    similar voices. Error rates per domain: `registry/voice/calibration`, docs/benchmarks.md.
    The embedding of the track exists in memory while this runs, and nowhere else.
    """

    slug: ClassVar[str] = "voice_likeness"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Voices"
    needs: ClassVar[frozenset[str]] = frozenset({"audio", "declaration", "voices"})

    def __init__(
        self,
        backend: Callable[[], VoiceBackend] = chosen_backend,
        separator: Callable[[], Separator] = chosen_separator,
        cohort: Callable[[str, str], Cohort | None] = chosen_cohort,
    ) -> None:
        self._backend, self._separator, self._cohort = backend, separator, cohort

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """One finding per person compared, and the ranking if a reviewer asked for it.

        Raises NotAssessable where the voice cannot be compared, Unfinished without a model.
        """
        voices = submission.voices
        if voices is None:
            raise NotAssessable("Not compared with the register of protected voices.")
        if not voices.is_on:
            return [Finding("voice_registry_off", 1.0, "The register of voices is off.")]
        try:
            targets, everyone = _targets(voices, submission), voices.everyone()
            nobody = [] if targets else [_nobody_named()]
            if not targets and not everyone:
                return nobody
            return nobody + self._compare(audio, targets, everyone)
        except VoiceModelError as error:
            raise Unfinished(str(error)) from error

    def _compare(
        self, audio: Audio, targets: list[EnrolledVoice], everyone: list[EnrolledVoice]
    ) -> list[Finding]:
        backend = self._backend()
        calibration = load_calibration(backend.calibration)
        heard = take(audio.pcm, audio.rate)
        judged, mono = assess(heard.stereo, self._separator())
        if not judged.assessable:
            raise NotAssessable(judged.why)
        query = _placed(backend.embed(resample(mono, RATE, backend.rate)), heard)
        if not len(query.vectors):
            raise NotAssessable(NOBODY)
        _refuse_other_models(targets, backend)
        beside = _Beside(judged, calibration, backend.id, self._cohort(backend.id, judged.domain))
        findings = [beside.finding(query, one) for one in targets]
        ranked = rank(query, everyone, model=backend.id)
        return findings + ([_ranking(ranked)] if ranked else [])


@dataclass(frozen=True)
class _Beside:
    """What one recording is compared by, with each person alike."""

    judged: Assessability
    calibration: Calibration
    model: str
    cohort: Cohort | None

    def finding(self, query: Segments, voice: EnrolledVoice) -> Finding:
        """The answer for one person, with its evidence."""
        domain = self.calibration.domains[self.judged.domain]
        try:
            found = compare(query, voice, domain, model=self.model, cohort=self.cohort)
        except OtherModel:
            raise NotAssessable(ENROL_AGAIN.format(names=voice.name)) from None
        return Finding(
            f"voice_{found.answer}",
            found.score,
            summary_of(found),
            evidence_of(found, query, self.judged, self.calibration, self.model),
        )


def _targets(voices: Voices, submission: Submission) -> list[EnrolledVoice]:
    people = {
        str(evidence.detail["person"])
        for finding in submission.found
        if finding.code in NAME_CODES
        for evidence in finding.evidence
        if evidence.kind == "name" and evidence.detail.get("person")
    }
    names = dict.fromkeys(_declared_names(submission.declaration or {}))
    return voices.targets(people=sorted(people), names=list(names))


def _declared_names(declaration: Mapping[str, Any]) -> Iterator[str]:
    """People whom the answers name: the voice first, then likenesses, then the artists."""
    said = [(declaration.get("voice") or {}).get("person")]
    said += [entry.get("person") for entry in declaration.get("likeness") or ()]
    said += [entry.get("name") for entry in declaration.get("artists") or ()]
    yield from (str(name) for name in said if name)


def _refuse_other_models(targets: list[EnrolledVoice], backend: VoiceBackend) -> None:
    """A comparison that leaves somebody out would say nothing of them: none is made."""
    others = [one.name for one in targets if one.model != backend.id]
    if others:
        raise NotAssessable(ENROL_AGAIN.format(names=", ".join(others)))


def _placed(query: Segments, heard: Heard) -> Segments:
    places = np.array([heard.place(float(at)) for at in query.starts_s], dtype=np.float64)
    return Segments(query.vectors, places, query.length_s, query.voiced)


def _nobody_named() -> Finding:
    return Finding("voice_nobody_named", 1.0, "Nobody whose voice is protected is named.")


def _ranking(ranked: list[EnrolledVoice]) -> Finding:
    places = [
        {"rank": place, "person": one.person, "name": one.name}
        for place, one in enumerate(ranked, start=1)
    ]
    names = ", ".join(one.name for one in ranked)
    evidence = Evidence("measure", detail={"ranking": places})
    return Finding("voice_ranking", 0.0, f"Nearest first: {names}."[:500], (evidence,))
