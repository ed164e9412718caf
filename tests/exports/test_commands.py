"""`export` and `gate` as people script them: formats, exit statuses, one line when misused."""

import csv
import io
import json
import subprocess
import sys
import uuid

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import Event
from apps.catalogue.states import TrackState
from apps.exports.decisions import COLUMNS
from tests.exports.worlds import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def exported(capfdbinary, *arguments: str) -> bytes:
    call_command("export", "decisions", *arguments)
    return capfdbinary.readouterr().out


class TestExport:
    def test_csv_without_a_mark(self, world, capfdbinary):
        data = exported(capfdbinary, "--format", "csv").decode()
        header, *lines = csv.reader(io.StringIO(data))
        assert tuple(header) == COLUMNS
        assert len(lines) == 4
        assert lines[1][COLUMNS.index("made_by_name")] == "Rita Reviewer"

    def test_json_and_nothing_else(self, world, capfdbinary):
        data = json.loads(exported(capfdbinary, "--format", "json"))
        assert [tuple(row) for row in data] == [COLUMNS] * 4
        assert data[1]["destinations"] == {"bandcamp": "refused", "spotify": "deliver"}

    def test_xlsx_into_a_file(self, world, tmp_path):
        path = tmp_path / "decisions.xlsx"
        call_command("export", "decisions", "--format", "xlsx", "--out", str(path))
        sheet = openpyxl.load_workbook(path).active
        assert sheet.max_row == 5
        assert [path.name for path in tmp_path.iterdir()] == ["decisions.xlsx"]

    @pytest.mark.parametrize("label", ["Nile Records", "nile records", str(uuid.UUID(int=1))])
    def test_of_one_label(self, world, capfdbinary, label):
        data = json.loads(exported(capfdbinary, "--json", "--label", label))
        assert {row["label"] for row in data} == {"Nile Records"}
        assert len(data) == 3

    @pytest.mark.parametrize(
        ("since", "count"), [("2026-11-20", 4), ("2026-11-20T09:23Z", 2), ("2026-11-21", 0)]
    )
    def test_since(self, world, capfdbinary, since, count):
        assert len(json.loads(exported(capfdbinary, "--json", "--since", since))) == count

    def test_latest(self, world, capfdbinary):
        assert len(json.loads(exported(capfdbinary, "--json", "--latest"))) == 3

    def test_leaves_a_trace(self, world, capfdbinary):
        exported(capfdbinary)
        assert Event.objects.get(kind="decisions.exported").actor is None

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["--label", "Nobody"], "There is no label"),
            (["--since", "yesterday"], "is no time"),
            (["--since", "2026-02-31"], "is no time"),
            (["--out", "/nowhere/at/all.csv"], "cannot be written"),
        ],
    )
    def test_wrong_usage(self, world, arguments, sentence):
        with pytest.raises(CommandError, match=sentence) as caught:
            call_command("export", "decisions", *arguments)
        assert caught.value.returncode == 2


class TestGate:
    def ask(self, capsys, *arguments) -> tuple[dict, int]:
        try:
            call_command("gate", *arguments, "--json")
        except SystemExit as end:
            return json.loads(capsys.readouterr().out), int(end.code)
        return json.loads(capsys.readouterr().out), 0

    def test_cleared(self, world, capsys):
        answer, status = self.ask(capsys, str(world.river.pk))
        assert answer == {"cleared": True, "decision": str(world.decisions[1].pk), "reasons": []}
        assert status == 0

    def test_for_a_destination(self, world, capsys):
        river = str(world.river.pk)
        assert self.ask(capsys, river, "--destination", "spotify")[1] == 0
        answer, status = self.ask(capsys, river, "--destination", "bandcamp")
        assert (answer["cleared"], status) == (False, 1)
        assert self.ask(capsys, river, "--destination", "nowhere")[1] == 1

    def test_held_and_refused(self, world, capsys):
        for track in (world.rain, world.other):
            answer, status = self.ask(capsys, str(track.pk))
            assert (answer["cleared"], status) == (False, 1)
            assert answer["reasons"]

    def test_withdrawn_since(self, world, capsys):
        world.river.state = TrackState.WITHDRAWN
        world.river.save()
        assert self.ask(capsys, str(world.river.pk))[1] == 1

    def test_in_words(self, world, capsys):
        call_command("gate", str(world.river.pk))
        assert capsys.readouterr().out.startswith("cleared\ndecision: ")

    @pytest.mark.parametrize("track", ["", "x", str(uuid.UUID(int=99))])
    def test_no_such_track(self, world, track):
        with pytest.raises(CommandError, match="There is no track") as caught:
            call_command("gate", track)
        assert caught.value.returncode == 2


@pytest.mark.parametrize(
    "arguments", [["gate"], ["export", "decisions", "--format", "pdf"], ["export", "everything"]]
)
def test_misused_on_the_command_line_says_one_line_and_ends_with_2(arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
