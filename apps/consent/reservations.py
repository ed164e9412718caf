"""The "No AI" tag: on for everything from the first moment, until its holder turns it off.

It is on by absence, not by a row: no track can lack it because a row was lost, a track came in by
another way, or a worker was late. Turning it off is an event; turning it on again is another.
"""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.consent.asking import Words, shown, terms_in_force
from apps.consent.authority import Speaker, speaker_for, speaker_of_yes
from apps.consent.models import ConsentEvent, Status
from apps.consent.projection import project_held
from apps.consent.reading import entries_covering
from apps.consent.resolve import reservation
from apps.consent.scopes import Scope, Target, reaching, scope_of, tracks_of
from apps.consent.terms_reading import NO_AI
from apps.consent.writing import BY_FORM, How, act_on, begin_of, write


@transaction.atomic
def reserve_no_ai(
    *, by: User, of: Target, effective_from: datetime | None = None, how: How = BY_FORM
) -> ConsentEvent:
    """Turns "No AI" on for this and all that is narrower, at once.

    What was allowed before does not come back when it is turned off again. Where it was said before
    and nothing was turned off since, that event is returned. Raises NoAuthority, NotYet.
    """
    act = act_on(scope_of(of), by, how)
    speaker = speaker_for(act.scope, by)
    begin = begin_of(Status.RESERVED, effective_from, act.now)
    last, lifted = (
        _last(act.scope, Status.RESERVED, exact=True),
        _last(act.scope, Status.UNRESERVED),
    )
    if last and _still_says(last, speaker, begin, lifted):
        return last
    event = write(act, speaker, Status.RESERVED, effective_from=begin)
    if lifted and begin <= lifted.effective_from and begin < act.now:
        event = write(act, speaker, Status.RESERVED, key_suffix="/now")
    project_held(tracks_of(of), act.now)
    return event


@transaction.atomic
def lift_no_ai(
    *, by: User, of: Target, terms_version: str, language: str = "en", how: How = BY_FORM
) -> ConsentEvent:
    """Turns "No AI" off for this. That alone allows nothing, and brings nothing older back.

    Where it is off already, the event that turned it off is returned. Raises NoAuthority,
    AuthorityMissing, TermsNotInForce.
    """
    act, words = act_on(scope_of(of), by, how), Words(terms_version, language)
    terms = terms_in_force(words, act.now)
    speaker = speaker_of_yes(act.scope, by, how.authority)
    last = _last(act.scope, Status.UNRESERVED, exact=True)
    if last and not is_reserved(of):
        return last
    event = write(act, speaker, Status.UNRESERVED, **shown(terms, NO_AI, language))
    project_held(tracks_of(of), act.now)
    return event


def is_reserved(of: Target) -> bool:
    """Whether "No AI" is on for this now. A narrower one can still be on where this is off."""
    scope = scope_of(of)
    return reservation(entries_covering(scope), frozenset({scope.subject_ref})) is None


def _still_says(
    last: ConsentEvent, speaker: Speaker, begin: datetime, lifted: ConsentEvent | None
) -> bool:
    """Whether the last reservation says already what is asked for."""
    return (
        last.grantor_ref == speaker.grantor_ref
        and last.effective_from <= begin
        and (lifted is None or lifted.effective_from <= last.effective_from)
    )


def _last(scope: Scope, status: Status, exact: bool = False) -> ConsentEvent | None:
    said = ConsentEvent.objects.filter(status=status).order_by("-effective_from", "-id")
    if exact:
        return said.filter(scope_type=scope.type, scope_id=scope.id).first()
    return said.filter(reaching(scope)).first()
