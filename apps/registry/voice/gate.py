"""Can this recording's voice be compared at all? Asked before any comparison.

A clean vocal has pauses, and between them one pitch at a time. Music fills the pauses and adds
pitches. That is all that is looked at: the gate knows no words, and takes a lone flute for a
singer (the comparison then finds no match).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from apps.registry.voice.activity import HOP_S, RATE, Activity, listen
from apps.registry.voice.encoder import Samples
from apps.registry.voice.separation import Separator
from apps.registry.voice.spectra import Floats

Domain = Literal["speech", "singing", "mix"]

LEAST_VOICED_S = 10.0
STEM_DB = 20.0  # how far the level falls in the pauses of a clean vocal, at least
MIX_DB = 14.0  # the same, for a vocal that stands out of its music
BLOCK_FRAMES = round(8 / HOP_S)
CLEAR = 0.85
LEAST_CLEAR = 0.2  # share of voiced frames with one clear pitch: below it nobody is heard
STEM_CLEAR = 0.32
STEM_JUMPS = 0.35  # share of frames where the pitch leaps: above it there is more than one
HELD_FRAMES = round(0.2 / HOP_S)
HELD_SEMITONES = 0.7
SINGING_HELD = 0.28  # share of pitched frames in held notes

STEM = "Send the vocal stem, the voice alone without music, and we compare that."
SHORT = "Somebody is heard for {voiced:.0f} s only; {least:.0f} s are needed to compare a voice. "
NOBODY = "No voice is heard that could be compared. If there is one: "
BURIED = "The voice is buried in the music, so a comparison would say nothing. "


@dataclass(frozen=True)
class Assessability:
    """Whether a voice can be compared, as what, and if not, why and what to send.

    `domain`: "speech" and "singing" are clean vocals, "mix" is a vocal with music. `voiced_s`:
    seconds in which somebody may be heard. `contrast_db`: how far the level falls in the pauses.
    """

    assessable: bool
    domain: Domain
    voiced_s: float
    why: str
    contrast_db: float = 0.0


def assess(stereo: Samples, separator: Separator) -> tuple[Assessability, Samples]:
    """The judgement, and the mono samples at RATE to compare.

    `stereo`: shape (frames, 2), at RATE. A clean vocal is taken as it is; of a mix, what the
    separator makes of it.
    """
    mono = stereo.mean(axis=1, dtype=np.float32)
    heard = listen(mono)
    if heard.voiced_s < LEAST_VOICED_S or _is_stem(heard):
        return _judge(heard, domain_of(heard)), mono
    apart = separator.vocals(stereo, RATE)
    return _judge(listen(apart), "mix"), apart


def contrast_db(level_db: Floats) -> float:
    """How far loud moments (90th percentile) stand above quiet ones (10th): the median over
    stretches of 8 s, so that fades and long silences do not count."""
    blocks = [level_db[at : at + BLOCK_FRAMES] for at in range(0, len(level_db), BLOCK_FRAMES)]
    whole = [block for block in blocks if len(block) == BLOCK_FRAMES] or blocks
    loudest = max(float(block.max()) for block in whole)
    sounding = [block for block in whole if block.max() > loudest - 30]
    return float(np.median([np.percentile(b, 90) - np.percentile(b, 10) for b in sounding]))


def domain_of(heard: Activity) -> Domain:
    """ "singing" where notes are held, else "speech"."""
    return "singing" if held_share(heard.pitch_hz) >= SINGING_HELD else "speech"


def held_share(pitch_hz: Floats) -> float:
    """The share of pitched frames in notes held for 0.2 s and more."""
    semitones = 12 * np.log2(np.maximum(pitch_hz, 1.0))
    held, start = 0, 0
    for at in range(1, len(pitch_hz) + 1):
        ends = at == len(pitch_hz) or pitch_hz[at] <= 0 or pitch_hz[start] <= 0
        if ends or abs(semitones[at] - semitones[start:at].mean()) > HELD_SEMITONES:
            held += at - start if pitch_hz[start] > 0 and at - start >= HELD_FRAMES else 0
            start = at
    return held / max(1, int((pitch_hz > 0).sum()))


def jump_share(pitch_hz: Floats) -> float:
    """The share of neighbouring pitched frames more than two semitones apart."""
    both = (pitch_hz[1:] > 0) & (pitch_hz[:-1] > 0)
    if not both.any():
        return 1.0
    steps = np.abs(12 * np.log2(pitch_hz[1:][both] / pitch_hz[:-1][both]))
    return float((steps > 2).mean())


def clear_share(heard: Activity) -> float:
    """The share of voiced frames that one clear pitch explains."""
    clear = heard.clarity[heard.voiced] >= CLEAR
    return float(clear.mean()) if len(clear) else 0.0


def _is_stem(heard: Activity) -> bool:
    return (
        contrast_db(heard.level_db) >= STEM_DB
        and clear_share(heard) >= STEM_CLEAR
        and jump_share(heard.pitch_hz) <= STEM_JUMPS
    )


def _judge(heard: Activity, domain: Domain) -> Assessability:
    contrast = contrast_db(heard.level_db)
    why = ""
    if heard.voiced_s < LEAST_VOICED_S:
        why = SHORT.format(voiced=heard.voiced_s, least=LEAST_VOICED_S) + STEM
    elif clear_share(heard) < LEAST_CLEAR:
        why = NOBODY + STEM[0].lower() + STEM[1:]
    elif domain == "mix" and contrast < MIX_DB:
        why = BURIED + STEM
    return Assessability(not why, domain, round(heard.voiced_s, 1), why, round(contrast, 1))
