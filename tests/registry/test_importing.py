"""Lists of people: the starter list, CSV files, MusicBrainz dumps."""

import json
from pathlib import Path

import pytest

from apps.registry.importing import import_people
from apps.registry.models import Person
from apps.registry.names_of import names_for, revision
from apps.registry.people import change_person
from apps.registry.reading_files import UnreadableList, Wanted, read_csv, read_musicbrainz
from apps.registry.starter import load_starter_list
from tests.factories import PersonFactory
from tests.registry.lookups import SPOTIFY, found, write

pytestmark = pytest.mark.django_db


def test_the_starter_list_is_loaded_once_and_never_over_what_people_did():
    total = load_starter_list()
    assert total >= 300
    assert load_starter_list() == 0
    drake = Person.objects.get(name="Drake")
    assert (drake.is_word, drake.source.startswith("starter list")) == (True, True)
    change_person(person=drake, by=None, is_active=False, name="Drake Graham")
    drake.aliases.all().delete()
    assert load_starter_list() == 0
    assert Person.objects.count() == total
    assert found("Дрейк") == []
    assert found("अरिजीत सिंह") == ["Arijit Singh"]
    assert found("周杰伦") == ["Jay Chou"]


def test_no_name_of_the_starter_list_belongs_to_two_people():
    load_starter_list()
    names = names_for(None)
    doubled = []
    for person in Person.objects.prefetch_related("aliases"):
        for text in [person.name, *(alias.text for alias in person.aliases.all())]:
            hits = {hit.person for hit in names.find(text, whole=True)}
            if hits != {str(person.pk)}:
                doubled.append(text)
    assert doubled == []


def test_a_csv_is_taken_line_by_line(tmp_path: Path):
    text = (
        "\ufeffname,kind,aliases,transliterations,is_word,spotify_artist_id\r\n"
        f"Test Singer,person,The Singer|Singer T,Певец Тест,no,{SPOTIFY}\r\n"
        '"Band, The",group,,,yes,\r\n'
        "\r\n"
        "Bad,horse,,,,\r\n"
        "Too,few\r\n"
        f"Twice,person,,,,{SPOTIFY}\r\n"
    )
    report = import_people(rows=read_csv(write(tmp_path / "a.csv", text)), by=None, source="t")
    assert (report.added, report.known, report.aliases_added, report.refused) == (2, 1, 3, 2)
    assert [bad.place for bad in report.problems] == ["line 5", "line 6"]
    assert found("певец тест") == ["Test Singer"]
    assert Person.objects.get(name="Band, The").is_word
    again = import_people(rows=read_csv(tmp_path / "a.csv"), by=None, source="t")
    assert (again.added, again.aliases_added) == (0, 0)


def test_an_import_adds_nothing_to_somebody_switched_off(tmp_path: Path):
    PersonFactory(name="Gone", is_active=False)
    file = write(tmp_path / "a.csv", "name,aliases\nGone,Gone Girl\n")
    report = import_people(rows=read_csv(file), by=None, source="t")
    assert (report.added, report.aliases_added) == (0, 0)
    assert not Person.objects.get(name="Gone").is_active


def test_a_dry_run_writes_nothing(tmp_path: Path):
    file = write(tmp_path / "a.csv", "name\nA One\nB Two\n")
    report = import_people(rows=read_csv(file), by=None, source="t", dry_run=True)
    assert (report.added, Person.objects.count(), revision()) == (2, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n", b"title\nx\n", b"name,colour\nx,y\n", b"name,name\nx,y\n", b"name\nBj\xf6rk\n",
        "name\nBjörk\n".encode("utf-16"), b"name\n\x00\n", b"name\n" + b"x" * 1_000_002,
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=range(10),
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_whole(tmp_path: Path, content: bytes):
    file = write(tmp_path / "a.csv", content)
    with pytest.raises(UnreadableList, match=r"\.$"):
        import_people(rows=read_csv(file), by=None, source="t")
    assert Person.objects.count() == 0


def test_what_breaks_in_the_middle_leaves_nothing_behind(tmp_path: Path):
    lines = "".join(f"Somebody {n}\n" for n in range(1500))
    file = write(tmp_path / "a.csv", b"name\n" + lines.encode() + b"Bj\xf6rk\n")
    with pytest.raises(UnreadableList, match="line 1502 is not UTF-8"):
        import_people(rows=read_csv(file), by=None, source="t")
    assert Person.objects.count() == 0


MBID = "20244d07-534f-4eff-b4d4-93087888997{}"


def test_a_musicbrainz_dump_of_json_lines(tmp_path: Path):
    artists = [
        {"id": MBID.format(0), "name": "Test Singer", "type": "Person", "country": "US",
         "isnis": ["0000000121032683"],
         "aliases": [{"name": "Певец Тест", "type": "Artist name"},
                     {"name": "x", "type": "Search hint"},
                     {"name": "Legal Person", "type": "Legal name"}]},
        {"id": MBID.format(1), "name": "Test Band", "type": "Group", "country": "DE"},
        {"id": MBID.format(2), "name": "Hero", "type": "Character"},
        {"id": "nonsense", "name": "Wrong", "type": "Person"},
        [1, 2],
    ]  # fmt: skip
    text = "\n".join(json.dumps(artist) for artist in artists) + "\nnot json\n"
    file = write(tmp_path / "artist", text)
    report = import_people(rows=read_musicbrainz(file, Wanted()), by=None, source="t")
    assert (report.added, report.aliases_added, report.refused) == (2, 2, 3)
    assert found("Певец тест") == ["Test Singer"]
    assert Person.objects.get(name="Test Band").kind == "group"
    rows = read_musicbrainz(file, Wanted(countries=frozenset({"DE"})))
    assert import_people(rows=rows, by=None, source="t").known == 1


def test_a_musicbrainz_dump_of_tables(tmp_path: Path):
    row = ["1", MBID.format(0), "Test Singer", "Singer, Test", *["\\N"] * 6, "1", *["\\N"] * 8]
    file = write(tmp_path / "artist", "\t".join(row) + "\nshort\tline\n")
    alias = ["9", "1", "Певец Тест", "\\N", "0", "\\N", "1", *["\\N"] * 9]
    write(tmp_path / "artist_alias", "\t".join(alias) + "\n")
    report = import_people(rows=read_musicbrainz(file, Wanted()), by=None, source="t")
    assert (report.added, report.aliases_added, report.refused) == (1, 1, 1)
    with pytest.raises(UnreadableList):
        read_musicbrainz(write(tmp_path / "b", "name\nx\n"), Wanted())
