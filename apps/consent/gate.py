"""The gate of features: whoever reads one says what for, and everything is asked again.

A purpose is a signed token for one model class, country and person, good for fifteen minutes.
`open_feature` is the only way to the bytes. It opens nothing unless all of it holds now, and
records every opening and every refusal. It does not know the rulebook: whether a track is cleared
(`needs_clearance`) is asked where lists and snapshots are made.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.accounts.uuids import read_uuid
from apps.audit.models import Checkpoint, Pending
from apps.audit.record import described, record, save_described
from apps.audit.sealing import Unreadable
from apps.catalogue.countries import COUNTRIES
from apps.catalogue.models import Track
from apps.consent import reasons, zones
from apps.consent.ancestry import roots_of
from apps.consent.clock import ledger_now
from apps.consent.envelope_answers import answers_for
from apps.consent.envelopes_reading import Envelope, UnknownEnvelope, envelope_of
from apps.consent.feature_errors import GateClosed, ZoneClosed
from apps.consent.meet import meet
from apps.consent.models import DerivedFeature
from apps.consent.resolve import Answer

MAY_OPEN = "training.open_feature"
SALT = "apps.consent.gate"
MOST_S = 900  # no purpose lasts longer, whatever the settings say


@dataclass(frozen=True)
class Purpose:
    """What a token says: for which envelope and country, from which snapshot, by whom, and how many
    leaves the log had when it was given.
    """

    envelope: str
    sha256: str
    model_class: str
    jurisdiction: str
    snapshot_uid: str
    ledger_size: int
    by: str


def purpose_token(*, by: User, model_class: str, jurisdiction: str, snapshot_uid: str = "") -> str:
    """A signed purpose for the envelope of this class that is in force. Raises GateClosed.

    `snapshot_uid` is recorded with every opening; whether it holds the track is for its app to say.
    """
    if not by.has_perm(MAY_OPEN):
        raise GateClosed("not_allowed")
    envelope = _in_force(model_class)
    if jurisdiction not in COUNTRIES or not envelope.admits(jurisdiction):
        raise GateClosed("country_left_out", jurisdiction=jurisdiction or "–")
    purpose = Purpose(
        envelope=envelope.name,
        sha256=envelope.sha256,
        model_class=envelope.model_class,
        jurisdiction=jurisdiction,
        snapshot_uid=str(snapshot_uid),
        ledger_size=_ledger_size(),
        by=str(by.pk),
    )
    return signing.dumps(asdict(purpose), salt=SALT)


def open_feature(feature_id: UUID | str, token: str) -> bytes:
    """The bytes of a feature for the purpose in the token; raises GateClosed with a code.

    Each refusal is an event too, committed before the error goes out: call it outside a
    transaction, or a rollback forgets that it was refused.
    """
    purpose = None
    try:
        purpose = _read(token)
        feature, content = _open(feature_id, purpose)
    except GateClosed as closed:
        _tell_refusal(feature_id, purpose, closed)
        raise
    record(
        kind="feature.opened",
        subject=feature,
        actor=User.objects.get(pk=purpose.by),
        envelope=purpose.envelope,
        jurisdiction=purpose.jurisdiction,
        snapshot=purpose.snapshot_uid,
    )
    return content


def _open(feature_id: UUID | str, purpose: Purpose) -> tuple[DerivedFeature, bytes]:
    """Everything that has to hold, cheapest first."""
    _require_person(purpose)
    envelope = _envelope_of(purpose)
    feature = _feature(feature_id)
    _require_same_purpose(feature, envelope)
    _require_ledger(purpose)
    _require_permitted(feature, envelope, purpose)
    return feature, _content(feature)


def _read(token: str) -> Purpose:
    seconds = min(settings.GATE_TOKEN_S, MOST_S)
    try:
        return Purpose(**signing.loads(token, salt=SALT, max_age=seconds))
    except signing.SignatureExpired as error:
        raise GateClosed("token_expired", minutes=seconds // 60) from error
    except (signing.BadSignature, TypeError, AttributeError, ValueError) as error:
        raise GateClosed("token_invalid") from error


def _require_person(purpose: Purpose) -> None:
    person = User.objects.filter(pk=purpose.by).first()
    if person is None or not person.has_perm(MAY_OPEN):
        raise GateClosed("not_allowed")


def _in_force(model_class: str) -> Envelope:
    try:
        return envelope_of(model_class, ledger_now())
    except UnknownEnvelope as error:
        raise GateClosed("unknown_envelope") from error


def _envelope_of(purpose: Purpose) -> Envelope:
    envelope = _in_force(purpose.model_class)
    if (envelope.name, envelope.sha256) != (purpose.envelope, purpose.sha256):
        raise GateClosed("unknown_envelope")
    return envelope


def _feature(feature_id: UUID | str) -> DerivedFeature:
    key = read_uuid(feature_id)
    feature = DerivedFeature.objects.filter(pk=key).first() if key else None
    if feature is None:
        raise GateClosed("unknown_feature")
    if feature.purged_at is not None:
        raise GateClosed("purged")
    return feature


def _require_same_purpose(feature: DerivedFeature, envelope: Envelope) -> None:
    theirs = f"{feature.model_class}.{feature.envelope_version}"
    if theirs != envelope.name:
        raise GateClosed("other_envelope", theirs=theirs)
    if feature.zone != envelope.zone:
        raise GateClosed("other_zone")
    if feature.table:
        raise GateClosed("in_a_table", table=feature.table)
    if not feature.wrapped_key:  # being purged
        raise GateClosed("purged")
    try:
        zones.zone_key(feature.zone)
    except ZoneClosed as error:
        raise GateClosed("zone_closed", zone=feature.zone) from error


def _require_ledger(purpose: Purpose) -> None:
    """What counts now is known: the log goes on from where it was, and nothing waits for long."""
    if _ledger_size() < purpose.ledger_size:
        raise GateClosed("ledger_behind")
    patience = timedelta(seconds=settings.GATE_LEDGER_LAG_S)
    if Pending.objects.filter(at__lt=Now() - patience).exists():
        raise GateClosed("ledger_late", seconds=settings.GATE_LEDGER_LAG_S)


def _require_permitted(feature: DerivedFeature, envelope: Envelope, purpose: Purpose) -> None:
    roots = roots_of([feature.pk])[feature.pk]
    tracks = list(
        Track.objects.filter(pk__in=roots.tracks).select_related("release", "declaration")
    )
    if not roots.is_whole or len(tracks) < len(roots.tracks):
        raise GateClosed("parent_gone")
    now = ledger_now()
    asked = answers_for(tracks, envelope, purpose.jurisdiction, now, now)
    answer: Answer = meet(one for _track, one in asked)
    if not answer.allowed:
        raise GateClosed("not_permitted", reason=reasons.REASONS.get(answer.reason, answer.reason))


def _content(feature: DerivedFeature) -> bytes:
    try:
        content = zones.read(feature)
    except zones.BytesMissing as error:
        raise GateClosed("bytes_missing") from error
    except Unreadable as error:
        raise GateClosed("bytes_changed") from error
    if sha256(content).hexdigest() != feature.sha256:
        raise GateClosed("bytes_changed")
    return content


@transaction.atomic
def _tell_refusal(feature_id: UUID | str, purpose: Purpose | None, closed: GateClosed) -> None:
    """The purpose of a token that cannot be read is unknown, and so is who showed it."""
    person = User.objects.filter(pk=purpose.by).first() if purpose else None
    key = read_uuid(feature_id)
    save_described(
        [
            described(
                kind="feature.refused",
                subject_type=DerivedFeature._meta.label_lower,
                subject_id=str(key) if key else "unknown",
                actor=person,
                data={
                    "code": closed.code,
                    "envelope": purpose.envelope if purpose else "",
                    "jurisdiction": purpose.jurisdiction if purpose else "",
                    "snapshot": purpose.snapshot_uid if purpose else "",
                },
            )
        ]
    )


def _ledger_size() -> int:
    newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
    return newest or 0
