"""`audit verify`: the log computed again from its rows, compared with all that was signed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from apps.audit import keys
from apps.audit.details import verify_details
from apps.audit.errors import LedgerError
from apps.audit.guards import faults, guarded_models, ledger_models
from apps.audit.head import read_head
from apps.audit.leaves import Broken, Fault, leaf_batches
from apps.audit.merkle import EMPTY, HEIGHT, TILE, Frontier, fold, frontier_at
from apps.audit.models import Checkpoint, Leaf, Pending, Tile
from apps.audit.notes import BadNote, Verifier, open_checkpoint
from apps.audit.notes import Checkpoint as Said
from apps.audit.tree import Gap, StoredTree

PATIENCE = timedelta(minutes=1)  # how long a row may wait for its leaf


@dataclass
class Report:
    """What was found. `fault` is the first thing that is wrong; None when everything holds."""

    leaves: int = 0
    root: str = EMPTY.hex()
    checkpoint: str = ""
    checkpoints: int = 0
    verified_from: int = 0
    waiting: int = 0
    details: int | None = None  # rows beside the log that were compared; None: not asked
    fault: Fault | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"ok": self.fault is None, **asdict(self)}


@dataclass
class Signed:
    """What was said of the tree at each size, by whom."""

    of_size: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)

    def add(self, who: str, said: Said) -> None:
        """One more statement."""
        self.of_size.setdefault(said.size, []).append((who, said.root))

    def require(self, size: int, top: bytes) -> None:
        """Raises Broken when somebody said otherwise."""
        for who, root in self.of_size.get(size, ()):
            if root != top:
                raise Broken(Fault(f"{who} of {size} leaves has another root than its rows"))


def verify(*, start: int = 0, against: Said | None = None, details: bool = False) -> Report:
    """Verifies the log from leaf `start` on, rounded down to a tile; tiles before it are believed.

    `against`: a checkpoint kept elsewhere, its signature verified already. `details`: also what
    stands beside the rows and was not erased, against their payloads. Raises nothing but what
    the database raises: every fault is in the report.
    """
    report = Report(waiting=Pending.objects.count())
    try:
        _verify(report, start, against)
        if details:
            report.details = verify_details(report.verified_from)
    except Broken as broken:
        report.fault = broken.fault
    except LedgerError as error:
        report.fault = Fault(str(error))
    except Gap as error:
        report.fault = Fault(str(error))
    return report


def _verify(report: Report, start: int, against: Said | None) -> None:
    newest = Checkpoint.objects.order_by("-size", "-id").first()
    size = newest.size if newest else 0
    report.leaves, report.checkpoint = size, newest.note if newest else ""
    start = min(start, size) // TILE * TILE
    report.verified_from = start
    signed = _signed(report, against)
    if (most := max(signed.of_size, default=0)) > size:
        who = signed.of_size[most][0][0]
        raise Broken(Fault(f"{who} has {most} leaves, the database only {size}"))
    frontier = _grow(signed, start, size)
    report.root = frontier.root.hex()
    _require_nothing_beside(size)
    _require_guards()


def _signed(report: Report, against: Said | None) -> Signed:
    """Every checkpoint of the table, the head, and the one from elsewhere. Raises Broken."""
    signed, verifiers = Signed(), keys.verifiers()
    for row in Checkpoint.objects.order_by("id").iterator():
        signed.add("the checkpoint", _opened(row, verifiers))
        report.checkpoints += 1
    if head := read_head(verifiers):
        signed.add("the head outside the database", head)
    elif report.checkpoints:
        raise Broken(Fault("the head outside the database is missing"))
    if against:
        signed.add("the checkpoint given", against)
    return signed


def _opened(row: Checkpoint, verifiers: Sequence[Verifier]) -> Said:
    try:
        said = open_checkpoint(row.note, verifiers)
    except BadNote as error:
        raise Broken(Fault(f"checkpoint {row.pk}: {error}")) from error
    if (said.origin, said.size, said.root) != (row.origin, row.size, bytes(row.root)):
        raise Broken(Fault(f"checkpoint {row.pk}: its columns differ from what was signed"))
    return said


def _grow(signed: Signed, start: int, size: int) -> Frontier:
    """The tree over rows [start, size), compared at every size that was signed, and with tiles."""
    frontier = frontier_at(StoredTree().node, start)
    signed.require(start, frontier.root)
    roots: list[bytes] = []
    for hashes in leaf_batches(start, size):
        folded = _require_tiles(0, frontier.size // TILE, hashes)
        _add(frontier, hashes, folded, signed)
        roots += folded
    _require_upper_tiles(start // TILE, roots)
    return frontier


def _add(frontier: Frontier, hashes: list[bytes], folded: list[bytes], signed: Signed) -> None:
    """Adds leaves, a tile at once where nobody signed anything within it."""
    for number in range(0, len(hashes), TILE):
        tile = hashes[number : number + TILE]
        inner = range(frontier.size + 1, frontier.size + len(tile))
        if len(tile) == TILE and signed.of_size.keys().isdisjoint(inner):
            frontier.add(folded[number // TILE], HEIGHT)
            signed.require(frontier.size, frontier.root)
            continue
        for leaf in tile:
            frontier.add(leaf)
            if frontier.size in signed.of_size:
                signed.require(frontier.size, frontier.root)


def _require_tiles(level: int, first: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Compares the complete tiles over `hashes` with those that are kept; returns their roots."""
    count = len(hashes) // TILE
    kept = Tile.objects.filter(level=level, index__gte=first, index__lt=first + count)
    found = {row.index: row for row in kept}
    roots = []
    for number in range(count):
        tile = hashes[number * TILE : (number + 1) * TILE]
        row, top = found.get(first + number), fold(tile)
        if row is None or bytes(row.hashes) != b"".join(tile) or bytes(row.root) != top:
            raise Broken(Fault(f"tile/{level}/{first + number} is not that of its leaves"))
        roots.append(top)
    return roots


def _require_upper_tiles(first: int, roots: list[bytes]) -> None:
    level = 1
    while roots:
        skipped = -first % TILE  # a tile that began before is believed
        first = (first + skipped) // TILE
        roots = _require_tiles(level, first, roots[skipped:])
        level += 1


def _require_nothing_beside(size: int) -> None:
    """No leaf without a checkpoint, no row without a leaf, nothing that waits too long."""
    beyond = Leaf.objects.filter(index__gte=size).order_by("index").first()
    if beyond and not Checkpoint.objects.filter(size__gt=size).exists():
        raise Broken(Fault("the leaf was never signed", beyond.pk, beyond.source, str(beyond.uid)))
    for model in ledger_models():
        _require_queued(model._meta.db_table)
    late = Pending.objects.filter(at__lt=Now() - PATIENCE).order_by("id").first()
    if late:
        what = "the row waits for more than a minute"
        raise Broken(Fault(what, None, late.source, str(late.uid)))


def _require_queued(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"""
            SELECT uid FROM "{table}" AS kept
            WHERE NOT EXISTS (SELECT 1 FROM audit_leaf WHERE audit_leaf.uid = kept.uid)
              AND NOT EXISTS (SELECT 1 FROM audit_pending WHERE audit_pending.uid = kept.uid)
            ORDER BY id LIMIT 1""")  # noqa: S608  our own table names
        row = cursor.fetchone()
    if row:
        raise Broken(Fault("the row was never queued for the log", None, table, str(row[0])))


def _require_guards() -> None:
    names = [name for one in guarded_models() for name in faults(connection, one)]
    if missing := ", ".join(dict.fromkeys(names)):
        raise Broken(Fault(f"guards are missing or changed: {missing}"))
