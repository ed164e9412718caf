"""Saying yes, saying no, taking back, objecting. Every function is one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.consent.asking import (
    Asked,
    Place,
    Words,
    find_permission,
    require_choice,
    require_place,
    said_no,
    shown,
    terms_in_force,
)
from apps.consent.authority import Speaker, speaker_for, speaker_of_yes
from apps.consent.entries import NOES, Entry
from apps.consent.errors import (
    BundledGrants,
    CannotObject,
    LabelLicensed,
    NoAIOn,
)
from apps.consent.models import ConsentEvent, Status
from apps.consent.projection import project_held
from apps.consent.reading import entries_covering, is_wholly_licensed
from apps.consent.resolve import reservation
from apps.consent.scopes import Scope, Target, reaching, scope_of, tracks_of
from apps.consent.vocabulary import ALL_LAYERS, Permission
from apps.consent.writing import BY_FORM, Act, How, act_on, begin_of, write


@dataclass(frozen=True)
class Choice:
    """One answer of a form that asks several questions."""

    use_case: str
    verb: str
    granted: bool


@transaction.atomic
def record_consent(
    *,
    by: User,
    of: Target,
    use_case: str,
    verb: str,
    granted: bool,
    jurisdiction: str,
    terms_version: str,
    language: str = "en",
    layer: str = ALL_LAYERS,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    effective_from: datetime | None = None,
    how: How = BY_FORM,
) -> ConsentEvent:
    """A yes or a no to one use of an account's music, a release or a track.

    A yes names the words that were shown and the country; it counts from now and ends when the
    terms say so. A no counts in every country and under any words; they are kept beside it.
    Raises a ConsentError, and then nothing was written.
    """
    asked = Asked(find_permission(use_case, verb), layer, effective_from)
    place = Place(jurisdiction, tuple(include), tuple(exclude))
    words, act = Words(terms_version, language), act_on(scope_of(of), by, how)
    if granted:
        event = _grant(act, by, asked, words, place)
    else:
        event = _restrict(act, by, replace(asked, said=said_no(asked, words, place)), Status.DENIED)
    project_held(tracks_of(of), act.now, asked.permission.code)
    return event


@transaction.atomic
def record_choices(
    *,
    by: User,
    of: Target,
    choices: Sequence[Choice],
    jurisdiction: str,
    terms_version: str,
    language: str = "en",
    how: How = BY_FORM,
) -> list[ConsentEvent]:
    """Several answers at once. A yes to anything generative, or to sharing, comes alone.

    Raises BundledGrants otherwise, or what `record_consent` raises; then nothing was written.
    """
    yeses = [find_permission(one.use_case, one.verb) for one in choices if one.granted]
    alone = [one for one in yeses if one.group != "operations"]
    if alone and len(yeses) > 1:
        raise BundledGrants(permission=alone[0].code)
    return [
        record_consent(
            by=by,
            of=of,
            use_case=one.use_case,
            verb=one.verb,
            granted=one.granted,
            jurisdiction=jurisdiction,
            terms_version=terms_version,
            language=language,
            how=how,
        )
        for one in choices
    ]


@transaction.atomic
def revoke_consent(
    *,
    by: User,
    of: Target,
    use_case: str,
    verb: str,
    layer: str = ALL_LAYERS,
    effective_from: datetime | None = None,
    how: How = BY_FORM,
) -> ConsentEvent:
    """Takes a yes back, at once, for this and all that is narrower. No reason is asked.

    Where nobody had said yes it records a no. A time that has passed is believed; what was allowed
    after it ends now all the same. What is off already stays as it was, and its event is returned.
    Raises UnknownUse, NoChoice, NoAuthority, NotYet.
    """
    asked = Asked(find_permission(use_case, verb), layer, effective_from)
    act = act_on(scope_of(of), by, how)
    event = _restrict(act, by, asked, Status.REVOKED)
    project_held(tracks_of(of), act.now, asked.permission.code)
    return event


@transaction.atomic
def revoke_all(*, by: User, of: Target, how: How = BY_FORM) -> list[ConsentEvent]:
    """Takes back every yes that reaches this. Raises NoAuthority."""
    said = ConsentEvent.objects.filter(reaching(scope_of(of)), status=Status.GRANTED)
    pairs = said.order_by("use_case", "verb").values_list("use_case", "verb").distinct()
    return [
        revoke_consent(by=by, of=of, use_case=use_case, verb=verb, how=how)
        for use_case, verb in pairs
    ]


@transaction.atomic
def object_to_use(
    *,
    by: User,
    of: Target,
    use_case: str,
    verb: str,
    effective_from: datetime | None = None,
    how: How = BY_FORM,
) -> ConsentEvent:
    """Objects to a use that rests on our own interest (GDPR, article 21). It stops at once.

    Raises CannotObject where the use rests on something else, UnknownUse, NoAuthority, NotYet.
    """
    asked = Asked(find_permission(use_case, verb), ALL_LAYERS, effective_from)
    if not asked.permission.can_be_objected_to:
        raise CannotObject(permission=asked.permission.code)
    act = act_on(scope_of(of), by, how)
    event = _restrict(act, by, asked, Status.OBJECTED)
    project_held(tracks_of(of), act.now, asked.permission.code)
    return event


def yes_columns(asked: Asked, words: Words, place: Place, now: datetime) -> dict[str, Any]:
    """What a yes says beside who and of what. Raises JurisdictionMissing, UnknownJurisdiction,
    TermsNotInForce, BackdatedGrant or NotYet.
    """
    require_place(place)
    terms = terms_in_force(words, now)
    begin = begin_of(Status.GRANTED, asked.effective_from, now)
    lasts = terms.clauses[asked.permission.code].lasts_days
    return {
        **asked.columns(),
        "jurisdiction": place.jurisdiction,
        "territory_include": ",".join(sorted(place.include)),
        "territory_exclude": ",".join(sorted(place.exclude)),
        "effective_from": begin,
        "effective_to": begin + timedelta(days=lasts) if lasts else None,
        **shown(terms, asked.permission.code, words.language),
    }


def require_open_to_ai(scope: Scope, permission: Permission, entries: Iterable[Entry]) -> None:
    """Refuses a yes that could not count, so that nobody believes that it does: raises
    LabelLicensed or NoAIOn. `entries`: the events that cover the scope.
    """
    if not permission.is_ai_training:
        return
    if is_wholly_licensed(scope.target):
        raise LabelLicensed(permission=permission.code)
    if reservation(entries, frozenset({scope.subject_ref})) is None:
        raise NoAIOn(permission=permission.code)


def _grant(act: Act, by: User, asked: Asked, words: Words, place: Place) -> ConsentEvent:
    require_choice(asked.permission)
    columns = yes_columns(asked, words, place, act.now)
    speaker = speaker_of_yes(act.scope, by, act.how.authority)
    require_open_to_ai(act.scope, asked.permission, entries_covering(act.scope))
    return write(act, speaker, Status.GRANTED, **columns)


def _restrict(act: Act, by: User, asked: Asked, status: Status) -> ConsentEvent:
    """A no; and a second one from now on where a yes is newer than the time that was asked for."""
    require_choice(asked.permission)
    speaker = speaker_for(act.scope, by)
    begin = begin_of(status, asked.effective_from, act.now)
    grant, no = _last_said(act.scope, speaker, asked)
    if no and no.effective_from <= begin and (not grant or _is_over(grant, no)):
        return no
    if status == Status.REVOKED and grant is None:
        status = Status.DENIED
    columns = asked.columns() | ({"record_id": grant.record_id} if grant else {})
    event = write(act, speaker, status, effective_from=begin, **columns)
    if grant and begin <= grant.effective_from and begin < act.now:
        event = write(act, speaker, status, key_suffix="/now", **columns)
    return event


def _last_said(
    scope: Scope, speaker: Speaker, asked: Asked
) -> tuple[ConsentEvent | None, ConsentEvent | None]:
    """The newest yes of this grantor that reaches the scope, and the newest no at the scope."""
    wanted = asked.permission
    said = ConsentEvent.objects.filter(
        grantor_ref=speaker.grantor_ref, use_case=wanted.use_case, verb=wanted.verb
    ).order_by("-effective_from", "-id")
    grant = said.filter(reaching(scope), status=Status.GRANTED).first()
    exact = said.filter(scope_type=scope.type, scope_id=scope.id, status__in=NOES)
    return grant, exact.filter(rights_layer__in=(asked.layer, ALL_LAYERS)).first()


def _is_over(grant: ConsentEvent, no: ConsentEvent) -> bool:
    return grant.effective_from <= no.effective_from
