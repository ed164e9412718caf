"""The receipt of a case: canonical JSON, signed with the key of the log as a C2SP note.

It names nobody: the holder by the pseudonym that the ledger knows, models and datasets by their
names. Anybody with the public key of the log can check it (`read_receipt`).
"""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.audit import keys
from apps.audit.canonical import canonical
from apps.audit.models import Leaf
from apps.audit.notes import Verifier, open_note
from apps.audit.payload import moment
from apps.training.models import Obligation, RevocationCase, RevocationStep
from apps.training.revocation.reach import tracks_of

TYPE = "soundcheck revocation receipt v1"
NAMED = 1000  # tracks listed one by one; a hash stands for all
Remedy = Obligation.Remedy


def sign_receipt(case: RevocationCase, closed_at: datetime) -> str:
    """The signed receipt as a text. Raises a LedgerError where there is no key."""
    told = tell_receipt(case, closed_at)
    return keys.signer().sign(canonical(told).decode() + "\n")


def read_receipt(note: str, verifiers: Iterable[Verifier]) -> dict[str, Any]:
    """What a receipt says, once its signature was checked. Raises BadNote."""
    found: dict[str, Any] = json.loads(open_note(note, verifiers))
    return found


def undone_in(receipt: str) -> list[str]:
    """What a receipt of ours says could not be undone; nothing where there is none yet."""
    try:
        told = json.loads(receipt.partition("\n")[0])
    except ValueError:
        return []
    return [str(text) for text in told.get("cannot_be_undone", ())]


def tell_receipt(case: RevocationCase, closed_at: datetime) -> dict[str, Any]:
    """What the receipt says: counts and times only, no names of people."""
    tracks = sorted(str(key) for key in tracks_of(case))
    steps = {step.kind: step for step in case.steps.all()}
    leaf = Leaf.objects.get(uid=case.trigger)
    with override(settings.LANGUAGE_CODE):
        return {
            "type": TYPE,
            "case": str(case.pk),
            "kind": str(case.kind),
            "permission": case.permission,
            "holder": case.subject_ref,
            "trigger": {"uid": str(case.trigger), "leaf_index": leaf.index},
            "counts_from": moment(case.began_at),
            "opened_at": moment(case.opened_at),
            "closed_at": moment(closed_at),
            "tracks": tracks[:NAMED],
            "counts": _counts(case, steps, len(tracks)),
            "tracks_sha256": sha256(canonical(tracks)).hexdigest(),
            "steps": [_step(one) for one in case.steps.order_by("pk")],
            "models": [_model(one) for one in _obligations(case)],
            "cannot_be_undone": cannot_be_undone(case),
        }


def cannot_be_undone(case: RevocationCase) -> list[str]:
    """Sentences for the artist about what stays out there, each only where it applies."""
    steps = {step.kind: step for step in case.steps.all()}
    obligations = _obligations(case)
    told = [_released(one) for one in obligations if one.model_version.released_at]
    told += [_kept(one) for one in obligations if one.remedy in (Remedy.NONE, Remedy.LICENSED)]
    told += [_unlearned(one) for one in obligations if one.remedy == Remedy.UNLEARN]
    told += [_handed_over(one) for one in case.notifications.select_related("recipient")]
    if _of(steps, "purge", "purged"):
        told.append(
            _(
                "Backups hold copies of deleted features until they expire. The keys to them are "
                "destroyed, so the copies cannot be read."
            )
        )
    if _of(steps, "trace", "snapshots"):
        told.append(
            _(
                "The lists of what datasets held are kept as evidence, under names that say "
                "nothing to anybody else. They hold no sound."
            )
        )
    return told


def _released(one: Obligation) -> str:
    text = _(
        "%(model)s was released on %(day)s. Copies of it that were out before cannot be called "
        "back, nor can what was made with it."
    )
    day = one.model_version.released_at
    return text % {"model": one.model_version, "day": f"{day:%Y-%m-%d}"}


def _kept(one: Obligation) -> str:
    if one.remedy == Remedy.LICENSED:
        return _("%(model)s keeps what it learned: you allowed it again.") % {
            "model": one.model_version
        }
    text = _("%(model)s keeps what it learned: it was trained before this counted.")
    return text % {"model": one.model_version}


def _unlearned(one: Obligation) -> str:
    text = _(
        "%(model)s was made to forget it by a method that its makers vouch for. No computation of "
        "ours can prove that it did."
    )
    return text % {"model": one.model_version}


def _handed_over(one: Any) -> str:
    said = (
        _("They confirmed on %(day)s that it is deleted.")
        % {"day": f"{one.acknowledged_at:%Y-%m-%d}"}
        if one.acknowledged_at
        else _("They have not confirmed yet; we go on asking.")
    )
    text = _("%(who)s received it before and was told. %(said)s What they did before stays done.")
    return text % {"who": one.recipient, "said": said}


def _counts(case: RevocationCase, steps: dict[str, RevocationStep], tracks: int) -> dict[str, int]:
    notified = case.notifications.all()
    return {
        "tracks": tracks,
        "features_deleted": int(_of(steps, "purge", "purged") or 0),
        "features_kept_for_other_uses": int(_of(steps, "purge", "kept") or 0),
        "datasets_marked": len(_of(steps, "mark", "snapshots") or ()),
        "models": case.obligations.count(),
        "recipients_told": notified.filter(sent_at__isnull=False).count(),
        "recipients_confirmed": notified.filter(acknowledged_at__isnull=False).count(),
    }


def _of(steps: dict[str, RevocationStep], kind: str, name: str) -> Any:
    return steps[kind].proof.get(name) if kind in steps else None


def _step(step: RevocationStep) -> dict[str, Any]:
    done = moment(step.done_at) if step.done_at else None
    return {"step": str(step.kind), "due": moment(step.due_at), "done": done}


def _obligations(case: RevocationCase) -> list[Obligation]:
    return list(case.obligations.select_related("model_version").order_by("pk"))


def _model(one: Obligation) -> dict[str, Any]:
    return {
        "model": str(one.model_version),
        "manifest_sha256": one.model_version.manifest_sha256,
        "remedy": str(one.remedy),
        "due": moment(one.due_at),
        "met": moment(one.closed_at) if one.closed_at else None,
    }
