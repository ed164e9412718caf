"""`manage.py screen` as people script against it: keys, exit status, one line per file, no rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.catalogue.models import Release, Track
from apps.catalogue.states import TrackState
from apps.pipeline.demo_sounds import piece, write_wav
from apps.policy.models import Decision
from apps.policy.publish import publish_shipped_ruleset
from apps.screening.models import ScreeningRun
from benchmarks.site import Site
from tests.factories import AudioFileFactory, TrackFactory

pytestmark = pytest.mark.django_db  # the registers of names and voices are asked

KEYS = {
    "file",
    "sha256",
    "duration_s",
    "outcome",
    "error",
    "reasons",
    "needed_facts",
    "findings",
    "checks",
    "destinations",
    "ruleset",
    "cpu_s",
    "wall_s",
}
SAID: dict[str, Any] = {
    "title": "Monsoon",
    "language": "zxx",
    "instrumental": True,
    "artists": [{"name": "Asha", "role": "main"}, {"name": "Ravi", "role": "composer"}],
    "rights_in_result": "all_held",
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "territories": ["worldwide"],
    "destinations": ["spotify"],
    "parental_advisory": "none",
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("clip") / "clip.wav", piece(8.0, 3))


@pytest.fixture
def said(tmp_path: Path) -> Path:
    path = tmp_path / "said.json"
    path.write_text(json.dumps(SAID))
    return path


def screen(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[Any], str]:
    """Exit status, one object per line of standard output, standard error."""
    status = 0
    try:
        call_command("screen", "--json", *map(str, arguments))
    except SystemExit as ended:
        status = int(str(ended.code))
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def test_one_object_per_file_with_the_keys_of_the_contract(
    capsys: pytest.CaptureFixture[str], clip: Path, said: Path
) -> None:
    status, [line], err = screen(capsys, "--declaration", said, clip)
    assert (status, set(line)) == (0, KEYS)
    assert (line["file"], line["error"], line["outcome"]) == (str(clip), None, "allowed")
    assert line["duration_s"] == pytest.approx(8.0, abs=0.01)
    assert {check["status"] for check in line["checks"]} == {"ok"}
    assert set(line["checks"][0]) == {"slug", "version", "status", "cpu_s", "note"}
    assert {"rule", "code", "text", "fix", "cite"} <= set(line["reasons"][0])
    assert line["destinations"]["spotify"]["verdict"] == "deliver"
    assert len(line["ruleset"]["sha256"]) == 64
    assert err.strip() == f"1/1 {clip}"


def test_a_generators_tag_contradicts_no_ai(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, said: Path
) -> None:
    tagged = write_wav(tmp_path / "a.wav", piece(4.0, 4), comment="made with suno; created=2026")
    status, [line], _err = screen(capsys, "--declaration", said, tagged)
    assert (status, line["outcome"]) == (0, "needs_review")
    found = next(one for one in line["findings"] if one["code"] == "generator_tag")
    assert set(found) == {"check", "code", "score", "summary", "evidence"}
    assert found["evidence"][0]["detail"]["field"] == "ICMT"
    assert "evidence_contradicts" in [reason["code"] for reason in line["reasons"]]
    assert "ai_recording" in line["needed_facts"]


def test_silence_about_everything_is_held(capsys: pytest.CaptureFixture[str], clip: Path) -> None:
    status, [line], _err = screen(capsys, clip)
    assert (status, line["outcome"]) == (0, "needs_review")


def test_what_cannot_be_screened_is_an_error_object_and_status_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, clip: Path
) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    empty = tmp_path / "empty folder"
    empty.mkdir()
    status, lines, err = screen(capsys, broken, tmp_path / "missing.wav", empty, clip)
    assert status == 1
    assert [bool(line["error"]) for line in lines] == [True, True, True, False]
    assert all(set(line) == KEYS for line in lines)
    assert all(line["outcome"] is None for line in lines[:3])
    assert [line["error"]["code"] for line in lines[1:3]] == ["no_such_file", "no_audio_in_folder"]
    assert all(line["error"]["text"].endswith(".") for line in lines[:3])
    assert "Traceback" not in err


def test_folders_are_screened_deep_and_in_order(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, clip: Path
) -> None:
    for name in ("b.wav", "a.WAV", "deep/c.flac", "notes.txt", ".hidden.wav"):
        path = tmp_path / "music" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not audio")
    status, lines, _err = screen(capsys, tmp_path / "music")
    assert status == 1
    names = [str(Path(line["file"]).relative_to(tmp_path / "music")) for line in lines]
    assert names == ["a.WAV", "b.wav", "deep/c.flac"]


def test_names_that_are_no_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "\udcff\u202e.wav"
    path.write_bytes(b"x")
    status, [line], _err = screen(capsys, path)
    assert status == 1
    assert line["file"].startswith(str(tmp_path))


def test_for_people(capsys: pytest.CaptureFixture[str], clip: Path, said: Path) -> None:
    call_command("screen", str(clip))
    out = capsys.readouterr().out
    assert f"{clip}: held (0:08)" in out
    assert "→ " in out
    assert "Compared with nothing" in out


@pytest.mark.services
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nonsense", "x"], "unrecognized arguments: --nonsense"),
        (["--declaration", "{tmp}/bad.json", "x.wav"], "ai[0].part"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "bad.json").write_text('{"ai": [{"part": "kazoo"}]}')
    done = Site(tmp_path).manage("screen", *[text.format(tmp=tmp_path) for text in arguments])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert words in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name at least one file"),
        (["--ruleset", "2001-01-01", "x.wav"], "No ruleset is called"),
        (["--declaration", "/nowhere.json", "x.wav"], "cannot be read"),
        (["--declaration", "{tmp}/half.json", "x.wav"], "is not JSON"),
        (["--declaration", "{tmp}/list.json", "x.wav"], "an object"),
        (["--save", "--ruleset", "2026-11-20", "x.wav"], "leave out --ruleset"),
    ],
)
def test_what_else_is_wrong_usage(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "half.json").write_text('{"ai": ')
    (tmp_path / "list.json").write_text("[[[]]]")
    with pytest.raises(CommandError) as caught:
        call_command("screen", *[text.format(tmp=tmp_path) for text in arguments])
    assert caught.value.returncode == 2
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.services
def test_without_a_prepared_database_only_what_needs_it_fails(tmp_path: Path, clip: Path) -> None:
    site = Site(tmp_path)
    for option in ("--against-catalogue", "--save"):
        done = site.manage("screen", option, str(clip))
        assert (done.returncode, done.stdout) == (1, "")
        assert "Run `make setup` first." in done.stderr
        assert "Traceback" not in done.stderr
    done = site.manage("screen", "--json", str(clip))
    assert done.returncode == 0, done.stderr
    schema = site.manage("screen", "--declaration-schema")
    assert json.loads(schema.stdout)["properties"]["ai"]


@pytest.mark.django_db
def test_against_the_catalogue(capsys: pytest.CaptureFixture[str], clip: Path, said: Path) -> None:
    publish_shipped_ruleset()
    screen(capsys, "--save", "--declaration", said, clip)
    status, [line], _err = screen(capsys, "--against-catalogue", "--declaration", said, clip)
    assert (status, line["outcome"]) == (0, "needs_review")
    assert "same_file" in [finding["code"] for finding in line["findings"]]


@pytest.mark.django_db
def test_save_keeps_a_release_with_its_decision(
    capsys: pytest.CaptureFixture[str], clip: Path, said: Path, tmp_path: Path
) -> None:
    publish_shipped_ruleset()
    status, [line], _err = screen(capsys, "--save", "--declaration", said, clip)
    assert (status, line["outcome"]) == (0, "allowed")
    assert set(line) == KEYS | {"saved"}
    track = Track.objects.get(pk=line["saved"]["track"])
    assert (track.state, track.title, track.language) == (TrackState.CLEARED, "Monsoon", "zxx")
    assert track.declaration
    assert track.declaration.document == SAID
    decision = Decision.objects.get(pk=line["saved"]["decision"])
    assert [reason["rule"] for reason in decision.reasons] == [
        reason["rule"] for reason in line["reasons"]
    ]
    assert clip.exists()
    plain = screen(capsys, "--declaration", said, clip)[1][0]
    assert plain["reasons"] == line["reasons"]

    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"")
    status, [line], _err = screen(capsys, "--save", broken)
    assert (status, line["error"]["code"]) == (1, "empty_file")
    assert Release.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_kept_unless_asked(capsys: pytest.CaptureFixture[str], clip: Path) -> None:
    TrackFactory(audio=AudioFileFactory())
    before = (Track.objects.count(), ScreeningRun.objects.count())
    screen(capsys, "--against-catalogue", clip)
    assert (Track.objects.count(), ScreeningRun.objects.count()) == before


@pytest.mark.services
def test_seeding_the_demo_twice_is_seeding_it_once(site_of: Callable[[str], Site]) -> None:
    site = site_of("")
    first = site.manage("seed_demo")
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("@demo.invalid") == 7
    for title, state in (("  Low", "cleared"), ("  Lantern", "held"), ("  Borrowed", "refused")):
        line = next(line for line in first.stdout.splitlines() if line.startswith(title))
        assert line.endswith(state)
    again = site.manage("seed_demo")
    assert again.stdout == first.stdout
    elsewhere = site.manage("seed_demo", EMBEDDED="0", LEDGER_PSEUDONYM_KEY="for tests only")
    assert (elsewhere.returncode, elsewhere.stdout) == (1, "")
    assert "Nothing was made" in elsewhere.stderr


@pytest.mark.services
def test_warming_is_quick_the_second_time(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert "Caches are warm." in site.manage("warm_caches").stdout
    assert "already" in site.manage("warm_caches").stdout
