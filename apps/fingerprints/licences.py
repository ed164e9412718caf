"""The register of licences for material: registered, taken back, used. The only writes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.countries import COUNTRIES
from apps.catalogue.models import Proof, Track
from apps.catalogue.wake import wake
from apps.fingerprints.licence_errors import (
    LicenceEndsFirst,
    LicenceForOneself,
    LicenceNotEnded,
    LicenceOfNothing,
    LicencePartWrong,
    LicenceWithoutProof,
    LicensorMissing,
    TerritoryUnknown,
)
from apps.fingerprints.licence_rows import LicenceUse, MaterialLicence
from apps.fingerprints.licence_standing import ENDED, standing_on
from apps.fingerprints.models import Reference

TASK = "pipeline.check_licensed"
WORLDWIDE = "worldwide"
MOST = {"licensor": 200, "owner": 200, "note": 2000}  # characters that are kept


@dataclass(frozen=True)
class Covered:
    """What a licence covers: a reference, a track, or all references of an owner (a pack); and
    of one recording perhaps a part, in seconds."""

    reference: Reference | None = None
    track: Track | None = None
    owner: str = ""
    part_s: tuple[float, float] | None = None


@dataclass(frozen=True)
class Terms:
    """What a licence permits: where and when. `territories`: country codes, or "worldwide"."""

    starts_on: date
    ends_on: date | None = None
    exclusive: bool = False
    territories: Sequence[str] = field(default=(WORLDWIDE,))


@transaction.atomic
def register_licence(
    *,
    licensor: str,
    account: User | None,
    covers: Covered,
    terms: Terms,
    note: str,
    by: User,
    proof: Proof | None = None,
) -> MaterialLicence:
    """A licence that `by` has read. `account` None: everybody may use it.

    Raises LicensorMissing, LicenceOfNothing, LicencePartWrong, LicenceEndsFirst, TerritoryUnknown,
    LicenceWithoutProof, LicenceForOneself.
    """
    words = check_licence(licensor, covers, terms, note, account=account, by=by)
    start, end = covers.part_s or (None, None)
    row = MaterialLicence.objects.create(
        **words,
        account=account,
        reference=covers.reference,
        track=covers.track,
        part_start_s=start,
        part_end_s=end,
        exclusive=terms.exclusive,
        territories=checked_territories(terms.territories),
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        proof=proof,
        made_by=by,
    )
    record(kind="licence.registered", subject=row, actor=by, **_told(row))
    return row


@transaction.atomic
def revoke_licence(*, licence: MaterialLicence, by: User) -> None:
    """Takes a licence back: it explains nothing from now on, and what rests on it is checked again.

    Taken back before, it stays as it was.
    """
    now = timezone.now()
    open_one = MaterialLicence.objects.filter(pk=licence.pk, revoked_at=None)
    if open_one.update(revoked_by=by, revoked_at=now):
        licence.revoked_by, licence.revoked_at = by, now
        record(kind="licence.revoked", subject=licence, actor=by, licensor=licence.licensor)
        _doubt_uses(licence)


@transaction.atomic
def doubt_ended(*, licence: MaterialLicence, by: User) -> int:
    """Has tracks checked again that rest on a licence whose term is over: how many uses that were.

    It does not happen by itself: many licences let what came out in the term stay. A person who
    has read this one decides. Raises LicenceNotEnded.
    """
    if standing_on(licence, timezone.localdate()) != ENDED:
        raise LicenceNotEnded
    record(kind="licence.doubted", subject=licence, actor=by, licensor=licence.licensor)
    return _doubt_uses(licence)


def _doubt_uses(licence: MaterialLicence) -> int:
    uses = LicenceUse.objects.filter(licence=licence, asked_at=None)
    wake(TASK, str(licence.pk))
    return uses.update(asked_at=timezone.now())


@transaction.atomic
def note_uses(*, track: Track, run: UUID, licences: Iterable[int]) -> None:
    """Writes down which licences explained matches of a track in a run. Again changes nothing.

    The lock lets a licence be taken back before or after, never in between: what it explained a
    moment ago is in doubt at once.
    """
    rows = MaterialLicence.objects.select_for_update(no_key=True).filter(pk__in=set(licences))
    for row in rows.order_by("pk"):
        doubt = {"asked_at": timezone.now()} if row.revoked_at else {}
        _use, is_new = LicenceUse.objects.get_or_create(
            licence=row, track=track, run=run, defaults=doubt
        )
        if is_new:
            told = {"track": str(track.pk), "run": str(run)}
            record(kind="licence.used", subject=row, actor=None, **told)


def checked_territories(given: Sequence[str]) -> list[str]:
    """Country codes in capitals, or ["worldwide"]. Raises TerritoryUnknown."""
    codes = sorted({code.strip() for code in given if code.strip()})
    if not codes:
        raise TerritoryUnknown(given="")
    if any(code.casefold() == WORLDWIDE for code in codes):
        return [WORLDWIDE]
    if strange := [code for code in codes if code.upper() not in COUNTRIES]:
        raise TerritoryUnknown(given=", ".join(strange)[:60])
    return [code.upper() for code in codes]


def check_licence(
    licensor: str, covers: Covered, terms: Terms, note: str, *, account: User | None, by: User
) -> dict[str, str]:
    """The words of a licence as they are kept. Raises what `register_licence` raises."""
    if account is not None and account.pk == by.pk:
        raise LicenceForOneself
    said = {"licensor": licensor, "note": note, "owner": covers.owner}
    words = {name: " ".join(text.split())[: MOST[name]] for name, text in said.items()}
    if not words["licensor"]:
        raise LicensorMissing
    one_recording = covers.reference or covers.track
    if not (one_recording or words["owner"]):
        raise LicenceOfNothing
    if covers.part_s and not (one_recording and 0 <= covers.part_s[0] < covers.part_s[1]):
        raise LicencePartWrong
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise LicenceEndsFirst
    if not words["note"]:
        raise LicenceWithoutProof
    checked_territories(terms.territories)
    return words


def _told(row: MaterialLicence) -> dict[str, Any]:
    """What the event says of a licence."""
    return {
        "licensor": row.licensor,
        "account": str(row.account_id) if row.account_id else None,
        "reference": row.reference_id,
        "track": str(row.track_id) if row.track_id else None,
        "owner": row.owner,
        "exclusive": row.exclusive,
        "territories": row.territories,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        "proof": str(row.proof_id) if row.proof_id else None,
    }
