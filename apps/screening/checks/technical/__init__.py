"""The technical check: what is wrong with the sound itself, or with the file it came in."""

from typing import ClassVar

from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Finding, Submission
from apps.screening.checks.technical.clipping import clipping_findings
from apps.screening.checks.technical.dropouts import dropout_findings
from apps.screening.checks.technical.file_facts import file_findings
from apps.screening.checks.technical.levels import measure_levels
from apps.screening.checks.technical.lossy_source import lossy_source_findings
from apps.screening.checks.technical.loudness import loudness_findings
from apps.screening.checks.technical.silence import is_silent, silence_findings, silent_recording
from apps.screening.checks.technical.stereo import stereo_findings

__all__ = ["TechnicalCheck"]


class TechnicalCheck(Check):
    """Truncation, silence, gaps, clipping, offset, channels, length, loudness, lossy sources.

    Sees: what can be measured on the decoded samples and on the file's header. Loudness follows
    EBU R128 and reads its test signals right to 0.1 LU.
    Cannot see: faults that are part of the recording (hum, clicks, plosives, distortion added on
    purpose), clipping that was encoded with loss afterwards (the flat tops are gone), lossy
    sources whose encoder kept everything up to 20 kHz and more.
    Error rates: docs/benchmarks.md; each module says what it takes for what.
    """

    slug: ClassVar[str] = "technical"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Sound and file"
    needs: ClassVar[frozenset[str]] = frozenset({"audio"})

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """Findings of the file first, then of the sound; of silence nothing more is measured."""
        findings = file_findings(audio, submission.filename)
        levels = measure_levels(audio.pcm, audio.rate)
        if is_silent(levels):
            return [*findings, silent_recording(levels)]
        findings += silence_findings(levels)
        findings += dropout_findings(audio.pcm, audio.rate)
        findings += clipping_findings(audio.pcm, levels)
        findings += stereo_findings(levels)
        findings += loudness_findings(audio.pcm, audio.rate)
        if audio.source.lossless:
            findings += lossy_source_findings(audio.pcm, audio.rate)
        return findings
