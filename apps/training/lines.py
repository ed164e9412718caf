"""The members file: one line of canonical JSON for each track, keyed by a blinded reference.

`asset_ref` is HMAC-SHA256(the snapshot's key, the track's id as text): whoever has the file cannot
tell whose tracks they are, nor compare two snapshots; whoever asks about one track is given its
reference and can look it up.
"""

import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from apps.audit.canonical import canonical
from apps.audit.models import Leaf
from apps.consent import reasons
from apps.policy.models import Decision
from apps.policy.trace import TRACED, trace_sha256
from apps.training.errors import LeafMissing
from apps.training.listed import Listed, Yes

BATCH = 1000  # members whose leaves and decisions are read at once


def asset_ref(key: bytes, track_id: UUID) -> str:
    """How a track is called in the members file of the snapshot with this key."""
    return hmac.new(key, str(track_id).encode(), sha256).hexdigest()


def lines_of(key: bytes, members: Iterable[Listed]) -> Iterator[tuple[Listed, bytes]]:
    """Each member with its line, without an end. Raises LeafMissing."""
    waiting: list[Listed] = []
    for member in members:
        waiting.append(member)
        if len(waiting) == BATCH:
            yield from _lines(key, waiting)
            waiting = []
    yield from _lines(key, waiting)


def _lines(key: bytes, members: list[Listed]) -> Iterator[tuple[Listed, bytes]]:
    hashes = _leaf_hashes(
        {yes.leaf for one in members for yes in one.yeses if yes.leaf is not None}
    )
    decisions = _decisions({one.decision for one in members if one.decision})
    for one in members:
        told = {
            "asset_ref": asset_ref(key, one.track_id),
            "content_sha256": one.content_sha256,
            "consents": [_consent(yes, hashes) for yes in one.yeses],
            "rights_decision": decisions[one.decision] if one.decision else None,
        }
        yield one, canonical(told)


def _leaf_hashes(indexes: Collection[int]) -> dict[int, str]:
    found = Leaf.objects.filter(index__in=indexes).values_list("index", "leaf_hash")
    hashes = {index: bytes(raw).hex() for index, raw in found}
    if missing := set(indexes) - hashes.keys():
        raise LeafMissing(leaf=min(missing))
    return hashes


def _decisions(keys: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    return {
        one.pk: {
            "outcome": one.outcome,
            "ruleset": one.ruleset_id,
            "trace_sha256": trace_sha256(one),
        }
        for one in Decision.objects.filter(pk__in=keys).only(*TRACED)
    }


def _consent(yes: Yes, hashes: Mapping[int, str]) -> dict[str, Any]:
    asked = yes.question
    return {
        "permission": asked.permission.code,
        "layer": asked.layer,
        "jurisdiction": asked.jurisdiction,
        "status": reasons.DEFAULT if yes.leaf is None else reasons.YES,
        "ledger_index": yes.leaf,
        "leaf_hash": None if yes.leaf is None else hashes[yes.leaf],
        "policy_version": yes.terms,
    }
