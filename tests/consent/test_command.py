"""The command: what is scripted against, and hostile input."""

import json
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from apps.consent.management.commands.consent import Command
from apps.consent.models import ConsentEvent, ConsentState
from tests.consent.saying import TERMS, now_of
from tests.factories import ArtistFactory, TrackFactory

pytestmark = pytest.mark.django_db
USE = ["--use-case", "recommendation", "--verb", "infer"]


def run(*words: object) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("consent", *map(str, words), stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, str(error)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue() + err.getvalue()
    return 0, out.getvalue()


def yes(track, artist, *more: str) -> list[object]:
    words = ["record", track.pk, *USE, "--yes", "--by", artist.email, "--terms", TERMS]
    return [*words, *more]


def test_record_show_revoke(track, artist, prove) -> None:
    code, text = run(*yes(track, artist, "--jurisdiction", "DE", "--json"))
    made = json.loads(text)
    assert (code, made["status"], made["use_case"]) == (0, "granted", "recommendation")
    prove()
    code, text = run("show", track.pk, "--json")
    told = json.loads(text)
    [row] = [one for one in told["permissions"] if one["allowed"] and one["shown"] == "yes"]
    assert (row["use_case"], row["jurisdiction"]) == ("recommendation", "DE")
    assert (told["no_ai"]["on"], len(told["events"])) == (True, 1)
    code, text = run("show", track.pk, "--at", "2026-11-21", "--json")
    assert not any(one["shown"] == "yes" for one in json.loads(text)["permissions"])
    code, text = run("show", track.pk)
    assert "recommendation.infer: yes DE" in text
    code, text = run("revoke", track.pk, *USE, "--by", artist.email)
    assert (code, "revoked recommendation.infer" in text) == (0, True)
    assert not now_of(track).allowed
    code, text = run("receipt", made["id"])
    assert (code, json.loads(text)["proof"]["status"]) == (0, "in_the_log")


def test_the_other_verbs(track, artist) -> None:
    email = artist.email
    assert run("no-ai", f"account:{email}", "off", "--by", email, "--terms", TERMS)[0] == 0
    assert run("no-ai", f"release:{track.release_id}", "on", "--by", email)[0] == 0
    objected = ["--use-case", "analytics", "--verb", "infer"]
    assert run("object", track.pk, *objected, "--by", email)[0] == 0
    assert run(*yes(track, artist, "--jurisdiction", "DE"))[0] == 0
    code, text = run("revoke", f"account:{email}", "--all", "--by", email, "--json")
    assert (code, len(json.loads(text))) == (0, 1)
    assert run("terms", TERMS, TERMS, "--json") == (0, "[]\n")
    assert run("check")[0] == 0
    assert run("rebuild")[0] == 0
    ConsentState.objects.update(policy_epoch=7)
    code, text = run("check", "--json")
    assert (code, json.loads(text)["ok"]) == (1, False)


@pytest.mark.parametrize("text", ["", "x", "release:x", "account:", "account:a\udcff@b", "QZ\x00"])
def test_targets_that_are_not_there(track, artist, text: str) -> None:
    code, said = run("revoke", text, *USE, "--by", artist.email)
    assert (code, said.startswith("There is no")) == (2, True)
    said.encode()


def test_isrcs(track, artist) -> None:
    track.isrc = "QZABC2600001"
    track.save()
    assert run("show", "qz-abc-26-00001")[0] == 0
    TrackFactory(isrc=track.isrc)
    code, text = run("show", track.isrc)
    assert (code, "2 tracks have" in text) == (2, True)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (["--jurisdiction", ""], 2),
        (["--jurisdiction", "Germany"], 2),
        (["--jurisdiction", "DE", "--use-case", "generativ"], 2),
        (["--jurisdiction", "DE", "--from", "yesterday"], 2),
        (["--jurisdiction", "DE", "--from", "99999-01-01"], 2),
        (["--jurisdiction", "DE", "--from", "2026-11-21"], 1),
        (["--jurisdiction", "DE", "--use-case", "generative_music", "--verb", "train"], 1),
        (["--jurisdiction", "DE", "--terms", "1999"], 1),
        (["--jurisdiction", "DE", "--layer", "artwork"], 2),
    ],
)
def test_refusals_say_why_and_write_nothing(track, artist, more: list[str], status: int) -> None:
    code, text = run(*yes(track, artist, *more))
    assert (code, bool(text.strip())) == (status, True)
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("more", [["--no"], ["--surprise"], ["--jurisdiction"]])
def test_wrong_usage_is_one_line(track, artist, more: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        Command().run_from_argv(["manage.py", "consent", *map(str, yes(track, artist, *more))])
    assert stopped.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_stranger_is_refused(track) -> None:
    code, text = run(*yes(track, ArtistFactory(), "--jurisdiction", "DE", "--json"))
    assert (code, json.loads(text)["error"]["code"]) == (1, "no_authority")
    assert run("receipt", uuid4())[0] == 2
    assert run("terms", "1", "2")[0] == 2


# --- import ---

HEAD = "target,status,use_case,verb,by,jurisdiction,terms_version,authority,captured_at\n"


def csv_of(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    file = tmp_path / "consents.csv"
    file.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def test_a_whole_file_or_nothing(track, artist, tmp_path) -> None:
    good = f"{track.pk},granted,recommendation,infer,{artist.email},DE,{TERMS},letter 4,2026-10-01"
    lines = [
        good,
        f"{track.pk},granted,recommendation,infer,{artist.email},DE,{TERMS},,",
        f"{track.pk},maybe,recommendation,infer,{artist.email},DE,{TERMS},letter 4,",
        f"{uuid4()},denied,recommendation,infer,{artist.email},,,,",
        f"{track.pk},denied,recommendation,infer,nobody@example.org,,,,",
        f"{track.pk},granted,generative_music,train,{artist.email},DE,{TERMS},letter 4,",
        f"{track.pk},denied,rec\x07,infer,{artist.email},,,,",
    ]
    code, text = run("import", csv_of(tmp_path, *lines), "--json")
    told = json.loads(text)["error"]
    assert (code, [one["line"] for one in told["problems"]]) == (1, [3, 4, 5, 6, 7, 8])
    assert not ConsentEvent.objects.exists()
    assert not ConsentState.objects.exists()
    lines = [
        good,
        f"account:{artist.email},no_ai_off,,,{artist.email},,{TERMS},letter 4,",
        f"{track.pk},granted,generative_music,train,{artist.email},DE,{TERMS},letter 4,",
        f"{track.pk},objected,analytics,infer,{artist.email},,,,",
        f"{track.pk},revoked,recommendation,infer,{artist.email},,,,",
        f"release:{track.release_id},no_ai_on,,,{artist.email},,,,",
    ]
    code, text = run("import", csv_of(tmp_path, *lines))
    assert (code, text) == (0, "6 consents imported\n")
    assert not now_of(track).allowed
    first = ConsentEvent.objects.first()
    assert first.captured_at.year == 2026
    assert first.captured_at < first.effective_from


def test_registries_only_take_away(track, artist, tmp_path) -> None:
    head = "target,status,use_case,verb\n"
    no = csv_of(tmp_path, f"{track.pk},,,", f"{track.pk},denied,recommendation,infer", head=head)
    assert run("import", no, "--registry", "isrc-registry") == (0, "2 consents imported\n")
    assert run("import", no, "--registry", "isrc-registry")[0] == 0
    assert ConsentEvent.objects.count() == 2
    assert run(*yes(track, artist, "--jurisdiction", "DE"))[0] == 0
    assert now_of(track).reason == "denied"
    yes_line = csv_of(tmp_path, f"{track.pk},granted,recommendation,infer", head=head)
    assert run("import", yes_line, "--registry", "isrc-registry")[0] == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"target,status\n",
        b"target,status,by,colour\n",
        HEAD.encode() + b'"never closed',
        HEAD.encode() + b"," * 30 + b"\n",
        HEAD.encode() + b"x" * 200_000 + b"\n",
    ],
)
def test_files_that_are_none(tmp_path, raw: bytes) -> None:
    file = tmp_path / "hostile.csv"
    file.write_bytes(raw)
    code, text = run("import", file)
    assert (code, "cannot be imported" in text) == (2, True)
    assert run("import", tmp_path)[0] == 2
    assert run("import", tmp_path / "missing.csv")[0] == 2
