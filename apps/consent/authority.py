"""Who may speak for what: the uploader, the staff of its label, and our staff for taking away."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.accounts.roles import Role as AccountRole
from apps.consent.errors import AuthorityMissing, NoAuthority
from apps.consent.models import Role
from apps.consent.parties import party_of
from apps.consent.scopes import Scope

RESTRICT = "consent.add_consentevent"  # our staff may say no for somebody, never yes


@dataclass(frozen=True)
class Speaker:
    """As what a person speaks, and the pseudonym whose choice it is."""

    role: Role
    grantor_ref: str


def speaker_for(scope: Scope, by: User) -> Speaker:
    """As what this person may speak about the scope; raises NoAuthority.

    Staff who restrict for an artist speak with the artist's pseudonym, so that the artist can
    change it again.
    """
    if by.pk == scope.owner.pk and by.is_active:
        return Speaker(Role.ARTIST, scope.subject_ref)
    if _is_label_staff(scope, by) and scope.label:
        return Speaker(Role.LABEL, party_of(scope.label).ref)
    if by.has_perm(RESTRICT):
        return Speaker(Role.STAFF, scope.subject_ref)
    raise NoAuthority


def speaker_of_yes(scope: Scope, by: User, authority: str) -> Speaker:
    """As what this person may say yes; raises NoAuthority or AuthorityMissing."""
    speaker = speaker_for(scope, by)
    if speaker.role not in (Role.ARTIST, Role.LABEL):
        raise NoAuthority
    if speaker.role == Role.LABEL and not authority.strip():
        raise AuthorityMissing
    return speaker


def require_staff(by: User) -> None:
    """Raises NoAuthority for anybody but our staff."""
    if not by.has_perm(RESTRICT):
        raise NoAuthority


def _is_label_staff(scope: Scope, by: User) -> bool:
    return (
        scope.label is not None
        and by.is_active
        and by.role == AccountRole.LABEL_STAFF
        and by.labels.filter(pk=scope.label.pk).exists()
    )
