"""The voices check: asked of whom, answered how, and what it never writes down."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.registry.voice.backend import load_backend
from apps.registry.voice.contract import EnrolledVoice
from apps.registry.voice.encoder import VoiceBackend
from apps.registry.voice.enrolment import embed_stem, joined
from apps.registry.voice.ge2e import Ge2e
from apps.registry.voice.separation import Centre
from apps.screening.audio import Audio
from apps.screening.checks.base import Evidence, Finding, Submission
from apps.screening.checks.voice_likeness import NAME_CODES, VoiceLikenessCheck
from apps.screening.codes import TEXTS
from apps.screening.run import CheckOutcome, run_check
from tests.screening.recordings import recording
from tests.sounds import Samples, tune
from tests.voices import RATE, person, singing, speech

CODES = {
    "voice_registry_off", "voice_nobody_named", "voice_consistent", "voice_inconclusive",
    "voice_no_match", "voice_ranking",
}  # fmt: skip


@dataclass
class Register:
    """A register in memory: enrolled voices by person."""

    kept: list[EnrolledVoice] = field(default_factory=list)
    is_on: bool = True
    sweep: bool = False
    asked: list[tuple[list[str], list[str]]] = field(default_factory=list)

    def targets(self, *, people: Collection[str], names: Collection[str]) -> list[EnrolledVoice]:
        self.asked.append((list(people), list(names)))
        return [one for one in self.kept if one.person in people or one.name in names][:3]

    def everyone(self) -> list[EnrolledVoice]:
        return self.kept if self.sweep else []


def enrol(encoder: VoiceBackend, name: str, seed: int) -> EnrolledVoice:
    stems = [embed_stem(speech(person(seed), 12, 50 + take), RATE, encoder) for take in (0, 1)]
    clips = tuple(f"{name}-{at}" for at, stem in enumerate(stems) for _ in stem.vectors)
    return EnrolledVoice(name.lower(), name, encoder.id, joined(stems), clips)


@pytest.fixture(scope="module")
def ada(encoder: Ge2e) -> EnrolledVoice:
    return enrol(encoder, "Ada", 0)


@pytest.fixture(scope="module")
def bo(encoder: Ge2e) -> EnrolledVoice:
    return enrol(encoder, "Bo", 3)


@pytest.fixture(scope="module")
def adas_track() -> Audio:
    return recording(speech(person(0), 20, 9), RATE)


@pytest.fixture
def check(encoder: Ge2e) -> VoiceLikenessCheck:
    return VoiceLikenessCheck(lambda: encoder, Centre)


def declared(register: Register | None, **said: Any) -> Submission:
    return Submission({"title": "Monsoon", **said}, "a.wav", voices=register)


def imitates(name: str) -> dict[str, Any]:
    return {"voice": {"imitates": "real_person", "person": name, "proof": None}}


def never() -> VoiceBackend:
    raise AssertionError("nothing may be embedded here")


def details(outcome: CheckOutcome) -> dict[str, dict[str, Any]]:
    """The evidence of the first finding by kind, plots by name."""
    return {
        str(one.detail.get("plot", one.kind)): dict(one.detail)
        for one in outcome.findings[0].evidence
    }


def test_the_persons_own_voice_is_consistent(
    check: VoiceLikenessCheck, adas_track: Audio, ada: EnrolledVoice, bo: EnrolledVoice
) -> None:
    outcome = run_check(check, adas_track, declared(Register([ada, bo]), **imitates("Ada")))
    assert outcome.status == "ok"
    (finding,) = outcome.findings
    assert finding.code == "voice_consistent"
    assert 0.5 < finding.score <= 1
    seen = details(outcome)
    assert seen["measure"]["person"] == "ada"
    assert seen["measure"]["domain"] == "speech"
    assert seen["measure"]["similarity"] >= seen["measure"]["thresholds"]["consistent"]
    assert "pairs of different people" in seen["measure"]["false_alarm"]
    assert "missed" in seen["measure"]["miss"]
    timeline = seen["voice_similarity"]
    assert len(timeline["t_s"]) == len(timeline["similarity"]) == len(timeline["voiced"]) > 10
    assert len(seen["impostors"]["x"]) == len(seen["impostors"]["y"])
    voices = [one for one in finding.evidence if one.kind == "voice"]
    assert len(voices) == 3
    assert all(one.detail["clip"].startswith("Ada-") for one in voices)
    assert all(0 <= one.start_s < one.end_s <= 21 for one in voices)


def test_another_voice_is_no_match_which_is_said_to_prove_nothing(
    check: VoiceLikenessCheck, adas_track: Audio, bo: EnrolledVoice
) -> None:
    outcome = run_check(check, adas_track, declared(Register([bo]), **imitates("Bo")))
    assert [one.code for one in outcome.findings] == ["voice_no_match"]
    assert "proves nothing" in outcome.findings[0].summary
    assert "not evidence of absence" in TEXTS["voice_no_match"].detail


def test_everybody_named_is_asked_for_whoever_names_them(check: VoiceLikenessCheck) -> None:
    register = Register()
    found = [
        Finding(code, 0.9, "…", (Evidence("name", detail={"person": f"p{at}"}),))
        for at, code in enumerate(sorted(NAME_CODES))
    ]
    found.append(Finding("generator_tag", 1.0, "…", (Evidence("name", detail={"person": "x"}),)))
    submission = declared(
        register,
        voice={"imitates": "real_person", "person": "Ada"},
        likeness=[{"person": "Bo", "use": "voice"}, {"person": None}],
        artists=[{"name": "Cy", "role": "main"}, {"name": "Ada", "role": "featured"}],
    )
    outcome = run_check(check, recording(tune(3.0)), replace(submission, found=tuple(found)))
    assert register.asked == [([f"p{at}" for at in range(len(NAME_CODES))], ["Ada", "Bo", "Cy"])]
    assert [one.code for one in outcome.findings] == ["voice_nobody_named"]


@pytest.mark.parametrize(
    ("register", "code"),
    [
        (Register(is_on=False), "voice_registry_off"),
        (Register(), "voice_nobody_named"),
    ],
)
def test_without_register_or_name_nothing_is_embedded(
    register: Register, code: str, adas_track: Audio
) -> None:
    outcome = run_check(VoiceLikenessCheck(never, Centre), adas_track, declared(register))
    assert outcome.status == "ok"
    assert [(one.code, one.score) for one in outcome.findings] == [(code, 1.0)]


def test_without_a_register_there_is_nothing_to_say(
    check: VoiceLikenessCheck, adas_track: Audio
) -> None:
    assert run_check(check, adas_track, declared(None)).status == "not_assessable"


HISS = np.random.default_rng(1).normal(0, 0.1, (RATE * 15, 2)).astype(np.float32)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros((RATE * 15, 2), np.float32),
        speech(person(0), 3),
        HISS,
        HISS[:, :1],
        HISS[:, :1].repeat(6, axis=1),
        tune(15.0, RATE, channels=1),
        np.sign(tune(15.0, RATE, channels=1)) * 0.99,
        np.zeros((10, 1), np.float32),
    ],
    ids=["silence", "3 s", "noise", "mono", "six channels", "music", "clipped music", "blink"],
)
def test_what_cannot_be_compared_is_asked_for_as_a_stem(
    sound: Samples, check: VoiceLikenessCheck, ada: EnrolledVoice
) -> None:
    outcome = run_check(check, recording(sound, RATE), declared(Register([ada]), **imitates("Ada")))
    assert outcome.status == "not_assessable"
    assert "vocal stem" in str(outcome.note)
    assert outcome.findings == ()


def test_a_mix_is_inconclusive_at_most(check: VoiceLikenessCheck, ada: EnrolledVoice) -> None:
    voice = speech(person(0), 20, 9)
    sides = np.stack([tune(20.0, RATE, seed, 1)[:, 0] for seed in (5, 6)], axis=1)
    level = 0.4 * np.sqrt(np.mean(voice**2) / np.mean(sides**2))
    mixed = voice[:, None] + level * sides
    outcome = run_check(check, recording(mixed, RATE), declared(Register([ada]), **imitates("Ada")))
    assert outcome.status == "ok"
    assert outcome.findings[0].code in ("voice_inconclusive", "voice_no_match")
    assert details(outcome)["measure"]["domain"] == "mix"
    assert details(outcome)["measure"]["thresholds"]["consistent"] is None


@pytest.mark.parametrize("seed", [1, 2])
def test_music_without_a_voice_is_never_consistent(
    seed: int, check: VoiceLikenessCheck, ada: EnrolledVoice
) -> None:
    """A plucked melody in stereo may pass for a voice over music; it matches nobody."""
    music = recording(tune(15.0, RATE, seed), RATE)
    outcome = run_check(check, music, declared(Register([ada]), **imitates("Ada")))
    assert outcome.status != "error"
    assert [one.code for one in outcome.findings] in ([], ["voice_no_match"])


def test_a_sweep_only_ranks(
    check: VoiceLikenessCheck, adas_track: Audio, ada: EnrolledVoice, bo: EnrolledVoice
) -> None:
    outcome = run_check(check, adas_track, declared(Register([bo, ada], sweep=True)))
    assert [one.code for one in outcome.findings] == ["voice_nobody_named", "voice_ranking"]
    ranking = outcome.findings[1]
    assert [dict(one) for one in ranking.evidence[0].detail["ranking"]] == [
        {"rank": 1, "person": "ada", "name": "Ada"},
        {"rank": 2, "person": "bo", "name": "Bo"},
    ]
    assert ranking.score == 0


def test_another_models_voice_must_be_enrolled_again(
    check: VoiceLikenessCheck, adas_track: Audio, ada: EnrolledVoice, bo: EnrolledVoice
) -> None:
    old = replace(ada, model="ge2e-000000000000")
    outcome = run_check(
        check,
        adas_track,
        declared(Register([bo, old]), artists=[{"name": "Bo"}, {"name": "Ada"}]),
    )
    assert outcome.status == "not_assessable"
    assert "Ada must be enrolled again" in str(outcome.note)


@pytest.mark.parametrize(("setting", "says"), [("ge2e", "fetch_voice_model"), ("none", "off")])
def test_without_a_model_the_result_is_an_error_that_says_so(
    setting: str, says: str, adas_track: Audio, ada: EnrolledVoice, tmp_path: Path
) -> None:
    check = VoiceLikenessCheck(lambda: load_backend(setting, tmp_path), Centre)
    outcome = run_check(check, adas_track, declared(Register([ada]), **imitates("Ada")))
    assert outcome.status == "error"
    assert says in str(outcome.note)


def test_settings_come_from_the_environment(
    adas_track: Audio, ada: EnrolledVoice, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDCHECK_DATA", str(models.parent))
    monkeypatch.setenv("VOICE_BACKEND", "ge2e")
    outcome = run_check(
        VoiceLikenessCheck(), adas_track, declared(Register([ada]), **imitates("Ada"))
    )
    assert outcome.findings[0].code == "voice_consistent"
    monkeypatch.setenv("VOICE_SEPARATOR", "nowhere:Thing")
    outcome = run_check(
        VoiceLikenessCheck(), adas_track, declared(Register([ada]), **imitates("Ada"))
    )
    assert outcome.status == "error"
    assert "VOICE_SEPARATOR" in str(outcome.note)


@pytest.mark.parametrize("make", [speech, singing])
def test_nothing_of_the_embedding_is_written_down_and_the_answer_repeats(
    make: Callable[..., Samples], encoder: Ge2e, ada: EnrolledVoice, caplog: Any
) -> None:
    taken = []

    class Watched:
        id, rate, dimensions = encoder.id, encoder.rate, encoder.dimensions
        calibration = encoder.calibration

        def embed(self, samples: Samples):
            taken.append(encoder.embed(samples))
            return taken[-1]

    check = VoiceLikenessCheck(Watched, Centre)
    register = Register([ada], sweep=True)
    sound = recording(make(person(0), 16, 4), RATE)
    first, second = (
        run_check(check, sound, declared(register, **imitates("Ada"))).findings for _ in range(2)
    )
    assert first == second
    written = json.dumps([[one.summary, [dict(e.detail) for e in one.evidence]] for one in first])
    assert caplog.text == ""
    numbers = {round(float(n), 3) for n in json_numbers(json.loads(written))}
    vectors = np.concatenate([taken[0].vectors, ada.segments.vectors])
    longest = max(len(one) for one in json_lists(json.loads(written)) if isinstance(one[0], float))
    assert longest < encoder.dimensions
    for vector in vectors:
        active = {round(float(value), 3) for value in vector if value > 0.05}
        assert not active <= numbers


def json_lists(value: Any) -> list[list[Any]]:
    if isinstance(value, dict):
        return [one for part in value.values() for one in json_lists(part)]
    if isinstance(value, list):
        return [one for part in value for one in json_lists(part)] + ([value] if value else [])
    return []


def json_numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [one for part in value.values() for one in json_numbers(part)]
    if isinstance(value, list):
        return [one for part in value for one in json_numbers(part)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_text_that_accuses_nobody(code: str) -> None:
    text = TEXTS[code]
    assert all((text.title, text.meaning, text.detail, text.fix))
    said = " ".join((text.title, text.meaning, text.fix)).lower()
    assert not any(word in said for word in ("violation", "fake", "stolen", "fraud"))
