"""Whether a manifest still holds before today's log: its checkpoint, its leaves, its event."""

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.audit.errors import LedgerError
from apps.audit.merkle import root
from apps.audit.models import Checkpoint, Event, Leaf
from apps.audit.payload import commitment_to
from apps.audit.tree import Gap, StoredTree
from apps.audit.verify import verify
from apps.training.lineage import Lineage
from apps.training.models import ModelVersion, Snapshot, SnapshotMember

CHUNK = 5000


def faults_before_the_log(found: Lineage, *, thorough: bool) -> Iterator[str]:
    """What does not hold, a sentence each. `thorough`: the whole log is computed again, too."""
    if found.fault:
        yield found.fault
        return
    if fault := _fault_of_checkpoint(found) or _fault_of_event(found.model):
        yield fault
    for one in found.used:
        if missing := _missing_leaves(one.snapshot):
            yield _("%(count)s leaves that %(snapshot)s rests on are not in the log.") % {
                "count": missing,
                "snapshot": one.snapshot.name,
            }
    if thorough and (report := verify()).fault:
        yield _("The log does not verify: %(why)s.") % {"why": report.fault.what}


def _fault_of_checkpoint(found: Lineage) -> str:
    pinned = found.statement["predicate"]["consent_ledger"]
    newest = Checkpoint.objects.order_by("-size", "-id").first()
    if newest is None or newest.size < pinned["tree_size"]:
        return _("The log is shorter than the one that the manifest was signed for.")
    try:
        same = root(StoredTree().node, pinned["tree_size"]).hex() == pinned["root"]
    except (Gap, LedgerError) as error:
        return _("The log does not verify: %(why)s.") % {"why": error}
    return "" if same else _("The log is another than the one that the manifest was signed for.")


def _fault_of_event(model: ModelVersion) -> str:
    """The registration stands in the log with this manifest's hash."""
    events = Event.objects.filter(
        kind="model.registered", subject_type=model._meta.label_lower, subject_id=str(model.pk)
    )
    for event in events.select_related("detail"):
        if _tells(event, model.manifest_sha256):
            return ""
    return _("The log does not say that this manifest was registered.")


def _tells(event: Event, manifest_sha256: str) -> bool:
    detail = event.known_detail
    if detail is None or detail.data.get("manifest_sha256") != manifest_sha256:
        return False
    actor = str(detail.actor_id) if detail.actor_id else None
    told = commitment_to(bytes(detail.salt), actor, detail.data)
    return bool(json.loads(event.payload)["detail"] == told)


def _missing_leaves(snapshot: Snapshot) -> int:
    rows = SnapshotMember.objects.filter(snapshot=snapshot, leaf_index__isnull=False)
    wanted = rows.order_by().values("leaf_index").distinct()
    return wanted.count() - Leaf.objects.filter(index__in=wanted).count()
