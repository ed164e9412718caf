"""`manage.py voices`: enrol, match, list, delete, on and off, and everything that is refused."""

import copy
import json
import sys
import wave
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.pipeline.voice_consent import BadConsent, as_consent
from apps.registry.enrolled.errors import RegisterOff
from apps.registry.enrolled.voices import DatabaseVoices
from apps.registry.models import Person, VoiceEnrolment, VoiceKey, Voiceprint
from apps.registry.voice import chosen
from tests.factories import ComplianceOfficerFactory, ReviewerFactory
from tests.registry.enrolling import Remembering, challenge_of, stems_of
from tests.voice_model import encoder, models
from tests.voices import RATE, person, singing

__all__ = ["encoder", "models"]
pytestmark = pytest.mark.django_db
CONSENT = {
    "identity": {"provider": "Veri", "reference": "V-77", "date": "2026-11-01"},
    "rights": "Ada herself",
    "adult": True,
    "release": {
        "signed_by": "Ada Lind",
        "signed_at": "2026-11-02T10:00Z",
        "text_version": "1",
        "purpose": "To find imitations of my voice.",
    },
    "challenge": {"date": "2026-11-02T10:05Z", "result": "passed"},
    "stems": {f"{n}.wav": {"song": s.song, "kind": s.kind} for n, s in enumerate(stems_of(1))},
}


def write_wav(path: Path, samples) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, len(samples), "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def listening(models, encoder):
    """The real encoder in its place, listening once to each sound."""
    with pytest.MonkeyPatch.context() as patch:
        backend = Remembering(encoder)
        patch.setattr("apps.pipeline.voice_files.chosen_backend", lambda: backend)
        patch.setattr("apps.pipeline.management.commands.voices.chosen_backend", lambda: backend)
        yield backend


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("stems")
    for number, stem in enumerate(stems_of(1)):
        write_wav(place / f"{number}.wav", stem.samples)
    write_wav(place / "said.wav", challenge_of(1).samples)
    write_wav(place / "other-said.wav", challenge_of(2).samples)
    return place


@pytest.fixture
def run(capsys, listening, tmp_path):
    """Status, JSON lines of standard output, standard error."""

    def go(*args: object) -> tuple[int, list, str]:
        status = 0
        try:
            call_command("voices", *map(str, args), "--json")
        except CommandError as error:
            status = error.returncode
            sys.stderr.write(f"{error}\n")
        except SystemExit as error:
            status = error.code
        out, err = capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    return go


@pytest.fixture
def enrol(run, folder, tmp_path):
    def go(name: str = "Ada Lind", consent=CONSENT, paths=None):
        file = tmp_path / "consent.json"
        file.write_text(consent if isinstance(consent, str) else json.dumps(consent))
        paths = paths or [folder / f"{n}.wav" for n in range(5)]
        return run("enrol", name, *paths, "--consent", file)

    return go


def nothing_was_written() -> bool:
    tables = (Person, VoiceEnrolment, VoiceKey, Voiceprint, Event)
    return not any(table.objects.exists() for table in tables)


def test_enrol_match_list_delete(enrol, run, tmp_path):
    status, [line], err = enrol()
    assert status == 0, err
    assert line["state"] == "active"
    assert line["self_consistency"] > 0.8
    assert "is off" in err
    assert run("on", "--by", ComplianceOfficerFactory().email)[0] == 0
    file = write_wav(tmp_path / "take.wav", singing(person(1), 25, 30))
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    status, [match], err = run("match", file, "--against", "ada  LIND")
    assert status == 0, err
    assert match["assessable"] is True
    assert match["matches"][0]["name"] == "Ada Lind"
    assert match["matches"][0]["similarity"] > 0.8
    assert len(match["matches"][0]["segments"]) > 10
    assert set(match["matches"][0]["segments"][0]) == {"start_s", "end_s", "similarity"}
    short = write_wav(tmp_path / "short.wav", singing(person(1), 4, 30))
    status, [first, second], _err = run("match", broken, short)
    assert status == 1
    assert first["error"]["code"]
    assert second["assessable"] is False
    assert "10 s are needed" in second["why"]
    assert run("list")[1][0]["name"] == "Ada Lind"
    status, [gone], _err = run("delete", "Ada Lind")
    assert status == 0
    assert gone["receipt"]["voiceprints"] == 1
    assert not Voiceprint.objects.exists()
    assert not VoiceKey.objects.exists()
    assert run("delete", "Ada Lind")[0] == 1
    assert run("match", file, "--against", "Ada Lind")[0] == 1
    status, [alone], err = run("match", file)
    assert (status, alone["assessable"], alone["matches"]) == (0, True, [])
    assert "nothing to compare" in err
    assert enrol("Ada Lind")[0] == 0  # once more, with a new key
    assert Person.objects.count() == 1


def test_a_recorded_challenge_must_be_the_voice_of_the_stems(enrol, folder):
    paths = [folder / f"{n}.wav" for n in range(5)]
    said = {**CONSENT["stems"], "other-said.wav": {"kind": "challenge"}}
    status, _lines, err = enrol(
        consent={**CONSENT, "stems": said}, paths=[*paths, folder / "other-said.wav"]
    )
    assert status == 2
    assert "not said by the voice" in err
    assert nothing_was_written()
    said = {**CONSENT["stems"], "said.wav": {"kind": "challenge"}}
    status, _lines, err = enrol(
        consent={**CONSENT, "stems": said}, paths=[*paths, folder / "said.wav"]
    )
    assert status == 0, err
    assert VoiceEnrolment.objects.get().challenge_similarity > 0.73


