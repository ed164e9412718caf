"""Oblige: each model version that learned from the tracks gets somebody who owes a remedy."""

from typing import Any

from django.db import transaction

from apps.audit.payload import moment
from apps.audit.record import record
from apps.consent.envelopes_reading import envelope_of
from apps.training.models import ModelVersion, Obligation, RevocationCase
from apps.training.revocation.reach import models_affected
from apps.training.revocation.triggers import Trigger, trigger_of


@transaction.atomic
def oblige(case: RevocationCase) -> dict[str, Any]:
    """One obligation for each affected model version that is not retired, due by its envelope."""
    trigger = trigger_of(case)
    found = models_affected(case)
    owed = [_owe(case, trigger, one) for one in found if one.state != ModelVersion.State.RETIRED]
    return {
        "obligations": [
            {"model": str(one.model_version), "due": moment(one.due_at)} for one in owed
        ],
        "retired_before": [str(one) for one in found if one.state == ModelVersion.State.RETIRED],
    }


def _owe(case: RevocationCase, trigger: Trigger, model: ModelVersion) -> Obligation:
    days = envelope_of(model.model_class, trigger.recorded_at).deadlines.of("remedy")
    made, is_new = Obligation.objects.get_or_create(
        case=case,
        model_version=model,
        defaults={"due_at": trigger.recorded_at + days, "owner": model.registered_by},
    )
    if is_new:
        record(
            kind="revocation.owed",
            subject=model,
            actor=None,
            case=str(case.pk),
            due=moment(made.due_at),
        )
    return made
