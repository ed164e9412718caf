"""The check for generated sound: finds decoders' lines, and is not fooled by music's own."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from apps.screening.audio import Audio
from apps.screening.checks.base import Finding, NotAssessable, Submission
from apps.screening.checks.synthetic_audio import SyntheticAudioCheck, switched_on
from apps.screening.codes import TEXTS
from tests.screening.decoder_sounds import (
    RATE,
    REPEATING,
    Mono,
    comb,
    decoded,
    music,
    pink,
    stereo,
)
from tests.screening.recordings import recording
from tests.sounds import encode, write_wav

NOBODY = Submission(None, "track.wav")


def listen(audio: Audio) -> Finding | None:
    """The one finding, or None where there is no sign."""
    findings = SyntheticAudioCheck(lambda: True).run(audio, NOBODY)
    assert len(findings) <= 1
    return findings[0] if findings else None


def heard(mono: Mono, rate: int = RATE) -> Finding | None:
    return listen(recording(stereo(mono), rate))


def code_of(finding: Finding | None) -> str | None:
    return None if finding is None else finding.code


def code_or_reason(mono: Mono) -> str | None:
    """The finding's code, None without one, or why nothing could be said."""
    try:
        return code_of(heard(mono))
    except NotAssessable as reason:
        return str(reason)


def measure_of(finding: Finding) -> dict[str, object]:
    return dict(next(e.detail for e in finding.evidence if e.kind == "measure"))


@pytest.fixture(scope="module")
def generated() -> Mono:
    """Three quarters of a minute through a decoder of stride 320."""
    return decoded(music(45), (8, 5, 4, 2))


@pytest.mark.parametrize("spacing", [200.0, 86.1328125, 50.0, 250.0])
def test_weak_lines_in_noise_are_found(spacing: float) -> None:
    finding = heard(pink(40) + comb(40, spacing, level=0.004))
    assert finding is not None
    assert finding.code == "generated_sound_likely"
    assert measure_of(finding)["spacing_hz"] == pytest.approx(spacing, rel=1e-3)


@pytest.mark.parametrize("strides", [(8, 5, 4, 2), (8, 8, 4, 2), (8, 8, 4, 4, 2)])
def test_a_simulated_decoder_is_heard_at_its_own_spacing(strides: tuple[int, ...]) -> None:
    finding = heard(decoded(music(40), strides))
    assert finding is not None
    assert finding.code == "generated_sound_likely"
    period = RATE / float(measure_of(finding)["spacing_hz"])  # type: ignore[arg-type]
    assert int(np.prod(strides)) % round(period) == 0


def test_music_without_a_decoder_has_no_sign() -> None:
    assert heard(music(40)) is None


@pytest.mark.parametrize("sound", REPEATING.values(), ids=REPEATING)
def test_music_that_makes_lines_by_itself_is_never_likely(
    sound: Callable[[float], Mono],
) -> None:
    said = code_or_reason(sound(30.0))
    assert said in (None, "generated_sound_inconclusive") or "unchanging" in said


def test_strong_lines_are_said_to_be_the_musics_own() -> None:
    finding = heard(REPEATING["a click every 512 samples"](30.0))
    assert finding is not None
    assert measure_of(finding)["musical"] is True
    assert "by itself" in finding.summary


@pytest.mark.parametrize(
    ("suffix", "options"), [("mp3", ["-b:a", "128k"]), ("m4a", ["-b:a", "128k"])]
)
def test_lossy_codecs_neither_hide_nor_make_the_lines(
    tmp_path: Path, generated: Mono, suffix: str, options: list[str]
) -> None:
    def through(mono: Mono) -> Finding | None:
        lossy = encode(
            write_wav(tmp_path / "a.wav", stereo(mono)), tmp_path / f"a.{suffix}", *options
        )
        back = encode(lossy, tmp_path / "back.f32", "-f", "f32le")
        return listen(recording(np.fromfile(back, np.float32).reshape(-1, 2)))

    assert code_of(through(generated)) == "generated_sound_likely"
    assert through(music(40)) is None


