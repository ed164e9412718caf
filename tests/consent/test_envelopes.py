"""Envelopes: every rule of their files, what was published, hostile files, the command."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.consent import checks, envelopes_reading
from apps.consent.envelopes_reading import (
    FOLDER,
    GROUP_OF_ZONE,
    PUBLISHED,
    Envelope,
    EnvelopeBroken,
    UnknownEnvelope,
    all_envelopes,
    envelope_called,
    envelope_of,
    model_classes,
    published_envelopes,
    read_envelope,
    read_folder,
)
from apps.consent.vocabulary import vocabulary

BEGAN = datetime(2026, 11, 20, tzinfo=UTC)
TEXT = (FOLDER / "generative_music.1.toml").read_text(encoding="utf-8")
CLASSES = {
    *("rights_check", "fraud", "moderation", "tagging", "search", "ranking"),
    *("generative_music", "generative_research", "voice_synthesis", "likeness_audio"),
    *("style_transfer", "stem_composition", "third_party"),
}


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_every_class_of_models_has_an_envelope_of_its_own() -> None:
    assert set(model_classes()) == CLASSES
    assert len({one.name for one in all_envelopes()}) == len(all_envelopes())


def test_no_two_classes_share_a_permission() -> None:
    """A yes to one product is a yes to no other."""
    asked = [wanted.code for one in all_envelopes() for wanted in one.requires]
    assert sorted(asked) == sorted(set(asked))


def test_whatever_makes_sound_or_leaves_the_house_asks_for_all_rights_and_is_off() -> None:
    for one in all_envelopes():
        assert {wanted.group for wanted in one.requires} == {GROUP_OF_ZONE[one.zone]}
        if one.zone != "ops":
            assert set(one.rights_layers) == {"recording", "composition", "voice_likeness"}
            assert not any(wanted.default for wanted in one.requires)
            assert one.needs_clearance


def test_the_files_are_those_that_were_published() -> None:
    assert {one.name: one.sha256 for one in all_envelopes()} == dict(published_envelopes())
    assert checks.check_envelopes(None) == []


def test_every_key_of_a_permission_is_one_of_the_vocabulary() -> None:
    for one in all_envelopes():
        for wanted in one.requires:
            assert vocabulary().by_code(wanted.code) is wanted


def test_the_system_check_finds_a_changed_a_new_and_a_missing_one(monkeypatch) -> None:
    names = lambda: [(one.id, str(one.msg)) for one in checks.check_envelopes(None)]  # noqa: E731
    wider = read_envelope(changed('"composition", ', ""))
    newer = read_envelope(changed("version = 1", "version = 2"))
    rest = tuple(one for one in all_envelopes() if one.name != "generative_music.1")
    for found, wrong in (
        ((*rest, wider), "generative_music.1"),
        ((*all_envelopes(), newer), "generative_music.2"),
        (rest, "generative_music.1"),
    ):
        monkeypatch.setattr(checks, "all_envelopes", lambda found=found: found)
        [(code, text)] = names()
        assert (code, wrong in text) == ("consent.E002", True)


def test_a_broken_file_is_an_error_of_the_check_and_no_traceback(monkeypatch, tmp_path) -> None:
    (tmp_path / "x.1.toml").write_text("nonsense", encoding="utf-8")
    monkeypatch.setattr(checks, "all_envelopes", lambda: read_folder(tmp_path))
    [found] = checks.check_envelopes(None)
    assert found.id == "consent.E003"


RULES = [
    ('model_class = "generative_music"', 'model_class = "Generative music"'),
    ('model_class = "generative_music"', f'model_class = "{"x" * 41}"'),
    ("version = 1", "version = 0"),
    ("version = 1", "version = true"),
    ("version = 1", 'version = "1"'),
    ("version = 1", "version = 1.0"),
    ('title = "Software that makes music"', 'title = "  "'),
    ('effective_from = "2026-11-20"', 'effective_from = "soon"'),
    ('effective_from = "2026-11-20"', "effective_from = 2026-11-20"),
    ('requires = ["generative_music.train"]', "requires = []"),
    ('requires = ["generative_music.train"]', 'requires = "generative_music.train"'),
    ('requires = ["generative_music.train"]', 'requires = ["generative_musik.train"]'),
    ('requires = ["generative_music.train"]', 'requires = ["generative_music.share"]'),
    ('requires = ["generative_music.train"]', 'requires = ["generative_music"]'),
    ('requires = ["generative_music.train"]', 'requires = ["recommendation.train"]'),
    ('"generative_music.train"]', '"generative_music.train", "recommendation.train"]'),
    ('"generative_music.train"]', '"generative_music.train", "generative_music.train"]'),
    ('"generative_music.train"]', '"generative_music.train", 7]'),
    ('"recording", "composition", "voice_likeness"', ""),
    ('"recording", "composition", "voice_likeness"', '"artwork"'),
    ("min_epoch = 1", "min_epoch = 0"),
    ("min_epoch = 1", "min_epoch = -1"),
    ("jurisdictions_include = []", 'jurisdictions_include = ["EU"]'),
    ("jurisdictions_exclude = []", 'jurisdictions_exclude = ["de"]'),
    ("jurisdictions_exclude = []", 'jurisdictions_exclude = "DE"'),
    ("needs_clearance = true", 'needs_clearance = "no"'),
    ("needs_clearance = true", "needs_clearance = 0"),
    ('zone = "gen"', 'zone = "raw"'),
    ('zone = "gen"', 'zone = "ops"'),
    ('feature_kinds = ["log_mel", "codec_tokens"]', "feature_kinds = []"),
    ('feature_kinds = ["log_mel", "codec_tokens"]', 'feature_kinds = ["../raw"]'),
    ("retention_days = 365", "retention_days = 0"),
    ("approvers = 2", "approvers = 1"),
    ("stop_minutes = 5", "stop_minutes = 0"),
    ("stop_minutes = 5", "stop_minutes = true"),
    ("stop_minutes = 5", 'stop_minutes = "5"'),
    ("stop_minutes = 5", "stop_hours = 5"),
    ("stop_minutes = 5\n", ""),
    ("[deadlines]", "[dead_lines]"),
    ("[deadlines]", "[deadlines.more]"),
]


@pytest.mark.parametrize(("old", "new"), RULES)
def test_each_rule_is_kept(old: str, new: str) -> None:
    with pytest.raises(EnvelopeBroken):
        read_envelope(changed(old, new))


@pytest.mark.parametrize(
    "key", [line.split(" =")[0] for line in TEXT.splitlines() if " = " in line]
)
def test_nothing_is_filled_in_for_what_is_left_out(key: str) -> None:
    rest = [line for line in TEXT.splitlines() if not line.startswith(f"{key} = ")]
    with pytest.raises(EnvelopeBroken):
        read_envelope("\n".join(rest))


@pytest.mark.parametrize(
    "text", ["", "nonsense", "a = ", "\x00", "[[deadlines]]", TEXT + "\n[more]\na = 1", "é = 1"]
)
def test_hostile_texts_are_a_sentence(text: str) -> None:
    with pytest.raises(EnvelopeBroken, match=r"\w"):
        read_envelope(text)


def test_a_file_is_utf_8_and_named_after_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "generative_music.1.toml"
    file.write_bytes(TEXT.encode("utf-16"))
    with pytest.raises(EnvelopeBroken):
        read_folder(tmp_path)
    file.write_text(TEXT, encoding="utf-8")
    assert [one.name for one in read_folder(tmp_path)] == ["generative_music.1"]
    (tmp_path / PUBLISHED).write_text("", encoding="utf-8")
    assert len(read_folder(tmp_path)) == 1
    (tmp_path / "copy.toml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(EnvelopeBroken, match=r"copy\.toml"):
        read_folder(tmp_path)


def test_the_hash_is_over_all_that_it_says_and_not_how_it_is_written() -> None:
    same = "# a remark\n" + TEXT.replace("version = 1", "version   =   1")
    assert read_envelope(same).sha256 == read_envelope(TEXT).sha256
    plain = [line for line in TEXT.splitlines() if line.endswith(("1", "2", "5", "true"))]
    for line in plain:
        other = line.replace("true", "false") if "true" in line else line + "0"
        assert read_envelope(TEXT.replace(line, other)).sha256 != read_envelope(TEXT).sha256


def test_the_newest_that_had_begun_is_in_force(monkeypatch) -> None:
    later = changed("version = 1", "version = 2").replace("2026-11-20", "2027-02-01")
    found = (*all_envelopes(), read_envelope(later))
    monkeypatch.setattr(envelopes_reading, "all_envelopes", lambda: found)
    begins = datetime(2027, 2, 1, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    assert envelope_of("generative_music", begins - moment).version == 1
    assert envelope_of("generative_music", begins).version == 2
    assert envelope_called("generative_music", 1).version == 1
    with pytest.raises(UnknownEnvelope):
        envelope_of("generative_music", BEGAN - moment)
    with pytest.raises(UnknownEnvelope, match="generative_music, "):
        envelope_of("generative_musik", BEGAN)
    with pytest.raises(UnknownEnvelope):
        envelope_called("generative_music", 3)


@pytest.mark.parametrize(
    ("include", "exclude", "in_", "out"),
    [
        ("[]", "[]", ["DE", "IN"], [""]),
        ('["DE"]', "[]", ["DE"], ["", "FR"]),
        ("[]", '["DE"]', ["FR"], ["DE", ""]),
        ('["DE", "FR"]', '["DE"]', ["FR"], ["DE", "IN", ""]),
    ],
)
def test_a_country_that_is_left_out_stays_out(include, exclude, in_, out) -> None:
    text = changed("jurisdictions_include = []", f"jurisdictions_include = {include}")
    one = read_envelope(text.replace("_exclude = []", f"_exclude = {exclude}"))
    assert all(map(one.admits, in_))
    assert not any(map(one.admits, out))


def test_deadlines_are_read_by_the_name_of_the_step() -> None:
    told = read_envelope(TEXT).deadlines
    assert told.of("stop") == timedelta(minutes=5)
    assert told.of("mark") == timedelta(hours=24)
    assert told.of("purge") == timedelta(days=7)
    with pytest.raises(ValueError, match="'burn'"):
        told.of("burn")


@pytest.mark.django_db
def test_the_command_lists_them() -> None:
    out = StringIO()
    call_command("consent", "envelopes", "--json", stdout=out)
    told = {f"{one['model_class']}.{one['version']}": one for one in json.loads(out.getvalue())}
    assert told.keys() == {one.name for one in all_envelopes()}
    written = tomllib.loads(TEXT)
    found = told["generative_music.1"]
    assert found.pop("in_force") is True
    assert found.pop("sha256") == published_envelopes()["generative_music.1"]
    assert found.pop("effective_from") == "2026-11-20T00:00:00.000000Z"
    assert found == {key: written[key] for key in written if key != "effective_from"}
    out = StringIO()
    call_command("consent", "envelopes", stdout=out)
    assert len(out.getvalue().splitlines()) == len(all_envelopes())
    assert "generative_music.1 · gen · needs generative_music.train of" in out.getvalue()


def test_one_that_has_not_begun_says_so(monkeypatch) -> None:
    begun: Envelope = all_envelopes()[0]
    assert envelopes_reading.is_in_force(begun, BEGAN)
    assert not envelopes_reading.is_in_force(begun, BEGAN - timedelta(days=1))
