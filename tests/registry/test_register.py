"""The verbs of the register: people, standings, claims, keys, imports, and the names they give."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from apps.audit.models import Event
from apps.registry.artist_keys import (
    MAX_REFUSED,
    make_artist_key,
    redeem_artist_key,
    revoke_artist_key,
)
from apps.registry.claims import accept_claim, decline_claim, make_claim
from apps.registry.errors import (
    AlreadyRegistered,
    ClaimAnswered,
    ClaimExists,
    InvalidPerson,
    KeyRefused,
    NotProtected,
    OwnStanding,
    ProofMissing,
    RegisterError,
    StandingExists,
    TooManyAttempts,
)
from apps.registry.importing import import_people
from apps.registry.models import Alias, ArtistKey, Claim, Person, Standing
from apps.registry.names_of import names_for, revision
from apps.registry.people import OtherName, add_person, change_person
from apps.registry.reading_files import UnreadableList, Wanted, read_csv, read_musicbrainz
from apps.registry.standings import grant_standing, revoke_standing
from apps.registry.starter import load_starter_list
from tests.factories import (
    ArtistFactory,
    ArtistKeyFactory,
    ClaimFactory,
    ComplianceOfficerFactory,
    PersonFactory,
    ReviewerFactory,
    StandingFactory,
)

pytestmark = pytest.mark.django_db
SPOTIFY = "06HL4z0CvFAxyc27GXpf02"


def found(text: str, account=None) -> list[str]:
    return [hit.name for hit in names_for(account and account.pk).find(text, whole=True)]


# --- people ---


def test_a_person_is_found_by_every_name_until_switched_off():
    by = ComplianceOfficerFactory()
    other = OtherName("Тестовая Певица", Alias.Kind.TRANSLITERATION)
    person = add_person(by=by, name="  Test\tSinger ", aliases=[other], spotify_artist_id=SPOTIFY)
    assert (person.name, found("Тестовая певица")) == ("Test Singer", ["Test Singer"])
    change_person(person=person, by=by, aliases=[OtherName("Nightbird Nine")])
    assert (found("Тестовая Певица"), found("nightbird nine")) == ([], ["Test Singer"])
    change_person(person=person, by=by, is_active=False)
    assert found("Test Singer") == []
    kinds = list(Event.objects.filter(subject_id=str(person.pk)).values_list("kind", flat=True))
    assert kinds == ["person.added", "person.changed", "person.changed"]


def test_a_change_that_changes_nothing_is_not_written():
    person = add_person(by=None, name="Test Singer", aliases=[OtherName("Other")])
    before = revision()
    change_person(person=person, by=None, name="Test Singer", aliases=[OtherName("Other")])
    assert (revision(), Event.objects.filter(kind="person.changed").count()) == (before, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"name": "\u200b"},
        {"name": "!!!"},
        {"name": "x" * 201},
        {"name": "a\u202eb"},
        {"name": "a\ud800b"},
        {"name": "A", "kind": "horse"},
        {"name": "A", "spotify_artist_id": "short"},
        {"name": "A", "apple_artist_id": "abc"},
        {"name": "A", "musicbrainz_id": "1234"},
        {"name": "A", "isni": "0000000121032684"},
        {"name": "A", "is_word": "perhaps"},
        {"name": "A", "contact_email": "nobody"},
        {"name": "A", "colour": "red"},
        {"name": "A", "aliases": [OtherName("b", "nickname")]},
        {"name": "A", "aliases": [OtherName(f"b{n}") for n in range(61)]},
    ],
)
def test_a_bad_field_is_refused_with_a_sentence(fields: dict):
    with pytest.raises(InvalidPerson, match=r"\.$"):
        add_person(by=None, **fields)
    assert Person.objects.count() == 0


def test_ids_are_taken_out_of_addresses_and_belong_to_one_person():
    url = f"https://open.spotify.com/intl-de/artist/{SPOTIFY}?si=1"
    person = add_person(by=None, name="A", spotify_artist_id=url, isni="0000 0001 2103 2683")
    assert (person.spotify_artist_id, person.isni) == (SPOTIFY, "0000000121032683")
    with pytest.raises(AlreadyRegistered):
        add_person(by=None, name="B", spotify_artist_id=SPOTIFY)


# --- standings and claims ---


def test_a_standing_is_granted_once_and_taken_back():
    account, person, by = ArtistFactory(), PersonFactory(name="Test Singer"), ReviewerFactory()
    asked = {"account": account, "person": person, "proof_kind": "document", "proof": "contract"}
    standing = grant_standing(**asked, relation="represents", by=by)
    assert names_for(account.pk).standing(str(person.pk)) == "represents"
    assert names_for(ArtistFactory().pk).standing(str(person.pk)) is None
    with pytest.raises(StandingExists):
        grant_standing(**asked, relation="same_name", by=by)
    revoke_standing(standing=standing, by=by)
    revoke_standing(standing=standing, by=by)
    assert names_for(account.pk).standing(str(person.pk)) is None
    assert Event.objects.filter(kind="standing.revoked").count() == 1
    grant_standing(**asked, relation="same_name", by=by)
    assert names_for(account.pk).standing(str(person.pk)) == "same_name"


def test_a_standing_needs_a_proof_another_person_and_a_protected_name():
    account, by = ArtistFactory(), ReviewerFactory()
    asked = {"account": account, "person": PersonFactory(), "relation": "represents"}
    proven = {**asked, "proof_kind": "document", "proof": "x"}
    with pytest.raises(ProofMissing):
        grant_standing(**{**proven, "proof": " "}, by=by)
    with pytest.raises(OwnStanding):
        grant_standing(**proven, by=account)
    with pytest.raises(NotProtected):
        grant_standing(**{**proven, "person": PersonFactory(is_active=False)}, by=by)
    assert Standing.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [{"revoked_at": timezone.now()}, {"revoked_by": True}],
)
def test_who_and_when_go_together(fields: dict):
    if "revoked_by" in fields:
        fields = {"revoked_by": ReviewerFactory()}
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingFactory(**fields)


def test_a_claim_proves_nothing_until_staff_accept_it():
    account, person, by = ArtistFactory(), PersonFactory(), ReviewerFactory()
    asked = {"account": account, "person": person, "relation": "represents"}
    claim = make_claim(**asked, proof_kind="spotify_artist_id", proof=SPOTIFY)
    assert names_for(account.pk).standing(str(person.pk)) is None
    with pytest.raises(ClaimExists):
        make_claim(**asked, proof_kind="document", proof="x")
    accept_claim(claim=claim, by=by)
    assert names_for(account.pk).standing(str(person.pk)) == "represents"
    with pytest.raises(ClaimAnswered):
        decline_claim(claim=claim, by=by, answer="no")
    with pytest.raises(StandingExists):
        make_claim(**asked, proof_kind="document", proof="x")


def test_a_claim_is_declined_with_a_reason_and_may_be_made_again():
    claim, by = ClaimFactory(), ReviewerFactory()
    with pytest.raises(ProofMissing):
        decline_claim(claim=claim, by=by, answer=" ")
    decline_claim(claim=claim, by=by, answer="This is the page of somebody else.")
    assert Standing.objects.count() == 0
    again = make_claim(
        account=claim.account,
        person=claim.person,
        relation="same_name",
        proof_kind="document",
        proof="passport",
    )
    assert again.state == Claim.State.OPEN
    with pytest.raises(ProofMissing):
        make_claim(
            account=claim.account,
            person=PersonFactory(),
            relation="represents",
            proof_kind="known_to_us",
            proof="trust me",
        )


# --- artist keys ---


def test_a_key_works_once_however_it_is_typed():
    person, account = PersonFactory(), ArtistFactory()
    key, text = make_artist_key(person=person, by=ComplianceOfficerFactory())
    assert text.replace("-", "") not in str(ArtistKey.objects.values_list("digest", "prefix"))
    standing = redeem_artist_key(
        text=f" {text.lower().replace('-', ' ').replace('0', 'o')} ", by=account
    )
    assert (standing.relation, standing.proof_kind) == ("represents", "artist_key")
    with pytest.raises(KeyRefused):
        redeem_artist_key(text=text, by=ArtistFactory())
    key.refresh_from_db()
    assert key.used_by == account
    told = json.dumps(list(Event.objects.values_list("detail__data", flat=True)))
    assert text not in told
    assert text.replace("-", "") not in told


def test_old_revoked_and_unknown_keys_say_the_same():
    by, account = ComplianceOfficerFactory(), ArtistFactory()
    _key, old = make_artist_key(person=PersonFactory(), by=by, lasts=timedelta(days=1))
    revoked, taken_back = make_artist_key(person=PersonFactory(), by=by)
    revoke_artist_key(key=revoked, by=by)
    off = PersonFactory()
    _key, switched_off = make_artist_key(person=off, by=by)
    Person.objects.filter(pk=off.pk).update(is_active=False)
    said = set()
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        for text in (old, taken_back, switched_off, "ABCDE-ABCDE-ABCDE-ABCDE-ABCDE", "", "\ud800"):
            with pytest.raises(KeyRefused) as refused:
                redeem_artist_key(text=text, by=account)
            said.add(str(refused.value))
    assert len(said) == 1
    assert Standing.objects.count() == 0


def test_guessing_is_stopped_for_an_hour():
    account = ArtistFactory()
    _key, text = make_artist_key(person=PersonFactory(), by=ComplianceOfficerFactory())
    for _ in range(MAX_REFUSED):
        with pytest.raises(KeyRefused):
            redeem_artist_key(text="AAAAA-AAAAA", by=account)
    with pytest.raises(TooManyAttempts):
        redeem_artist_key(text=text, by=account)
    redeem_artist_key(text=text, by=ArtistFactory())
    with time_machine.travel(timezone.now() + timedelta(hours=2)), pytest.raises(KeyRefused):
        redeem_artist_key(text=text, by=account)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_key_at_once_one_gets_the_standing():
    _key, text = make_artist_key(person=PersonFactory(), by=ComplianceOfficerFactory())
    accounts = [ArtistFactory() for _ in range(4)]

    def use(account) -> bool:
        try:
            redeem_artist_key(text=text, by=account)
            return True
        except RegisterError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(use, accounts))
    assert sum(used) == 1
    assert Standing.objects.count() == 1


def test_a_key_of_somebody_who_has_a_standing_is_not_used_up():
    account, person = ArtistFactory(), PersonFactory()
    StandingFactory(account=account, person=person)
    key, text = make_artist_key(person=person, by=ComplianceOfficerFactory())
    with pytest.raises(StandingExists):
        redeem_artist_key(text=text, by=account)
    key.refresh_from_db()
    assert key.used_at is None


# --- the starter list ---


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


# --- imports ---


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


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


# --- the command ---


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


# --- pages ---


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_artist_uses_a_key_and_claims_a_name():
    account, person = ArtistFactory(), add_person(by=None, name="Taylor Swift")
    client = client_of(account)
    _key, text = make_artist_key(person=PersonFactory(name="B"), by=ComplianceOfficerFactory())
    assert "You may release" in client.post("/names/key/", {"key": text}, follow=True).text
    assert "cannot be used" in client.post("/names/key/", {"key": text}, follow=True).text
    asked = {"name": "taylor swift", "relation": "represents", "proof_kind": "spotify_artist_id"}
    assert client.post("/names/claim/", {**asked, "proof": "nonsense"}).status_code == 422
    page = client.post("/names/claim/", {**asked, "proof": SPOTIFY}, follow=True).text
    assert "We look at it" in page
    assert Claim.objects.get().person == person
    page = client.post("/names/claim/", {**asked, "name": "Nobody", "proof": SPOTIFY}, follow=True)
    assert "not protected" in page.text


def test_the_desk_adds_and_changes_people_by_the_verbs():
    client = client_of(ComplianceOfficerFactory())
    data = {
        "name": "Test Singer", "kind": "person", "is_active": "on", "source": "a letter",
        "aliases-TOTAL_FORMS": "1", "aliases-INITIAL_FORMS": "0", "aliases-0-text": "Певец Тест",
        "aliases-0-kind": "transliteration",
    }  # fmt: skip
    assert client.post("/admin/registry/person/add/", data).status_code == 302
    person = Person.objects.get()
    assert found("Певец Тест") == ["Test Singer"]
    alias = person.aliases.get()
    data |= {"aliases-INITIAL_FORMS": "1", "aliases-0-id": alias.pk, "aliases-0-DELETE": "on"}
    data |= {"aliases-0-person": str(person.pk), "name": "Test Singer 2"}
    assert client.post(f"/admin/registry/person/{person.pk}/change/", data).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.aliases.count(), found("Певец Тест")) == ("Test Singer 2", 0, [])
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"person.added", "person.changed"} <= kinds
    assert client.post("/admin/registry/person/add/", {**data, "name": "!!!"}).status_code == 200


def test_the_desk_grants_a_standing_answers_a_claim_and_shows_a_key_once():
    account, person, claim = ArtistFactory(), PersonFactory(), ClaimFactory()
    client = client_of(ReviewerFactory())
    data = {"email": account.email.upper(), "person": str(person.pk), "relation": "represents"}
    data |= {"proof_kind": "document", "proof": "contract"}
    assert client.post("/admin/registry/standing/add/", data).status_code == 302
    assert client.post("/admin/registry/standing/add/", data).status_code == 302
    assert Standing.objects.filter(account=account, person=person).count() == 1
    url = f"/admin/registry/claim/{claim.pk}/change/"
    assert client.post(url, {"verdict": "decline", "answer": ""}).status_code == 200
    assert client.post(url, {"verdict": "accept", "answer": ""}).status_code == 302
    assert client.get(url).status_code == 200
    assert Standing.objects.filter(account=claim.account).exists()
    assert (
        client.post("/admin/registry/artistkey/add/", {"person": str(person.pk)}).status_code == 403
    )
    desk = client_of(ComplianceOfficerFactory())
    page = desk.post("/admin/registry/artistkey/add/", {"person": str(person.pk), "days": "7"})
    key = ArtistKey.objects.get()
    assert f"<code>{key.prefix}-" in page.text
    assert f"{key.prefix}-" not in desk.get(f"/admin/registry/artistkey/{key.pk}/change/").text


def test_the_desk_takes_standings_and_keys_back():
    standing, key = StandingFactory(), ArtistKeyFactory()
    desk = client_of(ComplianceOfficerFactory())
    for model, row, action in (("standing", standing, "take_back"), ("artistkey", key, "revoke")):
        chosen = {"action": action, "_selected_action": [str(row.pk)]}
        assert desk.post(f"/admin/registry/{model}/", chosen).status_code == 302
        row.refresh_from_db()
        assert row.revoked_at is not None
    reviewer = client_of(ReviewerFactory())
    other = StandingFactory()
    reviewer.post(
        "/admin/registry/standing/", {"action": "take_back", "_selected_action": [other.pk]}
    )
    other.refresh_from_db()
    assert other.revoked_at is None


def test_the_desk_imports_a_list(tmp_path: Path):
    desk = client_of(ComplianceOfficerFactory())
    file = write(tmp_path / "a.csv", "name\nTest Singer\n!!!\n")
    with file.open("rb") as stream:
        page = desk.post("/admin/registry/person/import/", {"file": stream})
    assert page.status_code == 200
    assert "line 3" in page.text
    assert Person.objects.count() == 1
    with write(file, b"name\nBj\xf6rk\n").open("rb") as stream:
        page = desk.post("/admin/registry/person/import/", {"file": stream})
    assert "not UTF-8" in page.text
