"""Sealed snapshots and registered versions, in short."""

from typing import Any

from apps.accounts.models import User
from apps.consent.clock import ledger_now
from apps.training.models import ModelVersion, Snapshot
from apps.training.registering import Card, Run, register_model
from apps.training.sealing import take_snapshot
from tests.training.listing import ask

WEIGHTS = "ab" * 32
CARD = Card("Makes short loops.", ("It knows no jazz.",))


def sealed(by: User, model_class: str = "generative_music", *countries: str) -> Snapshot:
    return take_snapshot(asked=ask(model_class, *countries), name="Spring", by=by)


def run_now(**values: Any) -> Run:
    now = ledger_now()
    return Run(**{"run_id": "run-1", "started_at": now, "finished_at": now, **values})


def registered(by: User, /, *snapshots: Snapshot, **values: Any) -> ModelVersion:
    told = {
        "name": "genaudio",
        "version": "v2026.04.3",
        "model_class": "generative_music",
        "inputs": [(one.uid, "train") for one in snapshots],
        "weights_sha256": WEIGHTS,
        "run": run_now(),
        "card": CARD,
        "by": by,
    }
    return register_model(**{**told, **values})
