"""What the ledger says, as plain values that `resolve` reads. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

GRANTED, DENIED, REVOKED, OBJECTED = "granted", "denied", "revoked", "objected"
RESERVED, UNRESERVED = "reserved", "unreserved"
DISPUTED, UNDISPUTED = "disputed", "undisputed"
INVALIDATED = "invalidated"

NOES = frozenset({DENIED, REVOKED, OBJECTED})
# The only ones that can make anything possible. They count once they are leaves of the log.
WIDENING = frozenset({GRANTED, UNRESERVED, UNDISPUTED})
STATUSES = (GRANTED, *sorted(NOES), RESERVED, UNRESERVED, DISPUTED, UNDISPUTED, INVALIDATED)

# From the widest to the narrowest.
SCOPES = ("account", "release", "asset")


@dataclass(frozen=True)
class Entry:
    """One event of the ledger that concerns an asset.

    `permission`: "generative_music.train", or "" where the event is about all of them.
    `subject`: whose rights; `grantor`: who spoke for them. Both are pseudonyms.
    `effective_to`: when a grant ends; for an invalidation, until when
    yeses of that grantor are void.
    `record` ties the opening of a dispute to its closing. `proven`: it has a leaf in the log, and
    `leaf` is its number. The rest tells about the answer; it decides nothing.
    """

    uid: str
    seq: int
    record: str
    status: str
    permission: str
    layer: str
    scope: str
    subject: str
    grantor: str
    effective_from: datetime
    recorded_at: datetime
    effective_to: datetime | None = None
    jurisdiction: str = ""
    territory_include: tuple[str, ...] = ()
    territory_exclude: tuple[str, ...] = ()
    epoch: int = 0
    proven: bool = True
    leaf: int | None = None
    terms_version: str = ""
    captured_at: datetime | None = None

    @property
    def depth(self) -> int:
        """How specific its scope is: 0 for the account, 2 for one track."""
        return SCOPES.index(self.scope)

    def covers(self, jurisdiction: str) -> bool:
        """Whether a grant was given for this place. A missing place is covered by nothing."""
        return (
            bool(jurisdiction)
            and self.jurisdiction == jurisdiction
            and (not self.territory_include or jurisdiction in self.territory_include)
            and jurisdiction not in self.territory_exclude
        )


@dataclass(frozen=True)
class Asset:
    """What is known about a track besides the ledger.

    `label_licensed`: None where nobody said; then nothing that trains AI is allowed.
    `holders`: pseudonyms of all whose yes is needed. Empty means that nobody is known: no.
    """

    label_licensed: bool | None
    holders: frozenset[str]


def newest(entries: Iterable[Entry]) -> Entry | None:
    """The one that counts from the latest time, and of those the one written last."""
    return max(entries, key=lambda one: (one.effective_from, one.seq), default=None)
