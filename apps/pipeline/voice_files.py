"""Voices in files: stems decoded for enrolment, and recordings compared with enrolled voices."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apps.pipeline.originals import limits
from apps.registry.enrolled.enrolling import Stem
from apps.registry.voice.activity import RATE, resample
from apps.registry.voice.chosen import chosen_backend, chosen_separator
from apps.registry.voice.compare import OtherModel, compare
from apps.registry.voice.contract import EnrolledVoice, Segments
from apps.registry.voice.encoder import ModelMissing, VoiceBackend
from apps.registry.voice.enrolment import mean_vector
from apps.registry.voice.gate import assess
from apps.registry.voice.stretches import Heard, take
from apps.registry.voice.thresholds import Calibration, load_calibration
from apps.screening.audio import UnusableAudio
from apps.screening.decoding import open_audio

NOBODY = "No voice is heard that could be compared."
OTHER_MODEL = "Enrolled with another model; it must be enrolled again."


def read_stem(path: Path, backend: VoiceBackend, *, name: str, song: str, kind: str) -> Stem:
    """One stem, decoded to mono at the encoder's rate. Raises UnusableAudio, OSError."""
    with open_audio(path, filename=name, limits=limits()) as audio:
        mono = audio.pcm.mean(axis=1, dtype="float32")
        sound = resample(mono, audio.rate, backend.rate)
        return Stem(sound, backend.rate, song, kind, audio.sha256)


def match_path(path: Path, name: str, voices: Sequence[EnrolledVoice]) -> dict[str, Any]:
    """The line for one file: assessable or not and why, and its similarity to each voice."""
    try:
        with open_audio(path, filename=path.name, limits=limits()) as audio:
            heard = take(audio.pcm, audio.rate)
    except UnusableAudio as error:
        return _line(name, error={"code": error.code, "text": error.text})
    except OSError as error:
        text = f"This file cannot be read: {error.strerror or error}."
        return _line(name, error={"code": "not_readable", "text": text})
    backend = chosen_backend()
    judged, mono = assess(heard.stereo, chosen_separator())
    facts = {"domain": judged.domain, "voiced_s": judged.voiced_s, "model": backend.id}
    if not judged.assessable:
        return _line(name, why=judged.why, **facts)
    query = backend.embed(resample(mono, RATE, backend.rate))
    if not len(query.vectors):
        return _line(name, why=NOBODY, **facts)
    matches = [_match(query, heard, one, backend, judged.domain) for one in voices]
    matches.sort(key=lambda match: -(match["similarity"] or 0.0))
    return _line(name, assessable=True, matches=matches, **facts)


def _line(name: str, **told: Any) -> dict[str, Any]:
    empty = {"assessable": False, "why": None, "domain": None, "voiced_s": None, "model": None}
    return {"file": name, **empty, "matches": [], "error": None, **told}


def _match(
    query: Segments, heard: Heard, voice: EnrolledVoice, backend: VoiceBackend, domain: str
) -> dict[str, Any]:
    who: dict[str, Any] = {"person": voice.person, "name": voice.name, "why": None}
    who |= {"answer": None, "score": None, "similarity": None, "segments": []}
    if voice.model != backend.id:
        return {**who, "why": OTHER_MODEL}
    mean, calibration = mean_vector(voice.segments), _calibration(backend)
    who["similarity"] = round(float(mean_vector(query) @ mean), 4)
    who["segments"] = _segments(query, heard, [float(value) for value in query.vectors @ mean])
    if calibration is None:
        return who
    try:
        found = compare(query, voice, calibration.domains[domain], model=backend.id)
    except OtherModel:
        return {**who, "why": OTHER_MODEL}
    return {**who, "answer": found.answer, "score": found.score}


def _segments(query: Segments, heard: Heard, alike: list[float]) -> list[dict[str, float]]:
    starts = [heard.place(float(at)) for at in query.starts_s]
    return [
        {"start_s": round(at, 2), "end_s": round(at + query.length_s, 2), "similarity": round(n, 4)}
        for at, n in zip(starts, alike, strict=True)
    ]


def _calibration(backend: VoiceBackend) -> Calibration | None:
    """None where nobody measured what this model's similarities mean."""
    try:
        return load_calibration(backend.calibration)
    except ModelMissing:
        return None
