"""From rows of the ledger to the values that `resolve` reads, for many tracks at once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from apps.accounts.batching import batched
from apps.accounts.models import User
from apps.audit.models import Leaf
from apps.catalogue.models import Release, Track
from apps.consent import reasons
from apps.consent.entries import Asset, Entry
from apps.consent.models import ConsentEvent
from apps.consent.parties import refs_of
from apps.consent.resolve import Answer, Question, state
from apps.consent.scopes import Scope, Target, covering
from apps.consent.terms_reading import terms_at
from apps.consent.vocabulary import ALL_LAYERS, UnknownPermission, vocabulary

CHUNK = 500  # tracks whose events are read at once
NEEDED = (
    "uid",
    "record_id",
    "status",
    "use_case",
    "verb",
    "rights_layer",
    "scope_type",
    "scope_id",
    "subject_ref",
    "grantor_ref",
    "effective_from",
    "effective_to",
    "recorded_at",
    "captured_at",
    "jurisdiction",
    "territory_include",
    "territory_exclude",
    "policy_version",
    "policy_epoch",
)


def state_of(
    track: Track,
    *,
    use_case: str,
    verb: str,
    jurisdiction: str,
    at: datetime,
    known_at: datetime,
    layer: str = ALL_LAYERS,
    min_epoch: int | None = None,
) -> Answer:
    """Whether this may be done with the track. Missing, unknown and misspelt mean no.

    `min_epoch`: the oldest terms that count; left out, the terms in force at `at`.
    """
    try:
        permission = vocabulary().permission(use_case, verb)
    except UnknownPermission:
        return Answer(False, reasons.UNKNOWN_PERMISSION)
    question = Question(
        permission=permission,
        at=at,
        known_at=known_at,
        jurisdiction=jurisdiction,
        min_epoch=epoch_at(at) if min_epoch is None else min_epoch,
        layer=layer,
    )
    [(_, entries, asset)] = told_of([track], permission.code)
    return state(question, entries, asset)


def epoch_at(at: datetime) -> int:
    """The epoch of the terms in force; before the first, one that nothing reaches."""
    terms = terms_at(at)
    return terms.epoch if terms else 2**31 - 1


def told_of(tracks: Iterable[Track], code: str = "") -> Iterator[tuple[Track, list[Entry], Asset]]:
    """Each track with the events that cover it and what else is known of it.

    Tracks come with `release` and `declaration` selected, or cost a query each. `code`: only what
    bears on this permission.
    """
    for batch in batches(tracks):
        yield from _told_of(batch, code)


def batches(tracks: Iterable[Track]) -> Iterator[list[Track]]:
    """The tracks, CHUNK at a time."""
    return map(list, batched(tracks, CHUNK))


def entries_covering(scope: Scope) -> list[Entry]:
    """The events about this scope and what is wider, without what is narrower."""
    return [entry for _place, entry in _read(covering(scope))]


def is_label_licensed(track: Track) -> bool | None:
    """Whether a label licensed the recording; None where nobody said.

    True as soon as anybody says so: the label of the release, what was declared, or the draft.
    """
    declared = track.declaration.document if track.declaration else {}
    draft = track.answers if isinstance(track.answers, dict) else {}
    said = [said.get("label_licensed") for said in (declared, draft)]
    if track.release.label_id or any(one not in (None, False) for one in said):
        return True
    return False if False in said else None


def is_wholly_licensed(target: Target) -> bool:
    """Whether a label licensed all of it: a track for which somebody says so, a label's release."""
    if isinstance(target, Track):
        return bool(is_label_licensed(target))
    return isinstance(target, Release) and target.label_id is not None


def _told_of(tracks: Sequence[Track], code: str) -> Iterator[tuple[Track, list[Entry], Asset]]:
    owners = {track.release.owner_id for track in tracks}
    refs = refs_of(owners)
    by_place = _by_place(tracks, refs, code)
    known = _silent(owners - refs.keys()) | refs
    for track in tracks:
        ref = known.get(track.release.owner_id, "")
        places = (
            ("account", ref),
            ("release", str(track.release_id)),
            ("asset", str(track.pk)),
        )
        entries = [one for place in places for one in by_place.get(place, ())]
        holders = frozenset({ref} if ref else ())
        yield track, entries, Asset(is_label_licensed(track), holders)


def _silent(owners: set[UUID]) -> dict[UUID, str]:
    """Who never spoke has no pseudonym yet; a closed account without one was forgotten."""
    if not owners:
        return {}
    found = User.objects.filter(pk__in=owners, is_active=True)
    return {pk: str(pk) for pk in found.values_list("pk", flat=True)}


def _by_place(
    tracks: Sequence[Track], refs: dict[UUID, str], code: str
) -> dict[tuple[str, str], list[Entry]]:
    asked = (
        Q(scope_type="account", scope_id__in=set(refs.values()))
        | Q(scope_type="release", scope_id__in={str(track.release_id) for track in tracks})
        | Q(scope_type="asset", scope_id__in=[str(track.pk) for track in tracks])
    )
    if code:
        use_case, _, verb = code.partition(".")
        asked &= Q(use_case="") | Q(use_case=use_case, verb=verb)
    found: dict[tuple[str, str], list[Entry]] = {}
    for place, entry in _read(asked):
        found.setdefault(place, []).append(entry)
    return found


def _read(asked: Q) -> Iterator[tuple[tuple[str, str], Entry]]:
    """The events asked for, each with its place and its leaf: one query."""
    leaf = Leaf.objects.filter(uid=OuterRef("uid")).values("index")[:1]
    rows = ConsentEvent.objects.filter(asked).only(*NEEDED).annotate(leaf_index=Subquery(leaf))
    for row in rows:
        yield (row.scope_type, row.scope_id), _entry(row, row.leaf_index)


def _entry(row: ConsentEvent, leaf: int | None) -> Entry:
    return Entry(
        uid=str(row.uid),
        seq=row.pk,
        record=str(row.record_id),
        status=row.status,
        permission=row.permission,
        layer=row.rights_layer,
        scope=row.scope_type,
        subject=row.subject_ref,
        grantor=row.grantor_ref,
        effective_from=row.effective_from,
        recorded_at=row.recorded_at,
        effective_to=row.effective_to,
        jurisdiction=row.jurisdiction,
        territory_include=_countries(row.territory_include),
        territory_exclude=_countries(row.territory_exclude),
        epoch=row.policy_epoch,
        proven=leaf is not None,
        leaf=leaf,
        terms_version=row.policy_version,
        captured_at=row.captured_at,
    )


def _countries(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()
