"""Reservations that come in from outside registries. They only ever take away."""

from django.db import transaction

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.consent.asking import find_permission
from apps.consent.authority import Speaker
from apps.consent.models import ConsentEvent, Method, Role, Status
from apps.consent.parties import party_of
from apps.consent.projection import project_held
from apps.consent.scopes import scope_of, tracks_of
from apps.consent.writing import How, act_on, write


@transaction.atomic
def restrict_by_registry(
    *,
    registry: str,
    track: Track,
    use_case: str = "",
    verb: str = "",
    by: User | None = None,
    submission_key: str = "",
) -> ConsentEvent:
    """A no that a registry lists for a track: to one use, or "No AI" where none is named.

    It speaks as the registry: whatever the artist chooses, it stays. What it said before is
    returned. Raises UnknownUse.
    """
    permission = find_permission(use_case, verb) if use_case or verb else None
    how = How(method=Method.REGISTRY, component=registry[:80], submission_key=submission_key)
    act = act_on(scope_of(track), by, how)
    speaker = Speaker(Role.REGISTRY, party_of(registry[:80]).ref)
    columns = {}
    if permission:
        columns = {
            "use_case": permission.use_case,
            "verb": permission.verb,
            "basis": permission.basis,
        }
    status = Status.DENIED if permission else Status.RESERVED
    said = ConsentEvent.objects.filter(
        scope_id=act.scope.id,
        grantor_ref=speaker.grantor_ref,
        status=status,
        use_case=columns.get("use_case", ""),
        verb=columns.get("verb", ""),
    )
    if made := said.first():
        return made
    event = write(act, speaker, status, **columns)
    project_held(tracks_of(track), act.now, permission.code if permission else "")
    return event
