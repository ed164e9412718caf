"""The same recording, submitted before: by this account or by another one."""

from typing import ClassVar

from apps.fingerprints.matching import Match
from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Evidence, Finding, Submission
from apps.screening.prints import print_of

SURE_ERROR, LOST_ERROR = 0.02, 0.25  # bit errors at which the score is 1 and 0


class FingerprintCheck(Check):
    """Compares hashes and the Chromaprint print of the whole track with the catalogue.

    Sees: the same file, the same samples in another container, and the same recording re-encoded,
    trimmed, padded, quieter or noisy, whole or the better part of the shorter of the two.
    Cannot see: short excerpts, mixes under other music, changed speed or pitch; recordings that
    were never submitted here; and prints of silence, tones or steady noise, which are left out.
    Error rates: see `fingerprints/matching.py` and docs/benchmarks.md. A match says "shares
    audio with", never whose right it is.
    """

    slug: ClassVar[str] = "fingerprint"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Same recording"
    needs: ClassVar[frozenset[str]] = frozenset({"audio", "catalogue"})

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """One finding for each recording that shares audio, strongest first."""
        if submission.catalogue is None:
            return []
        matches = submission.catalogue.find(
            sha256=audio.sha256,
            pcm_sha256=audio.pcm_sha256,
            items=[int(item) for item in print_of(audio).items],
            duration_s=audio.duration_s,
        )
        return [_finding(match) for match in matches]


def _finding(match: Match) -> Finding:
    same_audio = match.relation in ("same_file", "same_samples")
    code = "same_file" if same_audio else "same_recording"
    if match.same_owner:
        code = "own_earlier_release"
    return Finding(code, _score(match), _summary(match, same_audio), (_evidence(match),))


def _score(match: Match) -> float:
    """1 for the same samples; less with every differing bit of the print."""
    share = (LOST_ERROR - match.bit_error) / (LOST_ERROR - SURE_ERROR)
    return round(min(1.0, max(0.0, share)), 3)


def _summary(match: Match, same_audio: bool) -> str:
    other = f"“{match.title}”" + (f" by {match.artist}" if match.artist else "")
    if same_audio:
        return f"The audio is the same as that of {other}."[:500]
    return f"Shares {match.query_end_s - match.query_start_s:.0f} s of audio with {other}."[:500]


def _evidence(match: Match) -> Evidence:
    return Evidence(
        "match",
        match.query_start_s,
        match.query_end_s,
        {
            "reference": match.reference,
            "title": match.title,
            "artist": match.artist,
            "isrc": match.isrc,
            "same_owner": match.same_owner,
            "relation": match.relation,
            "bit_error": round(match.bit_error, 4),
            "reference_start_s": match.reference_start_s,
            "reference_end_s": match.reference_end_s,
        },
    )
