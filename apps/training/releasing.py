"""Releasing a model version: what stands against it is asked anew each time, of today's log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.batching import batched
from apps.accounts.models import User
from apps.audit.record import record
from apps.consent.clock import ledger_now
from apps.consent.envelopes_reading import Envelope, envelope_called
from apps.consent.models import ConsentEvent, ConsentState
from apps.consent.vocabulary import ANY_AI
from apps.training import ledger_fit
from apps.training.affected import with_bases
from apps.training.errors import AlreadyApproved, NotToRelease, ReleaseRefused
from apps.training.lineage import Lineage, lineage
from apps.training.makers import RELEASERS, require_releaser
from apps.training.models import Approval, ModelVersion, Obligation, Snapshot
from apps.training.staleness import find_stale
from apps.training.standing import faults_before_the_log

APPROVERS = 2  # where no envelope says more: no model is released by one person
CHUNK = 5000
OVER = (ModelVersion.State.BLOCKED, ModelVersion.State.RETIRED)


@dataclass(frozen=True)
class Blocker:
    """One thing that stands against a release: a code, and a sentence for people."""

    code: str
    text: str


@transaction.atomic
def approve_release(*, by: User, model_version: ModelVersion, note: str = "") -> Approval:
    """One person's yes to releasing this version, as its manifest stands. Raises TrainingError."""
    require_releaser(by)
    model = _lock(model_version)
    if Approval.objects.filter(model_version=model, by=by).exists():
        raise AlreadyApproved(model=model)
    made = Approval.objects.create(model_version=model, by=by, note=note)
    record(kind="model.approved", subject=model, actor=by, manifest_sha256=model.manifest_sha256)
    return made


def release_model(*, by: User, model_version: ModelVersion) -> ModelVersion:
    """Releases a version against which nothing stands; one that is released already stays so.

    Raises ReleaseRefused with everything that stands against it, or another TrainingError.
    """
    require_releaser(by)
    ledger_fit.bring_up_to_date()
    with transaction.atomic():
        model = _lock(model_version)
        if model.state == ModelVersion.State.RELEASED:
            return model
        if blockers := blockers_of(model, thorough=True):
            raise ReleaseRefused(model, blockers)
        model.state, model.released_at = ModelVersion.State.RELEASED, ledger_now()
        model.save(update_fields=["state", "released_at"])
        record(
            kind="model.released", subject=model, actor=by, manifest_sha256=model.manifest_sha256
        )
    return model


def blockers_of(model_version: ModelVersion, *, thorough: bool = False) -> list[Blocker]:
    """All that stands against a release now; none means that it may be released.

    `thorough` also computes the whole log again, which takes seconds per million leaves.
    """
    model = ModelVersion.objects.select_related("base").get(pk=model_version.pk)
    found = lineage(model)
    blockers = [Blocker("unproven", text) for text in _unproven(found, thorough)]
    for one in found.used:
        blockers += _against_snapshot(one.snapshot)
    blockers += _against_silence(model)
    for base in with_bases(model):
        blockers += _against_model(base, is_base=base.pk != model.pk)
    return [*blockers, *_against_approvals(model, [one.snapshot for one in found.used])]


def _unproven(found: Lineage, thorough: bool) -> Iterator[str]:
    yield from faults_before_the_log(found, thorough=thorough)
    for base in found.bases:
        for fault in faults_before_the_log(base, thorough=False):
            yield _("Of its base %(base)s: %(why)s") % {"base": base.model, "why": fault}


def _lock(model_version: ModelVersion) -> ModelVersion:
    model = ModelVersion.objects.select_for_update().get(pk=model_version.pk)
    if model.state in OVER:
        raise NotToRelease(model=model, state=model.get_state_display())
    return model


def _against_snapshot(snapshot: Snapshot) -> Iterator[Blocker]:
    envelope = envelope_called(snapshot.model_class, snapshot.envelope_version)
    latest = ledger_now() - envelope.deadlines.of("mark")
    told = {"snapshot": snapshot.name}
    if snapshot.state not in (Snapshot.State.SEALED, Snapshot.State.STALE):
        yield Blocker("not_sealed", _("The snapshot %(snapshot)s may not be used any more.") % told)
    if snapshot.retention_until <= ledger_now():
        yield Blocker("retention", _("The snapshot %(snapshot)s was to be kept no longer.") % told)
    if snapshot.stale_since and snapshot.stale_since < latest:
        text = _("Something in %(snapshot)s was taken back, and its time to be left out is over.")
        yield Blocker("stale", text % told)
    elif (gone := find_stale(snapshot, full=True).stale) and _since(gone, envelope) < latest:
        text = _(
            "%(count)s tracks of %(snapshot)s may not be used any more, and their time is over."
        )
        yield Blocker("not_permitted", text % (told | {"count": len(gone)}))


def _since(tracks: frozenset[UUID], envelope: Envelope) -> datetime:
    """Since when the first of these may not be used: where no event says so, for ever."""
    codes = [(one.use_case, one.verb) for one in (*envelope.requires, ANY_AI)]
    said: dict[UUID, datetime] = {}
    for chunk in batched(tracks, CHUNK):
        states = ConsentState.objects.filter(track__in=chunk, allowed=False)
        rows = list(states.values_list("track_id", "use_case", "verb", "event_uid"))
        told = ConsentEvent.objects.filter(uid__in={uid for *_key, uid in rows})
        times = dict(told.values_list("uid", "recorded_at"))
        for track, use_case, verb, uid in rows:
            if (use_case, verb) in codes and uid in times:
                said[track] = min(said.get(track, times[uid]), times[uid])
    earliest = datetime.min.replace(tzinfo=ledger_now().tzinfo)
    return min(said.values()) if said.keys() == set(tracks) else earliest


def _against_silence(model: ModelVersion) -> Iterator[Blocker]:
    if unstated := model.card.get("unstated"):
        text = _("Nobody said at its registration: %(what)s. Say all of it for the next version.")
        yield Blocker("unstated", text % {"what": ", ".join(unstated)})


def _against_model(model: ModelVersion, *, is_base: bool) -> Iterator[Blocker]:
    told = {"model": model, "state": model.get_state_display()}
    if model.state in OVER:
        yield Blocker("blocked_base" if is_base else "blocked", _("%(model)s is %(state)s.") % told)
    overdue = Obligation.objects.filter(
        model_version=model, closed_at__isnull=True, due_at__lte=ledger_now()
    )
    if overdue.exists():
        text = _("What is owed because of a revocation is overdue for %(model)s.")
        yield Blocker("overdue", text % told)


def _against_approvals(model: ModelVersion, snapshots: list[Snapshot]) -> Iterator[Blocker]:
    envelopes = [envelope_called(one.model_class, one.envelope_version) for one in snapshots]
    needed = max([APPROVERS, *(one.approvers for one in envelopes)])
    given = model.approvals.filter(by__is_active=True, by__role__in=RELEASERS)
    people = set(given.values_list("by", flat=True))
    if len(people) < needed or people == {model.registered_by_id}:
        text = _("%(needed)s people have to approve it, %(given)s have.")
        yield Blocker("approvals", text % {"needed": needed, "given": len(people)})
