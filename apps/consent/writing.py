"""From what somebody said to a row of the ledger: hashed, with its evidence beside it."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from apps.accounts.models import User
from apps.audit.canonical import canonical
from apps.audit.merkle import leaf_hash
from apps.audit.models import EventDetail
from apps.audit.payload import moment, new_salt
from apps.audit.record import described, save_described
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


@dataclass(frozen=True)
class Saying:
    """An event that is about to be written. `columns`: what it says beside who and of what.

    `key_suffix` tells two events of one submission apart.
    """

    act: Act
    speaker: Speaker
    status: str
    columns: Mapping[str, Any]
    key_suffix: str = ""


def write(
    act: Act, speaker: Speaker, status: str, *, key_suffix: str = "", **columns: Any
) -> ConsentEvent:
    """One event with its evidence and its line in the audit trail; see `write_all`."""
    return write_all([Saying(act, speaker, status, columns, key_suffix)])[0]


def write_all(sayings: Sequence[Saying]) -> list[ConsentEvent]:
    """The events, in this order, each with its evidence and its line in the audit trail.

    The same submission again gives the event that it made; raises SubmissionChanged where it said
    something else then, and UnknownValue for a value outside a closed list.
    """
    events = [_unsaved(one) for one in sayings]
    uids = [event.uid for one, event in zip(sayings, events, strict=True) if _key(one)]
    made = {one.uid: one for one in ConsentEvent.objects.filter(uid__in=uids)} if uids else {}
    new = [(one, e) for one, e in zip(sayings, events, strict=True) if e.uid not in made]
    ConsentEvent.objects.bulk_create([event for _one, event in new])
    Evidence.objects.bulk_create([_evidence(one.act, event) for one, event in new])
    save_described(_told(new))
    return [_same(made[event.uid], event) if event.uid in made else event for event in events]


def _key(one: Saying) -> str:
    key = one.act.how.submission_key
    return key + one.key_suffix if key else ""


def _unsaved(one: Saying) -> ConsentEvent:
    """The event with its hashes and its own salt, which `_evidence` keeps."""
    act, how, scope = one.act, one.act.how, one.act.scope
    values = {
        "record_id": uuid.uuid4(),
        "effective_from": act.now,
        "captured_at": how.captured_at or act.now,
        **one.columns,
    }
    event = ConsentEvent(
        **values,
        recorded_at=act.now,
        status=one.status,
        subject_ref=scope.subject_ref,
        grantor_ref=one.speaker.grantor_ref,
        grantor_role=one.speaker.role,
        scope_type=scope.type,
        scope_id=scope.id,
        method=how.method,
        serving_component=how.component,
        reason_code=how.reason_code,
    )
    _require_listed(event)
    if key := _key(one):
        event.uid = _uid_of(event, key)
    _seal(event, how)
    return event


def _seal(event: ConsentEvent, how: How) -> None:
    """Commits to the evidence, and hashes all that is said."""
    event.evidence = Evidence(event=event, data=_data(how), salt=new_salt())
    salt = bytes(event.evidence.salt)
    event.evidence_sha256 = sha256(salt + canonical(_data(how))).hexdigest()
    if how.authority:
        event.authority_sha256 = sha256(salt + canonical(how.authority)).hexdigest()
    event.payload = payload_of(event)
    event.leaf_hash = leaf_hash(event.payload.encode())


def _data(how: How) -> dict[str, Any]:
    return {"authority": how.authority, **how.evidence}


def _evidence(act: Act, event: ConsentEvent) -> Evidence:
    row: Evidence = event.evidence
    row.event = event  # it has its number now
    row.actor = act.by
    return row


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


def _told(written: Sequence[tuple[Saying, ConsentEvent]]) -> list[EventDetail]:
    """One line of the audit trail for what one person said of several things in the same words.

    Its subject is what was spoken of; of several things, whoever spoke. A registry has no account,
    so each of its events has its line.
    """
    alike: dict[Any, list[tuple[Act, ConsentEvent]]] = {}
    for one, event in written:
        words = event.status, event.permission, event.policy_version, event.jurisdiction
        who = one.act.by.pk if one.act.by else event.uid
        alike.setdefault((who, *words), []).append((one.act, event))
    return [_line(same) for same in alike.values()]


def _line(same: Sequence[tuple[Act, ConsentEvent]]) -> EventDetail:
    act, event = same[0]
    uids = [str(one.uid) for _act, one in same]
    subject = act.by if act.by and len(same) > 1 else act.scope.target
    return described(
        kind=f"consent.{event.status}",
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        actor=act.by,
        data={
            **({"events": uids} if len(same) > 1 else {"event": uids[0]}),
            "permission": event.permission,
            "terms": event.policy_version,
            "jurisdiction": event.jurisdiction,
        },
    )
