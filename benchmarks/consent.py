"""Consent and training at a million tracks, a line `name value unit` each. PostgreSQL only:

    export SOUNDCHECK_PG_FSYNC=on SOUNDCHECK_PG_OPTIONS="-c shared_buffers=2GB -c max_wal_size=8GB"
    scripts/with_postgres.sh .venv/bin/python benchmarks/consent.py [TRACKS]

TRACKS is a multiple of 1,000. The tracks are copies of fifteen kinds of accounts that were made by
the product's own verbs (`consent_kinds.py`, `consent_copies.py`); before anything is measured, the
states of a sample are compared with a replay of the ledger.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SOUNDCHECK_DATA", tempfile.mkdtemp(prefix="soundcheck-consent-"))

from benchmarks.ledger import LEAVES, fill, show, timed  # noqa: E402, I001  it sets Django up

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.accounts.roles import Role  # noqa: E402
from apps.audit import keys  # noqa: E402
from apps.audit.models import Leaf  # noqa: E402
from apps.audit.sequencer import sequence_pending  # noqa: E402
from apps.audit.verify import verify  # noqa: E402
from apps.catalogue.models import Track  # noqa: E402
from apps.consent.allowed import tracks_allowed  # noqa: E402
from apps.consent.exclusions import exclusions  # noqa: E402
from apps.consent.models import ConsentEvent, ConsentState  # noqa: E402
from apps.consent.projection import find_differences, settle  # noqa: E402
from apps.consent.reading import state_of  # noqa: E402
from apps.consent.reservations import reserve_no_ai  # noqa: E402
from apps.policy.publish import publish_shipped_ruleset  # noqa: E402
from apps.portal.lineage_page import PER_PAGE, read_lineage, read_members  # noqa: E402
from apps.training.affected import models_affected_by  # noqa: E402
from apps.training.allowlist import Asked, allow_list  # noqa: E402
from apps.training.lineage import lineage_of  # noqa: E402
from apps.training.models import ModelVersion, Snapshot, SnapshotMember  # noqa: E402
from apps.training.staleness import find_stale  # noqa: E402
from benchmarks.consent_copies import copy_events, copy_music, copy_states  # noqa: E402
from benchmarks.consent_kinds import KINDS, MAKE, MODERATE, RANK, TERMS, make_account  # noqa: E402
from benchmarks.consent_models import many_like, register_trained, seal  # noqa: E402
from benchmarks.consent_writers import EACH, WRITERS, race, race_at_once  # noqa: E402

TRACKS = 1_000_000
OF_AN_ACCOUNT = 10
SAMPLE = 3_000  # tracks whose states are replayed before anything is measured
SNAPSHOTS = 18  # of half the tracks each, beside those sealed for real
REVOKERS = 100  # accounts of ten tracks each that turn “No AI” on after the seal
ASKED = 300  # single questions of which the average is told
T = TypeVar("T")


def clocked(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that `work` took, and what it returned."""
    found: list[T] = []
    took = timed(lambda: found.append(work()))
    return took, found[0]


def make_world(tracks: int) -> None:
    """The tracks, what was said about them, its leaves, its states, and a proof of the states."""
    publish_shipped_ruleset()
    keys.make_key()
    accounts = {make_account(kind): kind.share for kind in KINDS}
    sequence_pending()
    settle()
    hundreds = tracks // OF_AN_ACCOUNT // 100
    copy_music({who: share * hundreds - 1 for who, share in accounts.items()})
    show("consent_copied_events", waiting := copy_events(), "events")
    show("consent_sequencer", waiting / timed(sequence_pending), "events/s")
    copy_states()
    show("consent_tracks", Track.objects.count(), "tracks")
    show("consent_states", ConsentState.objects.count(), "rows")
    prove_states()