def _paths(document, before=()):
    for key, value in document.items():
        yield (*before, key)
        if isinstance(value, dict):
            yield from _paths(value, (*before, key))


def without(path: tuple[str, ...]) -> dict:
    changed = copy.deepcopy(CONSENT)
    part = changed
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return changed


@pytest.mark.parametrize("path", [*_paths(CONSENT)], ids=".".join)
def test_what_is_missing_is_named_in_one_line(path, enrol):
    status, lines, err = enrol(consent=without(path))
    assert (status, lines) == (2, [])
    assert path[-1] in err
    assert len(err.strip().splitlines()) == 1
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("consent", "says"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "braces"),
        ("null", "missing"),
        ({**CONSENT, "adult": "yes"}, "adults"),
        ({**CONSENT, "rights": "a\0b"}, "no text"),
        ({**CONSENT, "rights": ["x"]}, "must be a text"),
        ({**CONSENT, "challenge": {"date": "2026-11-02", "result": 0.2}}, "challenge.result"),
        ({**CONSENT, "challenge": {"date": "2026-11-02", "result": True}}, "challenge.result"),
        ({**CONSENT, "challenge": {"date": "2999-01-01", "result": 0.9}}, "future"),
        ({**CONSENT, "challenge": {"date": "2026-13-45", "result": 0.9}}, "is no time"),
        ({**CONSENT, "identity": {**CONSENT["identity"], "date": "2999-01-01"}}, "future"),
        ({**CONSENT, "release": {**CONSENT["release"], "text_version": "9"}}, "release.text"),
        ({**CONSENT, "release": {**CONSENT["release"], "retention_days": 9999}}, "365"),
        ({**CONSENT, "release": {**CONSENT["release"], "retention_days": True}}, "whole number"),
        ({**CONSENT, "release": {**CONSENT["release"], "training_opt_in": 1}}, "true or false"),
        ({**CONSENT, "stems": {**CONSENT["stems"], "9.wav": CONSENT["stems"]["0.wav"]}}, "9.wav"),
    ],
)
def test_hostile_consent(consent, says, enrol):
    status, lines, err = enrol(consent=consent)
    assert (status, lines) == (2, [])
    assert says in err
    assert len(err.strip().splitlines()) == 1
    assert nothing_was_written()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*CONSENT, "x"]), inner),
    )
)
@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_json_is_refused_with_a_sentence(document):
    with pytest.raises(BadConsent, match=r"\w"):
        as_consent(document)


def test_a_stem_that_is_no_audio_enrols_nobody(enrol, folder, tmp_path):
    bad = tmp_path / "0.wav"
    bad.write_bytes(b"no sound")
    status, lines, err = enrol(paths=[bad, *(folder / f"{n}.wav" for n in range(1, 5))])
    assert (status, lines) == (1, [])
    assert len(err.strip().splitlines()) == 1
    status, _lines, err = enrol(
        paths=[tmp_path / "gone" / "0.wav", *(folder / f"{n}.wav" for n in range(1, 5))]
    )
    assert status == 2
    assert "cannot be read" in err
    assert nothing_was_written()


def test_names_that_are_not_there(run, enrol):
    assert run("delete", "Nobody")[0] == 2
    assert run("match", "x.wav", "--against", "Nobody")[0] == 2
    assert run("delete", "a\0b")[0] == 2
    assert enrol("!!!")[0] == 2
    assert enrol("")[0] == 2


def test_on_and_off(run):
    officer, reviewer = ComplianceOfficerFactory(), ReviewerFactory()
    assert run("on", "--by", officer.email)[:2] == (0, [{"on": True}])
    assert run("off", "--by", officer.email)[:2] == (0, [{"on": False}])
    assert run("on", "--by", reviewer.email)[0] == 2
    assert run("on", "--by", "nobody@example.org")[0] == 2
    assert run("rotate")[:2] == (0, [{"rewrapped": 0}])


def test_nothing_is_matched_while_the_register_is_off(enrol, run, tmp_path):
    officer = ComplianceOfficerFactory()
    assert enrol()[0] == 0
    file = write_wav(tmp_path / "take.wav", singing(person(1), 25, 30))
    for asked in (("match", file), ("match", file, "--against", "Ada Lind")):
        status, lines, err = run(*asked)
        assert (status, lines) == (2, [])
        assert "The register of voices is off" in err
        assert "voices on --by" in err
        assert len(err.strip().splitlines()) == 1
    with pytest.raises(RegisterOff):
        DatabaseVoices(None).named([])
    assert not Event.objects.filter(kind="voice.compared").exists()
    run("on", "--by", officer.email)
    assert run("match", file)[0] == 0
    run("off", "--by", officer.email)
    assert run("match", file)[0] == 2


def test_without_the_model_one_sentence(run, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("VOICE_BACKEND", "none")
    monkeypatch.setattr(
        "apps.pipeline.management.commands.voices.chosen_backend", chosen.chosen_backend
    )
    file = tmp_path / "consent.json"
    file.write_text(json.dumps(CONSENT))
    status, lines, err = run("enrol", "Ada", *folder.glob("[0-4].wav"), "--consent", file)
    assert (status, lines) == (1, [])
    assert "VOICE_BACKEND" in err
