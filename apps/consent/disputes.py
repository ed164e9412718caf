"""Holding a use while rights are disputed, and learning that somebody had no right to say yes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Label, User
from apps.consent.authority import Speaker, require_staff, speaker_for
from apps.consent.errors import UnknownDispute
from apps.consent.models import ConsentEvent, Role, Status
from apps.consent.parties import party_of
from apps.consent.projection import project_held
from apps.consent.scopes import Target, covering, scope_of, tracks_of
from apps.consent.writing import BY_FORM, How, act_on, begin_of, write


@transaction.atomic
def open_dispute(
    *, by: User, of: Target, effective_from: datetime | None = None, how: How = BY_FORM
) -> ConsentEvent:
    """Holds whatever needs a yes, until the dispute is closed. `record_id` is its number.

    Raises NoAuthority, NotYet.
    """
    act = act_on(scope_of(of), by, how)
    begin = begin_of(Status.DISPUTED, effective_from, act.now)
    event = write(act, speaker_for(act.scope, by), Status.DISPUTED, effective_from=begin)
    project_held(tracks_of(of), act.now)
    return event


@transaction.atomic
def close_dispute(*, by: User, of: Target, dispute: UUID, how: How = BY_FORM) -> ConsentEvent:
    """Lets go what a dispute held; what was allowed before is allowed again.

    Only our staff close one. Closed already: that event is returned. Raises NoAuthority,
    UnknownDispute.
    """
    require_staff(by)
    act = act_on(scope_of(of), by, how)
    scope = act.scope
    said = ConsentEvent.objects.filter(covering(scope), record_id=dispute)
    opened = said.filter(status=Status.DISPUTED, scope_type=scope.type).first()
    if opened is None:
        raise UnknownDispute
    if closed := said.filter(status=Status.UNDISPUTED).first():
        return closed
    speaker = Speaker(Role.STAFF, opened.grantor_ref)
    event = write(act, speaker, Status.UNDISPUTED, record_id=dispute, corrects_event=opened.uid)
    project_held(tracks_of(of), act.now)
    return event


@transaction.atomic
def invalidate_authority(
    *, by: User, of: Target, grantor: User | Label, since: datetime, how: How = BY_FORM
) -> ConsentEvent:
    """Records that `grantor` had no right to say yes about this since then.

    Every yes that they said up to now is void from `since` on, looking back as well; what they
    forbade stays forbidden. A yes with new proof counts again. Only our staff may say so. Raises
    NoAuthority, NotYet.
    """
    require_staff(by)
    act = act_on(scope_of(of), by, how)
    begin = begin_of(Status.INVALIDATED, since, act.now)
    speaker = Speaker(Role.STAFF, party_of(grantor).ref)
    event = write(act, speaker, Status.INVALIDATED, effective_from=begin, effective_to=act.now)
    project_held(tracks_of(of), act.now)
    return event
