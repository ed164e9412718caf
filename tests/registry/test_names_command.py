"""`manage.py names`: check, import, and the exit statuses."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.registry.models import Person
from apps.registry.people import add_person
from tests.registry.lookups import write

pytestmark = pytest.mark.django_db


def command(*args: str) -> tuple[list[str], int]:
    out, status = StringIO(), 0
    try:
        call_command("names", *args, stdout=out, stderr=StringIO())
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    except CommandError as error:
        status = error.returncode if "\n" not in str(error) else -1
    return out.getvalue().splitlines(), status


def test_names_check_prints_one_object_per_text():
    add_person(by=None, name="Taylor Swift")
    texts = ["Tаylor Swift", "Nobody", "x (Taylor Swift AI cover)", "\ud800"]
    lines, status = command("check", *texts, "--json")
    told = [json.loads(line) for line in lines]
    assert (status, [one["text"] for one in told]) == (0, texts)
    hits = [[(hit["name"], hit["kind"], hit["cue"]) for hit in one["hits"]] for one in told]
    assert hits == [
        [("Taylor Swift", "lookalike", None)],
        [],
        [("Taylor Swift", "exact", "ai_likeness")],
        [],
    ]
    assert command("check", "Nobody") == (["Nobody: -"], 0)


def test_names_import_and_its_exit_statuses(tmp_path: Path):
    good = write(tmp_path / "a.csv", "name\nTest Singer\n")
    bad = write(tmp_path / "b.csv", "name\n!!!\n")
    lines, status = command("import", str(good), "--json", "--dry-run")
    assert (status, json.loads(lines[0])["added"], Person.objects.count()) == (0, 1, 0)
    assert command("import", str(good))[1] == 0
    assert command("import", str(bad))[1] == 1
    assert command("import", str(tmp_path / "none.csv"))[1] == 2
    assert command("import", str(tmp_path))[1] == 2
    assert command("import", str(good), "--musicbrainz")[1] == 2
