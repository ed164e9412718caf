"""The command `training`: exit status, one line for wrong usage, JSON, and one whole story."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.training.models import ModelVersion, Snapshot
from tests.consent.saying import TERMS
from tests.factories import ArtistFactory
from tests.training.listing import cleared_track, open_track
from tests.training.making import WEIGHTS, registered, sealed

pytestmark = pytest.mark.django_db
QUESTION = ["--model-class", "generative_music", "--policy", TERMS, "--jurisdiction", "DE"]


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command("training", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue(), err.getvalue()
    except CommandError as error:
        asked_wrongly = str(error).startswith("Error:")  # by argparse, which exits with 2 itself
        return 2 if asked_wrongly else error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def told(*arguments: object) -> dict:
    status, out, err = run(*arguments, "--json")
    assert status == 0, err or out
    return json.loads(out)


def test_from_the_list_to_the_release(officer, administrator, prove, tmp_path) -> None:
    """Which exact assets trained model version v2026.04.3, and under what consent terms?"""
    tracks = [open_track() for _ in range(3)]
    cleared_track()
    prove()
    listed = told("allowlist", *QUESTION)
    assert (listed["count"], listed["excluded"]) == (3, {"no_ai": 1})
    assert set(listed["assets"]) == {str(one.pk) for one in tracks}
    made = told("snapshot", *QUESTION, "--name", "Spring", "--by", officer.email)
    assert (made["count"], made["state"]) == (3, "sealed")
    now = timezone.now().isoformat()
    model = told(
        *("register", "genaudio", "v2026.04.3", "--snapshot", made["snapshot"]),
        *("--weights-sha256", WEIGHTS, "--run", "run-7", "--started", now, "--finished", now),
        *("--intended-use", "Loops.", "--limit", "No jazz.", "--by", officer.email),
        *("--code", "https://example.org/train", "--commit", "abcdef1"),
    )
    assert model["state"] == "registered"
    answer = told("lineage", "genaudio", "v2026.04.3")
    assert {one["track"] for one in answer["members"]} == {str(one.pk) for one in tracks}
    assert answer["by_terms"] == {TERMS: 3}
    assert answer["verified"] is True
    assert "members" not in told("lineage", "genaudio", "v2026.04.3", "--summary")
    folder = tmp_path / "bundle"
    assert (
        "training-manifest.dsse.json" in told("bundle", "genaudio", "v2026.04.3", folder)["files"]
    )
    assert told("verify", folder)["verified"] is True
    proof = told("proof", "genaudio", "v2026.04.3", tracks[0].pk)
    assert proof["datasets"][0]["present"] is True
    assert [one["version"] for one in told("affected", tracks[0].pk)["models"]] == ["v2026.04.3"]
    status, out, _err = run("release", "genaudio", "v2026.04.3", "--by", officer.email, "--json")
    assert status == 1
    assert [one["code"] for one in json.loads(out)["error"]["blockers"]] == ["approvals"]
    for person in (officer, administrator):
        told("approve", "genaudio", "v2026.04.3", "--by", person.email, "--note", "Seen.")
    found = told("release", "genaudio", "v2026.04.3", "--by", officer.email)
    assert found["state"] == ModelVersion.objects.get().state == "released"


def test_what_nobody_said_is_unstated_and_never_released(
    officer, administrator, prove, tmp_path
) -> None:
    open_track()
    prove()
    made = told("snapshot", *QUESTION, "--name", "Spring", "--by", officer.email)
    told("register", "genaudio", "v2026.04.3", "--snapshot", made["snapshot"])
    kept = ModelVersion.objects.get()
    assert kept.registered_by == officer
    assert kept.started_at == Snapshot.objects.get().sealed_at
    assert told("lineage", "genaudio", "v2026.04.3")["verified"] is True
    folder = tmp_path / "bundle"
    told("bundle", "genaudio", "v2026.04.3", folder)
    assert told("verify", folder)["verified"] is True
    card = told("card", "genaudio", "v2026.04.3")
    assert card["unstated"] == ["weights", "run", "beginning", "end", "intended use", "limits"]
    assert "Nobody said when it was registered" in run("card", "genaudio", "v2026.04.3")[1]
    for person in (officer, administrator):
        told("approve", "genaudio", "v2026.04.3", "--by", person.email)
    for more in ([], ["--by", officer.email]):
        status, _out, err = run("release", "genaudio", "v2026.04.3", *more)
        assert (status, err.split(":")[0]) == (1, "unstated")
    assert "weights, run, beginning" in err


def test_a_release_is_asked_about_before_anybody_does_it(officer, administrator, prove) -> None:
    open_track()
    prove()
    model = registered(officer, sealed(officer))
    asked = ("release", model.name, model.version)
    assert run(*asked)[0] == 1
    for person in (officer, administrator):
        told("approve", model.name, model.version, "--by", person.email)
    assert run(*asked)[0] == 0
    model.refresh_from_db()
    assert model.state == "registered"


def test_a_yes_of_a_moment_ago_is_on_the_list(officer, prove) -> None:
    """Also where no clock runs: nobody has to know of leaves to ask."""
    prove()
    track = open_track()
    assert told("allowlist", *QUESTION)["assets"] == [str(track.pk)]


def test_without_json_it_is_lines(officer, prove) -> None:
    track = open_track()
    registered(officer, sealed(officer))
    status, out, _err = run("allowlist", *QUESTION)
    assert (status, str(track.pk) in out.splitlines()) == (0, True)
    status, out, _err = run("lineage", "genaudio", "v2026.04.3")
    assert status == 0
    assert "Tracks it was trained on: 1; verified" in out
    assert str(track.pk) in out
    status, out, err = run("release", "genaudio", "v2026.04.3", "--by", officer.email)
    assert (status, out) == (1, "")
    assert err.startswith("approvals: ")


ID = "2677a262-5587-4e21-918b-f295590b53b2"
REGISTER = [
    *("--weights-sha256", WEIGHTS, "--run", "r", "--started", "2026-11-21"),
    *("--finished", "2026-11-21", "--intended-use", "x", "--limit", "y", "--by", "OFFICER"),
]
WRONG_USAGE = [
    [],
    ["dance"],
    ["allowlist"],
    ["allowlist", "--model-class", "search"],
    ["allowlist", *QUESTION[:4], "--jurisdiction", ""],
    ["allowlist", *QUESTION[:4], "--jurisdiction", "EU"],
    ["allowlist", *QUESTION[:4], "--jurisdiction", "DE,"],
    ["allowlist", *QUESTION, "--model-class", "everything"],
    ["allowlist", *QUESTION, "--policy", "latest"],
    ["allowlist", *QUESTION, "--at", "yesterday"],
    ["allowlist", *QUESTION, "--at", "2199-01-01"],
    ["allowlist", *QUESTION, "--at", "1999-01-01"],
    ["snapshot", *QUESTION, "--name", "", "--by", "OFFICER"],
    ["snapshot", *QUESTION, "--name", "Spring", "--by", "nobody@example.org"],
    ["register", "m", "v", "--snapshot", ID],
    ["register", "m", "v", "--snapshot", ID, *REGISTER],
    ["register", "m", "v", "--snapshot", "' OR 1=1", *REGISTER],
    ["register", "m", "v", "--snapshot", ID, *REGISTER, "--started", "soon"],
    ["lineage", "m"],
    ["lineage", "nothing", "v1"],
    ["lineage", "\x00", "\udcff"],
    ["proof", "nothing", "v1", ID],
    ["affected", "no track"],
    ["approve", "nothing", "v1", "--by", "OFFICER"],
    ["release", "nothing", "v1"],
    ["bundle", "nothing", "v1", "/nowhere"],
]


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=lambda one: " ".join(one)[:60] or "-")
def test_wrong_usage_is_one_line_and_status_two(arguments, officer) -> None:
    given = [officer.email if one == "OFFICER" else one for one in arguments]
    status, out, err = run(*given)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_a_right_question_can_be_answered_with_no(officer, prove, tmp_path) -> None:
    status, _out, err = run("snapshot", *QUESTION, "--name", "x", "--by", officer.email)
    assert (status, "No track may be used" in err) == (1, True)
    artist = ArtistFactory()
    status, out, _err = run("snapshot", *QUESTION, "--name", "x", "--by", artist.email, "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "not_staff")
    status, _out, err = run("verify", tmp_path)
    assert (status, "does not verify" in err) == (1, True)
    assert not Snapshot.objects.exists()


def test_a_lineage_that_does_not_verify_says_so(officer, prove) -> None:
    open_track()
    model = registered(officer, sealed(officer))
    manifest = model.manifest.replace('"sig":"', '"sig":"AA')
    super(type(ModelVersion.objects.all()), ModelVersion.objects.all()).update(manifest=manifest)
    status, out, _err = run("lineage", "genaudio", "v2026.04.3", "--json")
    assert (status, json.loads(out)["verified"]) == (1, False)