@pytest.mark.parametrize("speed", [1.0313, 0.9527])
@pytest.mark.parametrize("share_db", [-34.0, -42.0], ids=["clear", "weak"])
def test_another_speed_hides_nothing_and_proves_nothing(
    tmp_path: Path, speed: float, share_db: float
) -> None:
    made = decoded(music(45), (8, 5, 4, 2), share_db=share_db)
    finding = listen(played(tmp_path, made, speed))
    assert finding is not None
    assert finding.code == "generated_sound_inconclusive"
    measured = measure_of(finding)
    apart = float(measured["spacing_hz"]) * float(measured["scale"])  # type: ignore[arg-type]
    order = apart / 137.8125 / speed
    assert order == pytest.approx(round(order), abs=1e-3)
    assert "played" in finding.summary


def played(folder: Path, mono: Mono, speed: float) -> Audio:
    """The sound at another speed, as a record player changes it."""
    source = write_wav(folder / "a.wav", stereo(mono))
    filters = f"asetrate={RATE * speed:.0f},aresample={RATE}"
    changed = encode(source, folder / "b.f32", "-af", filters, "-f", "f32le")
    return recording(np.fromfile(changed, np.float32).reshape(-1, 2))


def test_a_generated_middle_third_is_found_and_placed() -> None:
    middle = decoded(music(40, seed=5), (8, 5, 4, 2), share_db=-30)
    joined = np.concatenate([music(40, seed=2), middle, music(40, seed=3)])
    finding = heard(joined)
    assert finding is not None
    assert finding.code == "generated_sound_part"
    spans = [(e.start_s, e.end_s) for e in finding.evidence if e.kind == "audio"]
    assert len(spans) == 1
    start, end = spans[0]
    assert start is not None
    assert end is not None
    assert 10 <= start <= 60
    assert 60 <= end <= 110


def test_the_evidence_can_be_stored_drawn_and_read(generated: Mono) -> None:
    finding = heard(generated)
    assert finding is not None
    assert 0.9 < finding.score <= 1
    json.dumps([dict(e.detail) for e in finding.evidence], allow_nan=False)
    drawn = {e.detail["plot"]: e.detail for e in finding.evidence if e.kind == "plot"}
    assert set(drawn) == {"residual", "folded", "persistence"}
    assert all(len(v) <= 400 for p in drawn.values() for v in p.values() if isinstance(v, list))
    folded = drawn["folded"]
    assert abs(folded["x"][int(np.argmax(folded["y"]))]) < 0.03
    assert "Hz" in finding.summary


def test_the_same_sound_gives_the_same_answer(generated: Mono) -> None:
    assert heard(generated) == heard(generated)


@pytest.mark.parametrize(
    ("pcm", "why"),
    [
        (np.zeros((10 * RATE, 2)), "no sound"),
        (stereo(music(3)), "shorter than five seconds"),
        (stereo(pink(20)), "unchanging"),
    ],
    ids=["silence", "three seconds", "noise"],
)
def test_what_cannot_be_judged_is_said(pcm: Mono, why: str) -> None:
    with pytest.raises(NotAssessable, match=why):
        listen(recording(pcm))


def test_sound_without_treble_cannot_be_judged() -> None:
    spectrum = np.fft.rfft(music(20))
    spectrum[1_200 * 20 :] = 0
    with pytest.raises(NotAssessable, match="ends at 1"):
        heard(np.fft.irfft(spectrum))


def test_mono_and_clipped_sound_is_judged(generated: Mono) -> None:
    clipped = np.clip(generated * 4 / np.abs(generated).max(), -1, 1).astype(np.float32)
    finding = listen(recording(clipped[:, None]))
    assert code_of(finding) == "generated_sound_likely"


def test_the_switch_says_that_nothing_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHETIC_AUDIO", "off")
    [finding] = SyntheticAudioCheck().run(recording(np.zeros((RATE, 2))), NOBODY)
    assert (finding.code, finding.score) == ("synthetic_audio_off", 1.0)
    monkeypatch.delenv("SYNTHETIC_AUDIO")
    assert switched_on()


def test_every_code_has_a_text_that_accuses_nobody() -> None:
    codes = ["likely", "part", "inconclusive"]
    texts = [TEXTS[f"generated_sound_{code}"] for code in codes] + [TEXTS["synthetic_audio_off"]]
    for text in texts:
        assert "you used" not in (text.title + text.meaning + text.fix).lower()
