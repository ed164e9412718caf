"""References by the thousand: lists, going on where it stopped, and copies to be heard."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.accounts.command_base import WrongUsage
from apps.fingerprints.models import PrintChange, Reference, reference_sounds
from apps.pipeline import reference_adding
from apps.pipeline.management.commands.references import duration
from apps.pipeline.orphans import find_orphans
from tests.pipeline.test_references_command import run
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("delivery")
    (made / "disc 2").mkdir()
    for seed, name in enumerate(("one.wav", "two.wav", "disc 2/drei ü.wav", "left out.wav")):
        write_wav(made / name, tune(6.0, seed=seed))
    (made / "broken.mp3").write_bytes(b"this is no music")
    return made


def listed(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return path


def add(folder: Path, path: Path, *more: str) -> tuple[dict[str, Any], str, int]:
    [told], said, status = run("add", folder, "--metadata", path, *more)
    return told, said, status


def test_a_list_says_what_each_file_is(folder: Path, tmp_path: Path) -> None:
    text = (
        "File;Title;Artist;ISRC;Owner;Rights note\r\n"
        'one.wav;"One; again";Asha;QZ-ABC-26-00001;Nile;"Not in\nFrance"\r\n'
        "\r\n"
        "disc 2/drei ü.wav;;;;;\r\n"
    )
    told, said, status = add(folder, listed(tmp_path, text, "utf-8-sig"), "--owner", "Label")
    assert (status, told["counts"]["added"]) == (0, 2)
    assert [line["line"] for line in told["files"]] == [2, 5]
    assert "3 audio files are in the folder, but not in the list" in said
    one, three = Reference.objects.order_by("pk")
    assert (one.title, one.artist, one.isrc, one.owner, one.rights_note) == (
        "One; again",
        "Asha",
        "QZABC2600001",
        "Nile",
        "Not in France",
    )
    assert (three.title, three.owner) == ("drei ü", "Label")


def test_bad_rows_are_told_by_their_line_and_the_others_are_done(
    folder: Path, tmp_path: Path
) -> None:
    text = (
        "file,title,isrc,source\n"
        "one.wav,One,nonsense,\n"
        ",Nothing,,\n"
        "../outside.wav,Out,,\n"
        "nowhere.wav,Gone,,\n"
        "broken.mp3,Broken,,\n"
        "two.wav,Two,,moon\n"
        "two.wav,Two,,takedown,more\n"
        "disc 2,A folder,,\n"
        "two.wav,Two,,takedown\n"
        "two.wav,Again,,takedown\n"
        f"one.wav,{'x' * 301},,\n"
    )
    told, said, status = add(folder, listed(tmp_path, text))
    assert (status, told["counts"]) == (1, {"added": 1, "changed": 0, "there": 0, "failed": 10})
    for sentence in (
        "line 2: ",
        "12 characters",
        "line 3: ",
        "The row names no file.",
        "line 4: ",
        "outside the folder",
        "nowhere.wav: There is no file of this name.",
        "line 6: ",
        "A reference cannot come from “moon”",
        "The row has 5 cells, the first line names 4.",
        "This folder holds no audio file",
        "line 11: ",
        "Line 10 names this file already.",
        "at most 300 characters",
    ):
        assert sentence in said, sentence
    assert Reference.objects.get().title == "Two"


def test_an_isrc_that_stands_twice_is_told_and_both_are_added(folder: Path, tmp_path: Path) -> None:
    text = "file,isrc\none.wav,USS1Z2600042\ntwo.wav,us-s1z-26-00042\n"
    told, said, status = add(folder, listed(tmp_path, text))
    assert (status, told["counts"]["added"]) == (0, 2)
    assert "line 3: " in said
    assert "Line 2 gives another file this ISRC." in said
    assert told["files"][1]["note"] in said
    assert "note" not in told["files"][0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"file,title\none.wav,Caf\xe9\n", "Line 2 of the list is not UTF-8"),
        (b"title,artist\nOne,Asha\n", "no column “file”"),
        (b"file,colour\none.wav,red\n", "no column is called “colour”"),
        (b"file,title,title\n", "stands there twice"),
        (b"file,title\n", "names no file"),
        (b"", "no column “file”"),
        (b'file,title\none.wav,"never closed\n', "Line 2 of the list cannot be read"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(
    folder: Path, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(WrongUsage, match=sentence):
        add(folder, path)
    with pytest.raises(WrongUsage, match="cannot be read"):
        add(folder, tmp_path / "missing.csv")
    with pytest.raises(WrongUsage, match="name that folder"):
        add(folder / "one.wav", path)
    with pytest.raises(WrongUsage, match="no folder of this name"):
        add(folder / "nowhere", path)
    assert not Reference.objects.exists()


def test_the_same_again_goes_on_and_decodes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listed(tmp_path, "file,title\none.wav,One\n")
    first, _, _ = add(folder, path)
    heard: list[Path] = []
    listen = reference_adding.listen

    def counted(path: Path, **how: Any) -> Any:
        heard.append(path)
        return listen(path, **how)

    monkeypatch.setattr(reference_adding, "listen", counted)
    path = listed(tmp_path, "file,title,artist\none.wav,One,\ntwo.wav,Two,\n")
    told, _, _ = add(folder, path)
    assert [line["state"] for line in told["files"]] == ["there", "added"]
    assert told["added"][0] == first["added"][0]
    assert heard == [folder / "two.wav"]
    changes = PrintChange.objects.count()
    told, _, _ = add(folder, listed(tmp_path, "file,title,artist\none.wav,,Asha\n"))
    assert [line["state"] for line in told["files"]] == ["changed"]
    row = Reference.objects.get(pk=first["added"][0])
    assert (row.title, row.artist) == ("One", "Asha")
    assert (len(heard), PrintChange.objects.count()) == (1, changes)


def test_several_are_heard_at_once_and_told_in_order(folder: Path) -> None:
    lines = [run("add", folder, "--workers", str(n))[0][0]["files"] for n in (1, 4)]
    assert [line["file"] for line in lines[0]] == [line["file"] for line in lines[1]]
    assert [line["id"] for line in lines[0]] == [line["id"] for line in lines[1]]
    assert [line["state"] for line in lines[1]] == ["failed", *["there"] * 4]


def test_a_copy_is_kept_to_be_heard_and_goes_with_its_reference(
    folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    [told], _, _ = run("add", folder / "one.wav")
    row = Reference.objects.get()
    assert told["files"][0]["can_be_heard"]
    with row.preview.open("rb") as file:
        assert file.read(2)[:1] == b"\xff"
    with row.peaks.open("rb") as file:
        peaks = json.load(file)
    assert peaks["duration_s"] == pytest.approx(6.0)
    assert list(find_orphans()) == []
    before = row.preview.name
    with django_capture_on_commit_callbacks(execute=True):
        [told], _, _ = run("add", folder / "one.wav", "--no-audio")
    assert not told["files"][0]["can_be_heard"]
    assert not reference_sounds().exists(before)
    [told], _, _ = run("add", folder / "one.wav")  # now it may be kept: it is heard once more
    row.refresh_from_db()
    assert told["files"][0]["can_be_heard"]
    assert reference_sounds().exists(row.preview.name)
    with django_capture_on_commit_callbacks(execute=True):
        run("remove", row.pk)
    assert not reference_sounds().exists(row.preview.name)
    assert not reference_sounds().exists(row.peaks.name)


def test_a_setting_says_of_whom_nothing_may_be_kept(folder: Path, settings: Any) -> None:
    settings.REFERENCE_AUDIO = ["takedown"]
    [kept], _, _ = run("add", folder / "one.wav", "--source", "takedown")
    [not_kept], _, _ = run("add", folder / "two.wav", "--source", "delivery")
    assert kept["files"][0]["can_be_heard"]
    assert not not_kept["files"][0]["can_be_heard"]


def test_a_terminal_sees_how_long_it_takes(folder: Path) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    told = Terminal()
    call_command("references", "add", str(folder / "disc 2"), stdout=StringIO(), stderr=told)
    assert "] 1/1" in told.getvalue()
    assert [duration(seconds) for seconds in (40, 720, 10800)] == ["40 s", "12 min", "3 h"]