def prove_states() -> None:
    """The states of a sample of tracks are those of a replay; stops everything where one is not."""
    every = max(1, Track.objects.count() // SAMPLE)
    keys_of = Track.objects.order_by("pk").values_list("pk", flat=True)
    sample = [key for number, key in enumerate(keys_of.iterator()) if number % every == 0]
    wrong = list(find_differences(Track.objects.filter(pk__in=sample)))
    if wrong:
        raise SystemExit("\n".join(["The copied states are not those of a replay:", *wrong[:9]]))
    show("consent_states_proven_on", len(sample), "tracks")


def measure_writers() -> None:
    """Sixteen artists who answer at once."""
    silent = User.objects.filter(email__endswith=f"{KINDS[0].name}@example.org").order_by("pk")
    heard = race(list(silent[:WRITERS]), EACH if Track.objects.count() > 100_000 else EACH // 10)
    show(f"consent_record_{WRITERS}_writers", heard.events / heard.seconds, "events/s")
    show("consent_lost_by_leaf", heard.lost_by_leaf, "events")
    show("consent_lost_by_id", heard.lost_by_id, "events")
    many = Track.objects.count() > 100_000
    officers = [
        User.objects.create_user(
            email=f"officer-{number}@example.org", password=None, role=Role.COMPLIANCE_OFFICER
        )
        for number in range(WRITERS if many else 2)
    ]
    at_once = race_at_once(officers, 10 if many else 1)
    show(f"consent_record_at_once_{WRITERS}_writers", at_once.events / at_once.seconds, "events/s")
    show("consent_lost_by_leaf_at_once", at_once.lost_by_leaf, "events")
    if heard.lost_by_leaf or at_once.lost_by_leaf:
        raise SystemExit("A reader by leaf missed events.")


def measure_lists() -> None:
    """Who may be in, and how many are left out by which reason, for three classes."""
    for use_case, verb in (MAKE, RANK, MODERATE):
        asked: dict[str, Any] = {"use_case": use_case, "verb": verb, "jurisdiction": "DE"}
        asked |= {"min_epoch": 1, "at": timezone.now()}
        rows = tracks_allowed(**asked).order_by("pk").values_list("pk", flat=True)
        took, found = clocked(partial(list, rows))
        show(f"consent_listed_{use_case}", len(found), "tracks")
        show(f"consent_list_{use_case}", took, "s")
        took, left = clocked(partial(exclusions, **asked))
        show(f"consent_exclusions_{use_case}", took, "s")
        if len(found) + sum(left.values()) != Track.objects.count():
            raise SystemExit(f"{use_case}: listed and left out do not add up: {left}")


def measure_one_track() -> None:
    """The state of one track at a time, as it was known at a time: replayed from the ledger."""
    spoken = User.objects.filter(email__contains=".generous@").values("pk")
    found = Track.objects.filter(release__owner__in=spoken).order_by("pk")
    tracks = list(found.select_related("release", "declaration")[:ASKED])
    at = timezone.now() - timedelta(days=30)

    def ask() -> None:
        for track in tracks:
            state_of(
                track,
                use_case=MAKE[0],
                verb=MAKE[1],
                jurisdiction="DE",
                at=at,
                known_at=at,
            )

    show("consent_state_as_of", timed(ask) / len(tracks) * 1000, "ms")


def measure_verify(leaves: int) -> None:
    """`audit verify` over everything, the log filled up to so many leaves with ordinary events."""
    missing = leaves - Leaf.objects.count()
    if missing > 0:
        fill(User.objects.earliest("date_joined"), missing)
        sequence_pending()
    took, report = clocked(verify)
    if report.fault:
        raise SystemExit(f"The log does not verify: {report.fault}")
    show(f"consent_verify_{report.leaves}_leaves", took, "s")


def measure_allow_lists() -> None:
    """The list of a class of models with the count of what is left out; then all its members."""
    for model_class in ("generative_music", "ranking", "search"):
        now = timezone.now()
        asked = Asked(model_class, TERMS, ("DE",), now, now)
        took, found = clocked(partial(allow_list, asked))
        if found.count + sum(found.excluded.values()) != Track.objects.count():
            raise SystemExit(f"{model_class}: listed and left out do not add up: {found}")
        show(f"training_allowed_{model_class}", found.count, "tracks")
        show(f"training_allow_list_{model_class}", took, "s")
        took, members = clocked(lambda one=found: sum(1 for _ in one.members()))
        show(f"training_members_{model_class}", took, "s")
        if members != found.count:
            raise SystemExit(f"{model_class}: {members} members, {found.count} counted.")


def measure_models(tracks: int) -> None:
    """Sealing, the way from a track to its models, staleness, and the page of a lineage."""
    if SnapshotMember.objects.exists():
        sys.exit("Snapshots were measured in this database already: begin with an empty one.")
    took, sealed = clocked(partial(seal, "moderation"))
    show("training_seal_moderation", took, "s")
    show("training_sealed_moderation", sealed.asset_count, "tracks")
    took, large = clocked(partial(seal, "search"))
    show("training_seal_search", took, "s")
    show("training_sealed_search", large.asset_count, "tracks")
    took, model = clocked(partial(register_trained, large, "bench-search"))
    show("training_register", took, "s")
    many = many_like(sealed, count=SNAPSHOTS, members=tracks // 2)
    show("training_members", SnapshotMember.objects.count(), "rows")
    measure_affected()
    measure_staleness(sealed, many[0])
    measure_page(model)


def measure_affected() -> None:
    """Which models learned from one track: fine-tunes included."""
    keys_of = list(Track.objects.order_by("pk").values_list("pk", flat=True)[:ASKED])
    found: list[int] = []
    took = timed(lambda: found.extend(len(models_affected_by([key])) for key in keys_of))
    show("training_affected_of_one_track", took / len(keys_of) * 1000, "ms")
    show("training_models_of_one_track", sum(found) / len(found), "models")


def measure_staleness(sealed: Snapshot, drawn: Snapshot) -> None:
    """After real people took things back: what is stale, by what was said since the seal."""
    speakers = User.objects.filter(email__contains=".ranked@").order_by("pk")[:REVOKERS]
    took = timed(lambda: [reserve_no_ai(by=one, of=one) for one in speakers])
    show("consent_no_ai_on", len(speakers) / took, "accounts/s")
    sequence_pending()
    took, look = clocked(partial(find_stale, drawn))
    show("training_stale_by_delta", took, "s")
    show("training_stale_asked", look.asked, "tracks")
    took, quick = clocked(partial(find_stale, sealed))
    show("training_stale_by_delta_sealed", took, "s")
    took, slow = clocked(partial(find_stale, sealed, full=True))
    show("training_stale_full", took, "s")
    if not quick.stale or quick.stale != slow.stale:
        raise SystemExit(f"Stale by delta {len(quick.stale)}, in full {len(slow.stale)}.")
    show("training_stale_found", len(quick.stale), "tracks")


def measure_page(model: ModelVersion) -> None:
    """What the page of a lineage reads: all but the HTML, and members from the middle."""
    took, found = clocked(lambda: lineage_of(model.name, model.version))
    show("training_lineage", took, "s")
    took, page = clocked(partial(read_lineage, found))
    show("training_lineage_page_beside", took, "s")
    one = page.inputs[0].snapshot
    middle = one.asset_count // PER_PAGE // 2
    took, rows = clocked(partial(read_members, one, number=middle, with_tracks=True))
    show("training_lineage_members_in_the_middle", took, "s")
    if found.fault or page.tracks != one.asset_count:
        raise SystemExit(f"The lineage is not that of {one.asset_count} tracks: {found.fault}")
    if len(rows.rows) != min(PER_PAGE, one.asset_count):
        raise SystemExit("A page of members is not full.")


STEPS: tuple[Callable[[], None], ...] = (
    measure_writers,
    measure_lists,
    measure_allow_lists,
    measure_one_track,
)


def measure(tracks: int) -> None:
    """Everything. A database that holds a world of an earlier run is measured as it is."""
    call_command("migrate", verbosity=0)
    if Track.objects.count() < tracks:
        make_world(tracks)
    for step in STEPS:
        step()
    measure_models(tracks)
    measure_verify(LEAVES * tracks // TRACKS)
    show("consent_events", ConsentEvent.objects.count(), "events")


def tracks_asked(arguments: list[str]) -> int:
    """How many tracks; exits with a sentence where they cannot be made."""
    if connection.vendor != "postgresql":
        sys.exit("This measures PostgreSQL: run it with scripts/with_postgres.sh.")
    given = arguments[0] if arguments else str(TRACKS)
    if not given.isdecimal() or not int(given) or int(given) % 1000:
        sys.exit("TRACKS is a multiple of 1,000.")
    return int(given)


if __name__ == "__main__":
    measure(tracks_asked(sys.argv[1:]))
