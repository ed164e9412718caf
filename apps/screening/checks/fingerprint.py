"""The fingerprint check: is this recording in the catalogue already, and whose is it?"""

from typing import ClassVar

from apps.fingerprints.engine.answers import covered_s, is_other_pitch, is_other_speed, tier_of
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.landmarks.finding import ACCEPTED
from apps.fingerprints.matching import Match
from apps.fingerprints.strips import strip_of
from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Evidence, Finding, NotAssessable, Submission
from apps.screening.match_codes import code_of, common_words, is_common, licence_words, named
from apps.screening.peaks import samples_of, take
from apps.screening.prints import Print, phases_of, print_of

__all__ = ["FingerprintCheck", "Print", "print_of"]

MOST_PIECES = 5  # of one match that are shown

TOO_LITTLE = (
    "There is too little varied sound to tell this recording from others. "
    "The same file is not in the catalogue."
)


class FingerprintCheck(Check):
    """The same file, samples or recording, or a part of one, elsewhere in the catalogue.

    Sees: copies of the bytes and of the decoded samples (SHA-256); by its print the same recording
    re-encoded (MP3 from 64 kbit/s, AAC, Vorbis, Opus), louder or quieter, padded, cut to a part of
    5 s or more, equalised, compressed, with noise, or mixed down to mono, and a part that is heard
    alone or well above the rest ("partial"); by its landmarks a part under music or speech that is
    as loud, or faster or slower by up to 6 %, higher or lower by up to two semitones, in another
    tempo by up to 6 %; heard clearly also at speeds from 0.7 to 1.4, in half and double time
    ("same_recording_modified" where four fifths of the shorter are shared).
    Cannot see: a part of less than 3 s, more than that of change, what is much softer than the
    rest, cover versions. Recordings from before landmarks were kept are compared by prints and
    hashes only. Silence, steady tones, sweeps, noise and loops of a second say nothing: they are
    compared by their hashes only.
    Prints, measured on 2026-11-21 with Chromaprint 1.5.1, on 58 pieces of others against themselves
    in 21 versions each: all 58 found after MP3, AAC, Vorbis and Opus, padding, equalising and level
    changes of 20 dB; 57 after limiting and with noise 10 dB below; 52 of 52 when cut to 5 s, where
    5 s of print were left. Of 7,260 pairs of different recordings none was taken for the same, nor
    of 280,320 pairs of a clip of 5 to 13 s and another recording. Landmarks: docs/benchmarks.md,
    "Parts of recordings, changed".
    """

    slug: ClassVar[str] = "fingerprint"
    version: ClassVar[str] = "5"
    title: ClassVar[str] = "Same recording"
    needs: ClassVar[frozenset[str]] = frozenset({"audio", "catalogue"})

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """One finding per recording that shares audio, strongest first.

        Raises NotAssessable when the print says nothing and the hashes find nothing either.
        """
        if submission.catalogue is None:
            raise NotAssessable("Not compared with the catalogue.")
        taken = submission.taken or take(audio)
        speaks = taken.print.speaks
        matches = submission.catalogue.find(
            sha256=audio.sha256,
            pcm_sha256=samples_of(audio, taken),
            items=taken.items.tolist(),
            duration_s=audio.duration_s,
            phases=[one.tolist() for one in phases_of(audio)] if speaks else (),
            peaks=taken.peaks,
        )
        if not matches and not speaks:
            raise NotAssessable(TOO_LITTLE)
        alone = [_finding(match) for match in matches if not is_common(match)]
        return [*alone, *_common([match for match in matches if is_common(match)])]


def _finding(match: Match) -> Finding:
    return Finding(code_of(match), _score(match), _summary(match), _evidence(match))


def _common(matches: list[Match]) -> list[Finding]:
    """One line for everything that is common material."""
    if not matches:
        return []
    shown = [one for match in matches[:MOST_PIECES] for one in _evidence(match)]
    score = max(_score(match) for match in matches)
    return [Finding("common_material", score, common_words(matches)[:500], tuple(shown))]


def _score(match: Match) -> float:
    """Prints of strangers differ in half of their bits: what is left of that is the score. Of
    landmarks it is a half where a match is accepted, and nears one from there.
    """
    by_bits = 0.0 if match.bit_error is None else 1.0 - 2 * match.bit_error
    nats = match.score or 0.0
    return round(max(0.0, by_bits, nats / (nats + ACCEPTED)), 3)


def _summary(match: Match) -> str:
    other = named(match) + licence_words(match)
    if match.relation in ("same_file", "same_samples"):
        return f"The audio is the same as that of {other}."[:500]
    spans = [(one.q_start, one.q_end) for one in match.pieces]
    shared = covered_s(spans or [(match.query_start_s, match.query_end_s)])
    return f"Shares {shared:.0f} s of audio{_changed(match)} with {other}."[:500]


def _changed(match: Match) -> str:
    """How the longest piece was changed, where it was."""
    told = []
    if is_other_speed(match.speed, match.query_end_s - match.query_start_s):
        way = "faster" if match.speed > 1 else "slower"
        told.append(f"{abs(match.speed - 1) * 100:.1f} % {way}")
    if is_other_pitch(match.pitch_cents):
        way = "higher" if match.pitch_cents > 0 else "lower"
        told.append(f"{abs(match.pitch_cents)} cents {way}")
    return f", {' and '.join(told)}," if told else ""


def _evidence(match: Match) -> tuple[Evidence, ...]:
    """One for each piece that is shared; one for all where both are the same file or samples."""
    if not match.pieces:
        query, there = (match.query_start_s, match.query_end_s), match.reference_start_s
        span = (*query, there, match.reference_end_s)
        return (_piece(match, Stretch(*span, accepted=True, bit_error=match.bit_error)),)
    longest = sorted(match.pieces, key=lambda one: one.q_start - one.q_end)[:MOST_PIECES]
    return tuple(_piece(match, one) for one in sorted(longest, key=lambda one: one.q_start))


def _piece(match: Match, piece: Stretch) -> Evidence:
    start, end, there, there_end = (round(seconds, 2) for seconds in piece.span)
    return Evidence(
        "match",
        start,
        end,
        {
            "reference": match.reference,
            "title": match.title,
            "artist": match.artist,
            "isrc": match.isrc,
            "same_owner": match.same_owner,
            "relation": match.relation,
            "tier": tier_of(piece) if match.pieces else match.tier,
            "source": match.source,
            "note": match.note[:300],
            "licence": match.licence.number if match.licence else None,
            "common": match.common,
            "bit_error": None if piece.bit_error is None else round(piece.bit_error, 4),
            "reference_start_s": there,
            "reference_end_s": there_end,
            "speed": round(piece.speed, 4),
            "pitch_cents": piece.pitch_cents,
            "anchors": piece.anchors,
            "errors": strip_of(piece.errors),
        },
    )
