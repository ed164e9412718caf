"""From what somebody said to a row of the ledger: hashed, with its evidence beside it."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from apps.accounts.models import User
from apps.audit.canonical import canonical
from apps.audit.merkle import leaf_hash
from apps.audit.payload import moment, new_salt
from apps.audit.record import record
from apps.consent.authority import Speaker
from apps.consent.clock import ledger_now
from apps.consent.errors import BackdatedGrant, NotYet, SubmissionChanged, UnknownValue
from apps.consent.models import ConsentEvent, Evidence, Method, Party
from apps.consent.models.event import CLOSED, SKEW, YESES
from apps.consent.scopes import Scope

SUBMISSIONS = uuid.UUID("0f0a1f6e-5c39-4f0c-9d3f-3b7d2d1a9c44")  # the namespace of submission keys


@dataclass(frozen=True)
class How:
    """How something reached us. The same `submission_key` again writes nothing again.

    `authority`: what proves that a label may speak. `evidence`: whatever else backs it (JSON).
    """

    method: str = Method.WEB_FORM
    component: str = ""
    captured_at: datetime | None = None
    submission_key: str = ""
    authority: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reason_code: str = ""


BY_FORM = How()


@dataclass(frozen=True)
class Act:
    """Somebody speaking about something, now. `by` is None for a registry."""

    scope: Scope
    by: User | None
    how: How
    now: datetime


def act_on(scope: Scope, by: User | None, how: How) -> Act:
    """One act at a time for everything of one holder, until the transaction ends.

    The clock is read after the wait: what is written later is later.
    """
    Party.objects.select_for_update().get(pk=scope.subject_ref)
    return Act(scope, by, how, ledger_now())


def begin_of(status: str, asked: datetime | None, now: datetime) -> datetime:
    """From when an event counts; raises BackdatedGrant or NotYet."""
    if asked is None:
        return now
    if asked > now:
        raise NotYet(asked=moment(asked))
    if status in YESES and asked < now - SKEW:
        raise BackdatedGrant(asked=moment(asked))
    return asked


def write(
    act: Act, speaker: Speaker, status: str, *, key_suffix: str = "", **columns: Any
) -> ConsentEvent:
    """One event with its evidence and its line in the audit trail.

    The same submission again gives the event that it made; raises SubmissionChanged where it said
    something else then, and UnknownValue for a value outside a closed list. `key_suffix` tells two
    events of one submission apart.
    """
    event = _unsaved(act, speaker, status, columns)
    _require_listed(event)
    if key := act.how.submission_key:
        event.uid = _uid_of(event, key + key_suffix)
        if made := ConsentEvent.objects.filter(uid=event.uid).first():
            return _same(made, event)
    _insert(event, act.by, act.how)
    _tell(event, act)
    return event


def _unsaved(act: Act, speaker: Speaker, status: str, columns: dict[str, Any]) -> ConsentEvent:
    values = {
        "record_id": uuid.uuid4(),
        "effective_from": act.now,
        "captured_at": act.how.captured_at or act.now,
        **columns,
    }
    return ConsentEvent(
        **values,
        recorded_at=act.now,
        status=status,
        subject_ref=act.scope.subject_ref,
        grantor_ref=speaker.grantor_ref,
        grantor_role=speaker.role,
        scope_type=act.scope.type,
        scope_id=act.scope.id,
        method=act.how.method,
        serving_component=act.how.component,
        reason_code=act.how.reason_code,
    )


def _insert(event: ConsentEvent, by: User | None, how: How) -> None:
    salt = new_salt()
    data = {"authority": how.authority, **how.evidence}
    event.evidence_sha256 = sha256(salt + canonical(data)).hexdigest()
    if how.authority:
        event.authority_sha256 = sha256(salt + canonical(how.authority)).hexdigest()
    event.payload = payload_of(event)
    event.leaf_hash = leaf_hash(event.payload.encode())
    event.save(force_insert=True)
    Evidence.objects.create(event=event, actor=by, data=data, salt=salt)


def payload_of(event: ConsentEvent) -> str:
    """The canonical JSON that is hashed: every column, and nothing else."""
    told = {name: _plain(getattr(event, name)) for name in event.IN_PAYLOAD}
    return canonical(told).decode()


def new_key() -> str:
    """A submission key for a form."""
    return secrets.token_urlsafe(16)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    return str(value) if isinstance(value, uuid.UUID | str) else value


def _uid_of(event: ConsentEvent, key: str) -> uuid.UUID:
    about = event.permission or event.status
    parts = (key, event.grantor_ref, event.scope_id, about, event.rights_layer)
    return uuid.uuid5(SUBMISSIONS, "|".join(parts))


def _same(made: ConsentEvent, wanted: ConsentEvent) -> ConsentEvent:
    if (made.status, made.policy_version) != (wanted.status, wanted.policy_version):
        raise SubmissionChanged
    return made


def _require_listed(event: ConsentEvent) -> None:
    for column, values in CLOSED.items():
        given = str(getattr(event, column))
        if given not in values:
            raise UnknownValue(field=column, given=given, allowed=", ".join(values))


def _tell(event: ConsentEvent, act: Act) -> None:
    record(
        kind=f"consent.{event.status}",
        subject=act.scope.target,
        actor=act.by,
        event=str(event.uid),
        permission=event.permission,
        terms=event.policy_version,
        jurisdiction=event.jurisdiction,
    )
