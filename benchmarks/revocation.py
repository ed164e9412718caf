"""What was taken back, at ten million members, a line `name value unit` each. PostgreSQL only:

    scripts/with_postgres.sh .venv/bin/python benchmarks/revocation.py [MEMBERS]

Twenty snapshots share the members; each is the input of a model with a fine-tune. One of them has
the tracks of 200 artists who said yes by the product's own verbs; then all of them take it back.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SOUNDCHECK_DATA", tempfile.mkdtemp(prefix="soundcheck-revocation-"))

from benchmarks.ledger import show, timed  # noqa: E402, I001  it sets Django up

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from apps.audit import keys  # noqa: E402
from apps.audit.sequencer import sequence_pending  # noqa: E402
from apps.catalogue.models import Track  # noqa: E402
from apps.consent.projection import settle  # noqa: E402
from apps.training.affected import models_affected_by  # noqa: E402
from apps.training.models import SnapshotMember  # noqa: E402
from apps.training.revocation.opening import open_cases  # noqa: E402
from apps.training.revocation.steps import do_step, waiting_steps  # noqa: E402
from apps.training.staleness import find_stale  # noqa: E402
from tests.consent.saying import lift, say_yes, take_back  # noqa: E402
from tests.factories import ReleaseFactory, TrackFactory  # noqa: E402
from tests.training.rows import model_of, snapshot_of  # noqa: E402

MEMBERS, SNAPSHOTS, ARTISTS, EACH = 10_000_000, 20, 200, 5
RANK = ("recommendation", "train")
TABLE = SnapshotMember._meta.db_table


def make_artists() -> list[Track]:
    """Artists whose every track may be ranked."""
    tracks = []
    for _ in range(ARTISTS):
        release = ReleaseFactory()
        tracks += TrackFactory.create_batch(
            EACH, release=release, audio=None, answers={"label_licensed": False}
        )
        lift(release.owner, release.owner)
        say_yes(release.owner, release.owner, RANK)
    sequence_pending()
    settle()
    return tracks


def fill(snapshots: list[int], members: int) -> None:
    """So many made-up members in each; the same made-up tracks in all."""
    with connection.cursor() as cursor:
        for key in snapshots:
            cursor.execute(
                f"INSERT INTO {TABLE} (snapshot_id, track_id, policy_version) "  # noqa: S608
                "SELECT %s, md5('track' || n)::uuid, '2026-11-20' FROM generate_series(1, %s) AS n",
                [key, members],
            )
        cursor.execute(f"VACUUM ANALYZE {TABLE}")


def best(work, times: int = 5) -> float:
    """Seconds of the middle one of several."""
    return sorted(timed(work) for _ in range(times))[times // 2]


def main() -> None:
    """All of it."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS
    call_command("migrate", verbosity=0)
    keys.make_key()
    tracks = make_artists()
    ours = [snapshot_of(tracks, "ranking")]
    ours += [snapshot_of([], "ranking") for _ in range(SNAPSHOTS - 1)]
    for number, one in enumerate(ours):
        base = model_of(one, name=f"rank-{number}")
        model_of(name=f"rank-{number}", version="v2", base=base)
    fill([one.pk for one in ours], members // SNAPSHOTS)
    show("members", SnapshotMember.objects.count(), "rows")
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5('track' || n)::uuid FROM generate_series(1, 5000) AS n")
        made_up: list[UUID] = [row[0] for row in cursor.fetchall()]
    show("models of one track", len(models_affected_by(made_up[:1])), "models")
    show("affected_one_track", best(lambda: models_affected_by(made_up[7:8]), 21) * 1000, "ms")
    show("affected_5000_tracks", best(lambda: models_affected_by(made_up), 3), "s")
    show("stale_nothing_said", best(lambda: find_stale(ours[0])) * 1000, "ms")
    for owner in {track.release.owner for track in tracks}:
        take_back(owner, owner, RANK)
    sequence_pending()
    began = time.monotonic()
    look = find_stale(ours[0])
    show("stale_by_delta", time.monotonic() - began, "s")
    show("stale_found", len(look.stale), "tracks")
    show("stale_by_delta_again", best(lambda: find_stale(ours[0])), "s")
    began = time.monotonic()
    show("cases", open_cases(), "cases")
    show("opening", time.monotonic() - began, "s")
    began, steps = time.monotonic(), 0
    while done := [key for key in waiting_steps().values_list("pk", flat=True) if do_step(key)]:
        steps += len(done)
    show("steps_done", steps, "steps")
    show("each_step", (time.monotonic() - began) / steps * 1000, "ms")


if __name__ == "__main__":
    main()
