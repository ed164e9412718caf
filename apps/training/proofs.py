"""Whether one track is in a model, to hand out: its line and path, or those of its neighbours."""

import json
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from apps.audit.merkle import fold, inclusion_proof, leaf_hash
from apps.audit.models import Leaf
from apps.audit.proofs import proof_of
from apps.catalogue.models import Track
from apps.consent.models import ConsentEvent
from apps.training.lines import asset_ref
from apps.training.models import ModelVersion, Snapshot
from apps.training.storing import MEMBERS, open_file


def prove_track(model_version: ModelVersion, track: Track) -> dict[str, Any]:
    """For each snapshot of the version: that the track is in it, or that it is not.

    Present: the line, its index and its path, and the consent events with their own proofs from the
    log. Absent: the two lines between which it would stand. The reference is for this track only.
    """
    inputs = model_version.inputs.select_related("snapshot").order_by("pk")
    return {
        "model": model_version.name,
        "version": model_version.version,
        "manifest_sha256": model_version.manifest_sha256,
        "track": str(track.pk),
        "datasets": [_prove(one.snapshot, track) for one in inputs],
    }


def _prove(snapshot: Snapshot, track: Track) -> dict[str, Any]:
    ref = asset_ref(bytes(snapshot.ref_key), track.pk)
    refs, hashes = _read(snapshot)
    at = bisect_left(refs, ref)
    present = at < len(refs) and refs[at] == ref
    wanted = [at] if present else [near for near in (at - 1, at) if 0 <= near < len(refs)]
    lines = _lines(snapshot, wanted)
    return {
        "snapshot": str(snapshot.uid),
        "asset_ref": ref,
        "present": present,
        "tree_size": len(refs),
        "root": snapshot.merkle_root,
        "lines": [
            {"index": index, "line": line, "path": _path(hashes, index)}
            for index, line in zip(wanted, lines, strict=True)
        ],
        "consents": _events(json.loads(lines[0])) if present else [],
    }


def _read(snapshot: Snapshot) -> tuple[list[str], list[bytes]]:
    """Every reference of a members file, in order, and the hash of every line."""
    refs, hashes = [], []
    with open_file(snapshot, MEMBERS) as opened:
        for line in opened:
            refs.append(json.loads(line)["asset_ref"])
            hashes.append(leaf_hash(line.rstrip(b"\n")))
    return refs, hashes


def _lines(snapshot: Snapshot, wanted: Sequence[int]) -> list[str]:
    with open_file(snapshot, MEMBERS) as opened:
        return [line.decode().rstrip("\n") for at, line in enumerate(opened) if at in wanted]


def _path(hashes: Sequence[bytes], index: int) -> list[str]:
    def node(level: int, place: int) -> bytes:
        return fold(hashes[place << level : (place + 1) << level])

    return [one.hex() for one in inclusion_proof(node, index, len(hashes))]


def _events(line: dict[str, Any]) -> list[dict[str, Any]]:
    """The yeses of one line, each as it stands in the log, and the proof that it does."""
    indexes = sorted({yes["ledger_index"] for yes in line["consents"]} - {None})
    return [_event(Leaf.objects.get(index=index)) for index in indexes]


def _event(leaf: Leaf) -> dict[str, Any]:
    event = ConsentEvent.objects.get(uid=leaf.uid)
    return {
        "ledger_index": leaf.index,
        "leaf_hash": bytes(leaf.leaf_hash).hex(),
        "payload": event.payload,
        "proof": proof_of(leaf.uid),
    }
