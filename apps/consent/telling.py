"""The ledger in JSON values and in lines of text, for the command and for programs."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from apps.audit.payload import moment
from apps.catalogue.models import Track
from apps.consent.envelopes_reading import Envelope
from apps.consent.models import ConsentEvent
from apps.consent.permissions import NoAI, Row, no_ai_of, permissions_of
from apps.consent.reading import is_label_licensed
from apps.consent.scopes import covering, scope_of


def tell_event(event: ConsentEvent) -> dict[str, Any]:
    """One event, without names."""
    return {
        "id": str(event.uid),
        "record": str(event.record_id),
        "status": event.status,
        "use_case": event.use_case or None,
        "verb": event.verb or None,
        "scope": {"type": event.scope_type, "id": event.scope_id},
        "layer": event.rights_layer,
        "grantor": {"role": event.grantor_role, "id": event.grantor_ref},
        "jurisdiction": event.jurisdiction or None,
        "terms_version": event.policy_version or None,
        "epoch": event.policy_epoch or None,
        "effective_from": moment(event.effective_from),
        "effective_to": _moment(event.effective_to),
        "captured_at": moment(event.captured_at),
        "recorded_at": moment(event.recorded_at),
        "method": event.method,
        "leaf_hash": bytes(event.leaf_hash).hex(),
    }


def tell_event_line(event: ConsentEvent) -> str:
    """One event in a line."""
    what = event.permission or "No AI"
    where = f" {event.jurisdiction}" if event.jurisdiction else ""
    return f"{event.uid} {moment(event.recorded_at)} {event.status} {what}{where}"


def tell_track(
    track: Track, *, at: datetime, known_at: datetime, jurisdiction: str = ""
) -> dict[str, Any]:
    """Everything that the ledger says of one track, at a time, as it was known at a time."""
    rows = permissions_of(track, at=at, known_at=known_at, jurisdiction=jurisdiction)
    events = ConsentEvent.objects.filter(covering(scope_of(track)), recorded_at__lte=known_at)
    return {
        "asset": str(track.pk),
        "at": moment(at),
        "known_at": moment(known_at),
        "no_ai": _no_ai(no_ai_of(track, at=at, known_at=known_at)),
        "label_licensed": is_label_licensed(track),
        "permissions": [_permission(row) for row in rows],
        "events": [tell_event(event) for event in events.order_by("effective_from", "id")],
    }


def tell_track_lines(told: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    no_ai = "on" if told["no_ai"]["on"] else f"off since {told['no_ai']['since']}"
    yield f"{told['asset']} at {told['at']}, as known at {told['known_at']}"
    yield f"No AI: {no_ai} · licensed by a label: {_yes_or_no(told['label_licensed'])}"
    for row in told["permissions"]:
        why = "" if row["allowed"] else f" · {row['reason_text']}"
        place = f" {row['jurisdiction']}" if row["jurisdiction"] else ""
        yield f"{row['use_case']}.{row['verb']}: {row['shown']}{place}{why}"
    yield f"{len(told['events'])} events"


def tell_envelope(one: Envelope, *, in_force: bool) -> dict[str, Any]:
    """One envelope, as its file says it, its hash, and whether it is the one in force."""
    told = asdict(one)
    requires = [wanted.code for wanted in one.requires]
    begins = moment(one.effective_from)
    return {**told, "requires": requires, "effective_from": begins, "in_force": in_force}


def tell_envelope_line(told: dict[str, Any]) -> str:
    """The same in a line."""
    name, needs = f"{told['model_class']}.{told['version']}", ", ".join(told["requires"])
    places = " ".join(told["jurisdictions_include"]) or "every country"
    if out := " ".join(told["jurisdictions_exclude"]):
        places += f" but {out}"
    mark = "" if told["in_force"] else " · not in force"
    return (
        f"{name} · {told['zone']} · needs {needs} of {', '.join(told['rights_layers'])} · {places}"
        f" · computes {', '.join(told['feature_kinds'])}{mark}"
    )


def tell_forgotten_lines(told: dict[str, Any]) -> Iterator[str]:
    """What is kept of a person, or was until now (`erasing.Forgettable`)."""
    if not told["account_closed"]:
        yield "This account is still open. Close it first; then it can be forgotten."
    yield "Forgotten:" if told["forgotten"] else "Would be forgotten:"
    yield f"  the key of the pseudonym: {_yes_or_no(told['has_pseudonym'])}"
    yield f"  evidence of consent events: {told['evidence']}"
    for kind, number in told["events"].items():
        yield f"  who did it and with what, {kind}: {number}"
    if told["kept"]:
        yield f"Kept: {told['kept']} proofs of authority, given for others"
    yield "The rows of the log and their proofs stay. So do name and address of the account itself."
    if not told["forgotten"]:
        yield "Nothing was forgotten yet. Add --yes."


def _permission(row: Row) -> dict[str, Any]:
    told = {key: value for key, value in asdict(row).items() if key != "permission"}
    return {
        "use_case": row.permission.use_case,
        "verb": row.permission.verb,
        **told,
        "shown": str(row.shown),
        "since": _moment(row.since),
        "until": _moment(row.until),
    }


def _no_ai(found: NoAI) -> dict[str, Any]:
    return {**asdict(found), "since": _moment(found.since)}


def _moment(at: datetime | None) -> str | None:
    return moment(at) if at else None


def _yes_or_no(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "nobody said"}[value]
