"""One answer for many tracks at once: the same rules as for one, in a fixed number of queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.consent.asking import Asked, Place, Words, find_permission, require_choice, said_no
from apps.consent.authority import Speaker, speaker_for, speaker_of_yes
from apps.consent.choices import require_open_to_ai, yes_columns
from apps.consent.clock import ledger_now
from apps.consent.entries import GRANTED, NOES, Entry, newest
from apps.consent.errors import NotFound
from apps.consent.finding import SELECTED
from apps.consent.models import ConsentEvent, Status
from apps.consent.parties import made_refs_of
from apps.consent.projection import lock_holders, project_held
from apps.consent.reading import told_of
from apps.consent.scopes import Scope
from apps.consent.vocabulary import ALL_LAYERS, Permission
from apps.consent.writing import BY_FORM, Act, How, Saying, write_all

SAID = (Status.GRANTED, Status.DENIED, Status.REVOKED)


@transaction.atomic
def record_for_tracks(
    *,
    by: User,
    tracks: Iterable[UUID],
    said: Status,
    use_case: str,
    verb: str,
    jurisdiction: str = "",
    terms_version: str = "",
    language: str = "en",
    how: How = BY_FORM,
) -> list[ConsentEvent]:
    """The same yes (`granted`), no (`denied`) or taking back (`revoked`) for each of these tracks.

    An event each, in the order of the tracks' ids; a no that was said already is the event that
    said it. Raises NotFound, and what `record_consent` and `revoke_consent` raise for the first
    track that it is true of, and then nothing was written. Some hundred tracks at a time are a
    good number.
    """
    permission = find_permission(use_case, verb)
    require_choice(permission)
    words, place = Words(terms_version, language), Place(jurisdiction)
    (rows, refs), asked = _locked(tracks), Asked(permission, ALL_LAYERS, None)
    now = ledger_now()
    yes = said == Status.GRANTED
    acts = [Act(_scope(row, refs), by, how, now) for row in rows]
    spoken = list(_spoken(rows, acts, by, yes=yes, code=permission.code))
    if yes:
        events = _say_yes(spoken, asked.permission, yes_columns(asked, words, place, now))
    else:
        told = said_no(asked, words, place) if said == Status.DENIED else {}
        events = _say_no(spoken, said, replace(asked, said=told).columns())
    project_held(Track.objects.filter(pk__in=[row.pk for row in rows]), now, permission.code)
    return events


@dataclass(frozen=True)
class Spoken:
    """One track that is spoken of, as what, and all that was said of it before."""

    act: Act
    speaker: Speaker
    entries: list[Entry]


def _locked(tracks: Iterable[UUID]) -> tuple[list[Track], dict[UUID, str]]:
    """The tracks, while nobody else speaks for their holders, and the pseudonyms of these. Raises
    NotFound.
    """
    keys = set(tracks)
    rows = list(Track.objects.filter(pk__in=keys).select_related(*SELECTED).order_by("pk"))
    if gone := keys - {row.pk for row in rows}:
        raise NotFound(what=_("track"), given=str(min(gone)))
    refs = made_refs_of({row.release.owner for row in rows})
    lock_holders(rows)
    return rows, refs


def _scope(row: Track, refs: dict[UUID, str]) -> Scope:
    release = row.release
    ref = refs[release.owner_id]
    return Scope("asset", str(row.pk), release.owner, release.label, ref, row)


def _spoken(
    rows: list[Track], acts: list[Act], by: User, *, yes: bool, code: str
) -> Iterator[Spoken]:
    """What is asked once for each holder and label is not asked for each track."""
    speakers: dict[tuple[UUID, UUID | None], Speaker] = {}
    for act, (row, entries, _asset) in zip(acts, told_of(rows, code), strict=True):
        scope, key = act.scope, (row.release.owner_id, row.release.label_id)
        if key not in speakers:
            speakers[key] = (
                speaker_of_yes(scope, by, act.how.authority) if yes else speaker_for(scope, by)
            )
        yield Spoken(act, speakers[key], entries)


def _say_yes(
    spoken: list[Spoken], permission: Permission, columns: dict[str, Any]
) -> list[ConsentEvent]:
    for one in spoken:
        require_open_to_ai(one.act.scope, permission, one.entries)
    return write_all([Saying(one.act, one.speaker, Status.GRANTED, columns) for one in spoken])


def _say_no(spoken: list[Spoken], said: Status, columns: dict[str, Any]) -> list[ConsentEvent]:
    """Where the last word was no already, that event; elsewhere a new one."""
    sayings: list[Saying] = []
    kept: list[str] = []
    for one in spoken:
        grant, no = _last_said(one)
        if no and (not grant or grant.effective_from <= no.effective_from):
            kept.append(no.uid)
            continue
        record = {"record_id": UUID(grant.record)} if grant else {}
        status = said if grant else Status.DENIED
        sayings.append(Saying(one.act, one.speaker, status, columns | record))
    found = ConsentEvent.objects.filter(uid__in=kept)
    return sorted([*found, *write_all(sayings)], key=lambda event: event.scope_id)


def _last_said(one: Spoken) -> tuple[Entry | None, Entry | None]:
    """The newest yes of this speaker that covers the track, and the newest no to just this."""
    own = [entry for entry in one.entries if entry.grantor == one.speaker.grantor_ref]
    noes = (entry for entry in own if entry.status in NOES and entry.scope == "asset")
    return (
        newest(entry for entry in own if entry.status == GRANTED),
        newest(entry for entry in noes if entry.layer == ALL_LAYERS),
    )
