"""Many who speak at once, a sequencer, and two readers: by leaf, and by id as it is not done."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Event as Signal
from uuid import UUID

from django.db import connections

from apps.accounts.models import User
from apps.audit.models import Leaf
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import Track
from apps.consent.choices import record_consent
from apps.consent.many import record_for_tracks
from apps.consent.models import ConsentEvent, Status
from benchmarks.consent_kinds import TERMS

WRITERS, EACH, AT_ONCE = 16, 100, 100
TABLE = ConsentEvent._meta.db_table
fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Heard:
    """What the race showed: events written, seconds, and what each reader never saw."""

    events: int
    seconds: float
    lost_by_leaf: int
    lost_by_id: int


def race(artists: list[User], each: int = EACH) -> Heard:
    """Every artist says yes and no in turn, each in a process and a transaction of its own."""
    return _race([fork.Process(target=_speak, args=(one.pk, each)) for one in artists], each)


def race_at_once(officers: list[User], batches: int) -> Heard:
    """Every officer says no for other people's tracks, AT_ONCE of them in one transaction."""
    each = batches * AT_ONCE
    keys = list(Track.objects.order_by("-pk").values_list("pk", flat=True)[: each * len(officers)])
    parts = [keys[number * each :][:each] for number in range(len(officers))]
    pairs = zip(officers, parts, strict=True)
    return _race([fork.Process(target=_say_no, args=(one.pk, part)) for one, part in pairs], each)


def _race(writers: "list[ForkProcess]", each: int) -> Heard:
    first = ConsentEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    leaf = Leaf.objects.count()
    stop, lines = fork.Event(), [fork.Queue(), fork.Queue()]
    connections.close_all()
    readers = [
        fork.Process(target=_read, args=(_by_leaf, leaf, stop, lines[0])),
        fork.Process(target=_read, args=(_by_id, first, stop, lines[1])),
        fork.Process(target=_sequence, args=(stop,)),
    ]
    for one in readers:
        one.start()
    began = time.perf_counter()
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    took = time.perf_counter() - began
    stop.set()
    seen = [line.get() for line in lines]
    for one in readers:
        one.join()
    if any(one.exitcode for one in [*writers, *readers]):
        raise SystemExit("A writer, reader or the sequencer failed.")
    said = set(ConsentEvent.objects.filter(id__gt=first).values_list("uid", flat=True))
    if len(said) != len(writers) * each:
        raise SystemExit(f"{len(said)} events were written, not {len(writers) * each}.")
    return Heard(len(said), took, len(said - seen[0]), len(said - seen[1]))


def _speak(artist_id: UUID, each: int) -> None:
    artist = User.objects.get(pk=artist_id)
    tracks = list(Track.objects.filter(release__owner=artist).select_related("release"))
    for number in range(each):
        record_consent(
            by=artist,
            of=tracks[number % len(tracks)],
            use_case="recommendation",
            verb="infer",
            granted=number // len(tracks) % 2 == 0,
            jurisdiction="DE",
            terms_version=TERMS,
        )


def _say_no(officer_id: UUID, tracks: list[UUID]) -> None:
    officer = User.objects.get(pk=officer_id)
    for first in range(0, len(tracks), AT_ONCE):
        record_for_tracks(
            by=officer,
            tracks=tracks[first : first + AT_ONCE],
            said=Status.DENIED,
            use_case="metadata_tagging",
            verb="infer",
        )


def _sequence(stop: Signal) -> None:
    """As the clock does, more often; once more when everybody is done."""
    while not stop.is_set():
        sequence_pending()
        time.sleep(0.5)
    sequence_pending()


Ask = Callable[[int], list[tuple[int, UUID]]]


def _read(ask: Ask, last: int, stop: Signal, line: "multiprocessing.Queue[set[UUID]]") -> None:
    """Asks for what came after the last it saw, until there is nothing new at the end."""
    seen: set[UUID] = set()
    idle = 0
    while idle < 20:
        stopped = stop.is_set()
        found = ask(last)
        seen |= {uid for _, uid in found}
        last = max([last, *(number for number, _ in found)])
        idle = 0 if found or not stopped else idle + 1
        time.sleep(0.1)
    line.put(seen)


def _by_leaf(last: int) -> list[tuple[int, UUID]]:
    """`last`: how many leaves were seen, so the next has that index. All tables move the cursor."""
    found = Leaf.objects.filter(index__gte=last).order_by("index")
    return [(index + 1, uid) for index, uid in found.values_list("index", "uid")]


def _by_id(last: int) -> list[tuple[int, UUID]]:
    rows = ConsentEvent.objects.filter(id__gt=last).order_by("id")
    return list(rows.values_list("id", "uid"))
