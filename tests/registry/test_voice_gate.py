"""Whether a voice can be compared is asked first, and answered with what to send."""

import re

import numpy as np
import pytest

from apps.registry.voice.activity import RATE, listen, resample
from apps.registry.voice.gate import Assessability, assess, contrast_db, held_share, jump_share
from apps.registry.voice.separation import Centre, Nothing
from apps.registry.voice.stretches import MOST_S, take
from tests.sounds import Samples, tune
from tests.voices import person, singing, speech


def both(mono: Samples) -> Samples:
    return np.stack([mono, mono], axis=1)


def judged(stereo: Samples) -> Assessability:
    return assess(stereo.astype(np.float32), Centre())[0]


def music(seconds: float, seed: int = 3, *, wide: bool = False) -> Samples:
    """Our own tune at RATE; `wide`: a different tune on either side."""
    left = resample(tune(seconds, 32_000, seed, 1)[:, 0], 32_000, RATE)
    if not wide:
        return both(left)
    right = resample(tune(seconds, 32_000, seed + 50, 1)[:, 0], 32_000, RATE)
    return np.stack([left, right], axis=1)


def over(voice: Samples, behind: Samples, gain_db: float) -> Samples:
    """The voice in the middle, `gain_db` above the music."""
    level = np.sqrt(np.mean(voice**2) / np.mean(behind**2)) * 10 ** (-gain_db / 20)
    return both(voice) + level * behind[: len(voice)]


@pytest.mark.parametrize("seed", range(4))
def test_a_clean_voice_can_be_compared_as_what_it_is(seed: int) -> None:
    spoken, sung = (judged(both(make(person(seed), 20, seed))) for make in (speech, singing))
    assert spoken.assessable
    assert spoken.domain == "speech"
    assert sung.assessable
    assert sung.domain == "singing"
    assert 10 < sung.voiced_s <= 20


SILENCE = np.zeros((20 * RATE, 2), dtype=np.float32)
NOISE = np.random.default_rng(5).normal(0, 0.1, (20 * RATE, 2)).astype(np.float32)
SHORT = both(speech(person(1), 3, 1))


@pytest.mark.parametrize(
    ("stereo", "why"),
    [
        (SILENCE, "for 0 s only"),
        (SILENCE[:100], "for 0 s only"),
        (NOISE, "for 0 s only"),
        (both(NOISE[:, 0]), "for 0 s only"),
        (SHORT, "needed to compare a voice"),
        (music(20), "buried|No voice"),
        (music(20, wide=True), "buried|No voice|needed to compare"),
        (over(speech(person(2), 20), music(20), 0), "buried|No voice"),
        (over(singing(person(3), 20), music(20), -5), "buried|No voice"),
    ],
    ids=["silence", "blink", "noise", "mono noise", "3 s", "music", "wide", "0 dB", "-5 dB"],
)
def test_otherwise_it_says_why_and_asks_for_the_stem(stereo: Samples, why: str) -> None:
    answer = judged(stereo)
    assert not answer.assessable
    assert re.search(why, answer.why)
    assert "vocal stem" in answer.why


def test_a_clipped_voice_is_still_a_voice() -> None:
    hard = np.clip(8 * speech(person(4), 20, 2), -1, 1)
    assert judged(both(hard)).domain == "speech"


def test_a_voice_well_above_wide_music_is_compared_as_a_mix() -> None:
    mixed = over(singing(person(5), 20, 1), music(20, 7, wide=True), 6)
    answer, taken = assess(mixed.astype(np.float32), Centre())
    assert answer.domain == "mix"
    assert answer.assessable
    assert contrast_db(listen(taken).level_db) > contrast_db(listen(mixed.mean(axis=1)).level_db)


def test_the_centre_keeps_what_is_alike_and_drops_the_sides() -> None:
    voice, sides = singing(person(6), 6, 1), music(6, 9, wide=True)
    sides[:, 1] *= -1
    taken = Centre().vocals(over(voice, sides, 0).astype(np.float32), RATE)
    mixed = Nothing().vocals(over(voice, sides, 0).astype(np.float32), RATE)
    assert len(taken) == len(voice)
    assert np.corrcoef(taken, voice)[0, 1] > np.corrcoef(mixed, voice)[0, 1]


def test_the_centre_of_a_mono_voice_is_the_voice_inside_the_band() -> None:
    voice = speech(person(3), 4)
    taken = Centre().vocals(both(voice), RATE)
    assert np.corrcoef(taken, voice)[0, 1] > 0.98


def test_a_fade_or_a_long_silence_is_no_pause() -> None:
    steady = np.full(2000, -20.0, dtype=np.float32)
    faded = steady - np.linspace(0, 80, 2000, dtype=np.float32)
    assert contrast_db(steady) == 0
    assert contrast_db(np.concatenate([steady, np.full(2000, -120, dtype=np.float32)])) == 0
    assert contrast_db(faded) < 20


def test_held_notes_and_leaps_are_counted() -> None:
    held = np.repeat(np.float32([220, 330, 440]), 40)
    assert held_share(held) == 1
    assert jump_share(held) == pytest.approx(2 / 119)
    wild = np.tile(np.float32([100, 300]), 40)
    assert held_share(wild) == 0
    assert jump_share(wild) == 1
    assert held_share(np.zeros(50, np.float32)) == 0


@pytest.mark.parametrize("hertz", [82.4, 110, 220, 440, 880])
def test_the_pitch_of_a_tone_is_read(hertz: float) -> None:
    t = np.arange(RATE) / RATE
    tone = sum(np.sin(2 * np.pi * k * hertz * t) / k for k in range(1, 8)).astype(np.float32)
    heard = listen(0.1 * tone)
    assert heard.voiced[2:-2].all()
    assert np.median(heard.pitch_hz) == pytest.approx(hertz, rel=0.04)
    assert heard.level_db[10] == pytest.approx(10 * np.log10(np.mean((0.1 * tone) ** 2)), abs=0.5)


def test_a_long_recording_is_heard_in_parts_spread_over_it() -> None:
    rate = 8000
    pcm = np.zeros((int(MOST_S * 3) * rate, 1), dtype=np.float32)
    heard = take(pcm, rate)
    assert len(heard.stereo) == MOST_S * RATE
    assert heard.place(0) == 0
    assert heard.place(59) == 59
    assert heard.place(61) == 211
    assert heard.place(MOST_S) == pytest.approx(MOST_S * 3)
    short = take(pcm[: 20 * rate].repeat(6, axis=1), rate)
    assert short.stereo.shape == (20 * RATE, 2)
    assert short.place(13.5) == 13.5
