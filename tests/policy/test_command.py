"""The `policy` command: JSON alone on standard output, exit status, no traceback."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.policy import guards
from apps.policy.decisions import decide_run
from apps.policy.models import Decision
from apps.policy.shipped import shipped_ids, shipped_ruleset, shipped_text
from tests.policy.laws import SMALL
from tests.policy.rows import INNOCENT, published, screened

ROOT = Path(__file__).parents[2]


def run(*args: str) -> Any:
    out = StringIO()
    call_command("policy", *args, "--json", stdout=out)
    return json.loads(out.getvalue())


def wrong(*args: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("policy", *args)
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def written(path: Path, data: Any) -> str:
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(path)


def test_check_proves_the_newest_ruleset() -> None:
    proof = run("check")
    assert proof["holds"] is True
    assert proof["ruleset"]["id"] == shipped_ids()[-1]
    assert all(not case["problems"] for case in proof["golden"])
    assert {table["table"] for table in proof["tables"]} >= {"ai_use", "voice", "bandcamp"}


def test_check_fails_with_status_1_where_something_does_not_hold(tmp_path: Path) -> None:
    path = written(tmp_path / "law.toml", SMALL)
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("policy", "check", path, "--json", stdout=out)
    assert caught.value.code == 1
    assert json.loads(out.getvalue())["holds"] is False


def test_check_tells_what_is_wrong_with_a_broken_file(tmp_path: Path) -> None:
    path = written(tmp_path / "law.toml", SMALL.replace('"voice_clone"', "7"))
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("policy", "check", path, "--json", stdout=out)
    assert caught.value.code == 1
    assert "tables.paint.rules[0].reason" in json.loads(out.getvalue())["problems"][0]


def test_check_for_people_ends_with_the_verdict() -> None:
    out = StringIO()
    call_command("policy", "check", stdout=out)
    assert out.getvalue().rstrip().endswith("is proved")


def test_explain_decides_a_declaration(tmp_path: Path) -> None:
    path = written(tmp_path / "d.json", {**INNOCENT, "voice": {"imitates": "real_person"}})
    told = run("explain", "--declaration", path)
    assert told["outcome"] == "not_allowed"
    assert told["reasons"][0]["rule"] == "voice.N1"
    assert told["destinations"]["spotify"]["verdict"] == "refused"
    assert told["ruleset"]["sha256"] == shipped_ruleset().sha256


def test_explain_takes_another_ruleset(tmp_path: Path) -> None:
    declaration = written(tmp_path / "d.json", INNOCENT)
    law = written(tmp_path / "law.toml", shipped_text(shipped_ids()[-1]).replace('["nobody"]', '["own_voice", "nobody"]'))  # fmt: skip  # noqa: E501
    assert run("explain", "--declaration", declaration, "--ruleset", law)["outcome"] == "allowed"


def test_explain_for_people(tmp_path: Path) -> None:
    out = StringIO()
    path = written(tmp_path / "d.json", {})
    call_command("policy", "explain", "--declaration", path, stdout=out)
    assert "still needed: ai_recording" in out.getvalue()
    assert "bandcamp: undecided" in out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "cannot be read"),
        ("null", "cannot be read"),
        ('{"ai": "no"}', "ai"),
        ('{"voice": {"imitates": "me"}}', "voice.imitates"),
        ('{"aii": []}', "aii"),
    ],
)
def test_a_bad_declaration_is_wrong_usage(tmp_path: Path, content: str, says: str) -> None:
    path = written(tmp_path / "d.json", content)
    assert says in wrong("explain", "--declaration", path)


def test_files_that_cannot_be_read_are_wrong_usage(tmp_path: Path) -> None:
    assert "cannot be read" in wrong("explain", "--declaration", str(tmp_path / "none.json"))
    assert "cannot be read" in wrong("explain", "--declaration", str(tmp_path))
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in wrong("explain", "--declaration", str(tmp_path / "bytes.json"))
    assert "cannot be read" in wrong("check", str(tmp_path / "none.toml"))


@pytest.mark.django_db
def test_an_unknown_ruleset_is_wrong_usage() -> None:
    assert "There are: " in wrong("check", "1999-01-01")


def test_diff_lists_every_combination_that_changes(tmp_path: Path) -> None:
    newest = shipped_ids()[-1]
    assert run("diff", newest, newest) == []
    stricter = shipped_text(newest).replace(
        'when = { ai_inputs = ["not_cleared"] }\noutcome = "needs_review"',
        'when = { ai_inputs = ["not_cleared"] }\noutcome = "not_allowed"',
    )
    changes = run("diff", newest, written(tmp_path / "law.toml", stricter))
    assert changes == [
        {
            "table": "inputs",
            "facts": {"ai_inputs": "not_cleared"},
            "before": "needs_review",
            "after": "not_allowed",
        }
    ]


@pytest.mark.django_db
def test_replay_agrees_and_notices() -> None:
    published()
    decide_run(run=screened())
    assert run("replay") == {"decisions": 1, "agree": 1, "disagree": []}
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE policy_decision SET outcome = 'not_allowed'")
    with pytest.raises(SystemExit) as caught:
        run("replay")
    assert caught.value.code == 1
    assert Decision.objects.get().outcome == "not_allowed"


@pytest.mark.django_db
def test_publish_says_what_is_in_force() -> None:
    assert run("publish") == {"active": shipped_ids()[-1], "sha256": shipped_ruleset().sha256}
    assert run("check", shipped_ids()[-1])["holds"]


def test_in_a_process_of_its_own_without_a_database(tmp_path: Path) -> None:
    """Standard output is JSON and nothing else; wrong usage has status 2 and no traceback."""
    path = written(tmp_path / "d.json", INNOCENT)
    good = manage(tmp_path, "explain", "--declaration", path, "--json")
    assert (good.returncode, json.loads(good.stdout)["outcome"]) == (0, "allowed")
    for args in (["explain"], ["bogus"], [], ["check", "1999-01-01"], ["replay"]):
        bad = manage(tmp_path, *args)
        assert bad.returncode == 2, args
        assert bad.stdout == ""
        assert "Traceback" not in bad.stderr
        assert len(bad.stderr.strip().splitlines()) == 1


def manage(folder: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    env = {
        **os.environ,
        "SOUNDCHECK_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/no.db",
    }
    command = [sys.executable, "manage.py", "policy", *args]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
