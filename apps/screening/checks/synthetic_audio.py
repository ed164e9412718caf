"""The check for the lines that neural decoders leave."""

import os
from collections.abc import Callable
from math import log2
from typing import Any, ClassVar

from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Evidence, Finding, NotAssessable, Submission
from apps.screening.comb.calibration import Calibration, calibration
from apps.screening.comb.plots import plots
from apps.screening.comb.search import Comb
from apps.screening.comb.spacings import makers_of
from apps.screening.comb.verdict import Untestable, Verdict, assess

SWITCH = "SYNTHETIC_AUDIO"
OFF = {"off", "0", "no", "false"}
CODES = {
    "likely": "generated_sound_likely",
    "part": "generated_sound_part",
    "inconclusive": "generated_sound_inconclusive",
}


def switched_on() -> bool:
    """Whether the environment leaves this check on, which is the default."""
    return os.environ.get(SWITCH, "on").strip().lower() not in OFF


class SyntheticAudioCheck(Check):
    """Lines in the spectrum at multiples of one spacing, as neural decoders leave them.

    Sees: sound that has passed a decoder which upsamples with strides (generators, neural codecs,
    some tools for mastering and separation), whole or in a part of half a minute; after MP3 and AAC
    at 128 kbit/s; at another speed within 6 %, inconclusive at most; weakly, a pitch moved by one
    or two semitones.
    Cannot see: decoders without strides (inverse transforms, Riffusion, Udio) or with a few lines
    only (Noise2Music, MusicLM), samplers, generated scores played by people, voices alone under
    louder music.
    Takes for decoders: block renderers, sources coded in frames of 20 ms. What repeats to the
    sample or is held like a note is told apart by its strength and by what lies between its lines,
    and is then at most inconclusive, as is a pattern at another speed or pitch only.
    Measured with version 2 on 2026-11-26 on systems and sources that nothing was chosen on: of 726
    pieces made by people 7 likely (1.0 %, 95 %: 0.5-2.0 %; 1 of 262 electronic and chiptune), 36
    inconclusive; of 305 clips of 30 generators 171 likely (56 %), 47 inconclusive; of those from 15
    to 40 s 67 %, from 40 to 90 s 83 %, of those under 15 s 43 %. With this version on 2026-11-27:
    of 123 further pieces by people none likely (95 %: 0-3.0 %), 6 inconclusive. Tables and what was
    found after changes of format, speed and pitch: docs/benchmarks.md.
    """

    slug: ClassVar[str] = "synthetic_audio"
    version: ClassVar[str] = "3"
    title: ClassVar[str] = "Generated sound"
    needs: ClassVar[frozenset[str]] = frozenset({"audio"})

    def __init__(self, enabled: Callable[[], bool] = switched_on) -> None:
        self._enabled = enabled

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """One finding, or none where there is no sign; raises NotAssessable."""
        if not self._enabled():
            summary = "Listening for generated sound is switched off here."
            return [Finding("synthetic_audio_off", 1.0, summary)]
        try:
            verdict = assess(audio.pcm, audio.rate)
        except Untestable as untestable:
            raise NotAssessable(str(untestable)) from untestable
        code = CODES.get(verdict.result)
        return [] if code is None else [_finding(code, verdict, calibration())]


def _finding(code: str, verdict: Verdict, limits: Calibration) -> Finding:
    score = limits.surety(verdict.comb.score)
    if verdict.musical or verdict.result == "inconclusive":  # then the pattern says little
        score = min(score, limits.surety(limits.inconclusive))
    evidence = (
        Evidence("measure", None, None, _measured(verdict, limits)),
        *(Evidence("audio", round(a, 2), round(b, 2), _about(verdict)) for a, b in verdict.spans),
        *(Evidence("plot", None, None, plot) for plot in plots(verdict, limits)),
    )
    return Finding(code, score, summary_of(verdict), evidence)


def _measured(verdict: Verdict, limits: Calibration) -> dict[str, Any]:
    comb, other = verdict.comb, verdict.runner_up
    return {
        "result": verdict.result,
        "score": round(comb.score, 2),
        "spacing_hz": round(comb.spacing_hz, 3),
        "lines": comb.lines,
        "quiet_passages_z": round(comb.short, 1),
        "lasting_z": round(comb.long, 1),
        "even_phase_z": round(comb.locked, 1),
        "band_hz": [round(hertz) for hertz in verdict.heard.band],
        "scale": round(comb.scale, 5),
        "pitch_only": comb.shifted,
        "low_band_db": round(verdict.strength.low_db, 1),
        "steady_db": round(verdict.strength.steady_db, 1),
        "peak_db": round(verdict.strength.peak_db, 1),
        "between_lines": round(verdict.strength.between, 2),
        "beat_hz": round(verdict.strength.beat_hz, 2) if verdict.strength.repeats else None,
        "musical": verdict.musical,
        "likelihood_ratio": limits.band(comb.score).words,
        "makers": list(makers_of(comb.spacing_hz)),
        "runner_up": {"spacing_hz": round(other.spacing_hz, 3), "score": round(other.score, 2)},
        "calibration": limits.version,
    }


def _about(verdict: Verdict) -> dict[str, Any]:
    return {"spacing_hz": round(verdict.comb.spacing_hz, 3), "score": round(verdict.comb.score, 2)}


def summary_of(verdict: Verdict) -> str:
    """What was heard, in a sentence or two."""
    comb, band = verdict.comb, verdict.heard.band
    text = (
        f"Lines every {comb.actual_hz:.2f} Hz between {band[0] / 1000:.1f} and "
        f"{band[1] / 1000:.1f} kHz, {comb.lines} of them, {_where(verdict)}"
    )
    if abs(comb.scale - 1) > 1e-6:
        text += f"; {comb.spacing_hz:.2f} Hz {_moved(comb)}"
    makers = makers_of(comb.spacing_hz)
    if makers:
        text += f"; known from {', '.join(makers)}"
    if verdict.strength.repeats:
        text += f". There are as many between: something repeats {verdict.strength.beat_hz:.2f} "
        text += "times a second to the sample, and music like that makes such lines by itself"
    elif verdict.musical:
        text += ". They are as strong as notes: electronic music makes such lines by itself"
    return text + "."


def _where(verdict: Verdict) -> str:
    if verdict.result == "part":
        return "in " + ", ".join(f"{_clock(a)}–{_clock(b)}" for a, b in verdict.spans)
    is_moved = abs(verdict.comb.scale - 1) > 1e-6
    is_weak = verdict.result == "inconclusive" and not (verdict.musical or is_moved)
    return "weak" if is_weak else "standing still"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _moved(comb: Comb) -> str:
    if comb.shifted:
        return f"with the pitch moved by {round(12 * log2(comb.scale)):+d} semitones"
    return f"played {abs(comb.scale - 1) * 100:.2f} % {'faster' if comb.scale > 1 else 'slower'}"
