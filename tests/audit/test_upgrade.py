"""Events from before the log join it; a backup that is put back is not signed. Real databases."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from benchmarks.site import Site

pytestmark = pytest.mark.services
POSTGRESQL = os.environ.get("DATABASE_URL", "").startswith("postgres")

OLD_EVENTS = """
import json, uuid
from django.db import connection
from django.utils import timezone
from apps.accounts.models import User
person = User.objects.create_user(email="old@example.org", name="Old")
told = {"from": "a", "score": 0.25, "large": 2**60, "names": ["Zo\\u00eb", None, True]}
sqlite = connection.vendor == "sqlite"
who = person.pk.hex if sqlite else person.pk
with connection.cursor() as cursor:
    for number in range(2500):
        uid = uuid.uuid4().hex if sqlite else uuid.uuid4()
        cursor.execute(
            "INSERT INTO audit_event (uid, at, kind, subject_type, subject_id, data, actor_id) "
            "VALUES (%s, %s, 'old.happened', 'x.y', %s, %s, %s)",
            [uid, timezone.now(), str(number), json.dumps(told), who if number else None],
        )
"""
HAPPEN = """
from apps.accounts.models import User
from apps.audit.record import record
person = User.objects.get()
record(kind="new.happened", subject=person, actor=person)
"""
LOOK = """
import json
from apps.audit.models import Event
from apps.audit.payload import commitment_to
first, second = Event.objects.order_by("id")[:2]
detail = second.detail
kept = commitment_to(bytes(detail.salt), str(detail.actor_id), detail.data)
print(json.dumps([first.actor, second.actor.email, second.data,
                  kept == json.loads(second.payload)["detail"]]))
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An empty database and a data folder of their own."""
    if not POSTGRESQL:
        with Site(tmp_path) as made:
            yield made
        return
    name = f"upgrade_{uuid4().hex[:12]}"
    _sql(f"CREATE DATABASE {name}")
    try:
        with Site(tmp_path, DATABASE_URL=_named(name)) as made:
            yield made
    finally:
        for one in (name, f"{name}_kept"):
            _sql(f"DROP DATABASE IF EXISTS {one} WITH (FORCE)")


def test_old_events_join_the_log_and_a_restored_backup_is_not_signed(site: Site) -> None:
    run(site, "migrate", "accounts", "-v0")
    run(site, "migrate", "audit", "0001", "-v0", "--skip-checks")
    run(site, "shell", "-v0", "-c", OLD_EVENTS)
    run(site, "migrate", "-v0")
    data = {"from": "a", "score": "0.25", "large": str(2**60), "names": ["Zoë", None, True]}
    assert json.loads(run(site, "shell", "-v0", "-c", LOOK)) == [
        None,
        "old@example.org",
        data,
        True,
    ]
    run(site, "shell", "-v0", "-c", "from apps.audit import keys; keys.make_key()")
    assert json.loads(run(site, "audit", "checkpoint", "--json"))["added"] == 2500
    assert json.loads(run(site, "audit", "verify", "--json"))["leaves"] == 2500

    keep(site)
    run(site, "shell", "-v0", "-c", HAPPEN)
    checkpoint = run(site, "audit", "checkpoint")
    assert checkpoint.split("\n")[1] == "2501"
    restore(site)
    run(site, "shell", "-v0", "-c", HAPPEN)
    for arguments in (["checkpoint"], ["verify"]):
        done = site.manage("audit", *arguments, "--json")
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    refused = json.loads(site.manage("audit", "checkpoint", "--json").stdout)
    assert refused["error"] == "database_behind"
    assert "After a restore" in refused["text"]


def run(site: Site, *arguments: str) -> str:
    done = site.manage(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def keep(site: Site) -> None:
    """A backup, as an operator makes it."""
    if POSTGRESQL:
        name = _name(site)
        _sql(f"CREATE DATABASE {name}_kept TEMPLATE {name}")
    else:
        run(site, "shell", "-v0", "-c", _CHECKPOINT_WAL)
        shutil.copy(site.data / "soundcheck.db", site.data / "kept.db")


def restore(site: Site) -> None:
    """The backup in the place of the database; key and head stay where they are."""
    if POSTGRESQL:
        name = _name(site)
        _sql(f"DROP DATABASE {name} WITH (FORCE)")
        _sql(f"CREATE DATABASE {name} TEMPLATE {name}_kept")
        return
    for left in site.data.glob("soundcheck.db*"):
        left.unlink()
    shutil.copy(site.data / "kept.db", site.data / "soundcheck.db")


_CHECKPOINT_WAL = (
    "from django.db import connection\n"
    "with connection.cursor() as cursor: cursor.execute('PRAGMA wal_checkpoint(TRUNCATE)')"
)


def _name(site: Site) -> str:
    return site.env["DATABASE_URL"].partition("?")[0].rpartition("/")[2]


def _sql(statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


def _named(name: str) -> str:
    head, _, query = os.environ["DATABASE_URL"].partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
